import type { TriageAnswer, TriageCheck } from "@/lib/api/triage";

/** An event storm at 12:41 as `GET …/triage` answers it: 60 steps of 10 s of calm, as many of window. */
export function stormAnswer(startMs = Date.parse("2026-11-21T12:31:00Z"), steps = 120): TriageAnswer {
  const stepMs = 10_000;
  const atMs = Array.from({ length: steps }, (_, i) => startMs + i * stepMs);
  const onsetStep = steps / 2;
  const iso = (step: number) => new Date(startMs + step * stepMs).toISOString();
  const wave = (low: number, high: number, from: number, seed: number) =>
    atMs.map((_, i) => (i % 37 === 31 ? null : (i >= from ? high : low) * (1 + 0.12 * Math.sin(i * seed))));
  const fsync = (id: string, of: string, high: number) => ({
    id,
    label: "WAL fsync p99",
    of,
    unit: "milliseconds" as const,
    role: "latency" as const,
    values: wave(6, high, onsetStep, 0.9),
    limits: [{ value: 10, label: "10 ms, etcd FAQ" }],
    origin: "sampled" as const,
  });
  return {
    window: { from: iso(onsetStep), to: iso(steps) },
    calm: { from: iso(0), to: iso(onsetStep) },
    picked: "spike",
    spike: {
      signal: "fsyncP99",
      isLatency: true,
      subjectKind: "member",
      subject: "8e9e05c52164694d",
      label: "etcd-1",
      unit: "milliseconds",
      onset: iso(onsetStep),
      endedAt: null,
      peak: 46,
      peakAt: iso(onsetStep + 20),
      median: 6,
      mad: 0.4,
      baseline: "recent",
    },
    headline: {
      tone: "bad",
      title: "Slow since 12:41 because of an event storm from one namespace",
      lede: "Write latency p99 went from 6 ms to 41 ms. /registry/events/ci-build/ rose from 3 to 421 puts/s forty seconds earlier; nothing else moved before it.",
    },
    onset: iso(onsetStep),
    items: stormChecks(iso(onsetStep - 4)),
    nextCursor: null,
    counts: { likelyCause: 1, contributing: 2, ruledOut: 27, noData: 5 },
    movers: [
      {
        kind: "prefix",
        subject: { kind: "prefix", prefix: "/registry/events/ci-build/" },
        label: "Writes",
        unit: "perSecond",
        calm: 3,
        window: 421,
        leadSeconds: -40,
        seriesId: "p1",
        origin: "exact",
      },
      {
        kind: "cluster",
        subject: { kind: "cluster" },
        label: "All writes",
        unit: "perSecond",
        calm: 688,
        window: 1_102,
        leadSeconds: -40,
        seriesId: null,
        origin: "exact",
      },
      {
        kind: "member",
        subject: { kind: "member", memberId: "8e9e05c52164694d", name: "etcd-1" },
        label: "WAL fsync p99",
        unit: "milliseconds",
        calm: 6,
        window: 41,
        leadSeconds: 0,
        seriesId: "m1",
        origin: "sampled",
      },
      {
        kind: "client",
        subject: {
          kind: "client",
          name: "ci-runner",
          userAgent: "ci-runner/2.0 (linux/amd64)",
          user: "system:serviceaccount:ci-build:runner",
          sourceAddress: null,
        },
        label: "Requests",
        unit: "perSecond",
        calm: 2.4,
        window: 430,
        leadSeconds: -38,
        seriesId: "c1",
        origin: "exact",
      },
      {
        kind: "prefix",
        subject: { kind: "prefix", prefix: "/registry/pods/" },
        label: "Writes",
        unit: "perSecond",
        calm: 396,
        window: 402,
        leadSeconds: null,
        seriesId: null,
        origin: "exact",
      },
    ],
    axis: { atMs, stepSeconds: 10 },
    series: [
      fsync("m1", "etcd-1", 41),
      fsync("m2", "etcd-2", 17),
      fsync("m3", "etcd-3", 16),
      {
        id: "p1",
        label: "Writes",
        of: "/registry/events/ci-build/",
        unit: "perSecond",
        role: "suspect",
        values: wave(3, 421, onsetStep - 4, 0.5),
        limits: [],
        origin: "exact",
      },
      {
        id: "c1",
        label: "Requests",
        of: "ci-runner",
        unit: "perSecond",
        role: "suspect",
        values: wave(2.4, 430, onsetStep - 4, 0.7),
        limits: [],
        origin: "exact",
      },
    ],
    heatStrip: [
      ["/registry/events/ci-build/", 3, 421],
      ["/registry/leases/kube-node-lease/", 260, 262],
      ["/registry/pods/shop/", 120, 118],
      ["/registry/minions/", 40, 41],
      ["/registry/configmaps/kube-system/", 2, 2],
      ["/registry/secrets/a\\xff\\x00/", 0, 0.1],
    ].map(([prefix, low, high]) => ({
      prefix: String(prefix),
      values: wave(Number(low), Number(high), onsetStep - 4, 0.4),
    })),
    timeline: [
      event(iso(12), "compaction", "Compacted up to revision 1,204,118."),
      event(iso(42), "compaction", "Compacted up to revision 1,205,300."),
      event(iso(72), "compaction", "Compacted up to revision 1,232,004."),
      {
        ...event(iso(onsetStep), "spike", "WAL fsync p99 of etcd-1 left its usual band."),
        memberId: "8e9e05c52164694d",
      },
      event(iso(80), "leader-change", "etcd-2 became the leader of term 7."),
    ],
    spikes: [],
    sources: [
      { name: "Keyspace", tells: "writes by prefix", isHeard: true, reason: null },
      { name: "Member metrics", tells: "latency of disk and network", isHeard: true, reason: null },
      { name: "Audit events", tells: "who asked", isHeard: false, reason: "nothing has been sent in this time" },
    ],
    at: iso(steps),
    origin: "sampled",
  };
}

function event(at: string, kind: TriageAnswer["timeline"][number]["kind"], text: string) {
  return { at, until: null, kind, memberId: null, text };
}

function check(rule: number, title: string, more: Partial<TriageCheck>): TriageCheck {
  return {
    rule: `L${String(rule).padStart(2, "0")}`,
    name: title.toUpperCase().replaceAll(" ", "_"),
    title,
    stage: "disk",
    verdict: "ruled-out",
    text: "It did not happen.",
    subject: { kind: "cluster" },
    figure: null,
    thresholds: [],
    startedAt: null,
    next: [],
    needs: null,
    seriesId: null,
    explainedBy: null,
    ...more,
  };
}

const RULED_OUT = [
  "Leader changes",
  "A member is down",
  "Alarms",
  "Defragmentation",
  "Snapshot or backup",
  "Peer round trip",
  "Election settings",
  "Slow applies",
  "Apply backlog",
  "Proposals",
  "Large transactions",
  "Read index",
  "Watch starvation",
  "Watcher leak",
  "CPU",
  "Memory",
  "File descriptors",
  "Imbalance of members",
  "Quota",
  "Growth",
  "Fragmentation",
  "Lease storm",
  "Known bugs",
  "Inconsistency",
  "Apiserver side",
  "A lagging member",
  "Our own scan",
];

function stormChecks(startedAt: string): TriageCheck[] {
  return [
    check(24, "Event storm", {
      stage: "workload",
      verdict: "likely-cause",
      text: "/registry/events/ci-build/ went from 3 to 421 writes/s, 38 % of all writes, 40 s before the latency.",
      subject: { kind: "prefix", prefix: "/registry/events/ci-build/" },
      figure: { label: "Writes", value: 421, calm: 3, unit: "perSecond" },
      thresholds: [{ tier: "alert", value: 18, unit: "perSecond", source: "etcdscope", sourceUrl: null }],
      startedAt,
      next: [
        "See who emits them: `kubectl -n ci-build get events --sort-by=.lastTimestamp | tail -50`",
        "Scale the emitter down, or switch on EventRateLimit.",
        "Then give events an etcd of their own.",
      ],
      seriesId: "p1",
    }),
    check(1, "Write-ahead log syncs are slow", {
      verdict: "contributing",
      text: "99 of 100 syncs of etcd-1 took up to 41 ms, 6 ms in the calm time; the others 17 ms.",
      subject: { kind: "member", memberId: "8e9e05c52164694d", name: "etcd-1" },
      figure: { label: "WAL fsync p99", value: 41, calm: 6, unit: "milliseconds" },
      thresholds: [
        {
          tier: "documentation",
          value: 10,
          unit: "milliseconds",
          source: "etcd FAQ",
          sourceUrl: "https://etcd.io/docs/v3.6/faq/",
        },
        {
          tier: "alert",
          value: 500,
          unit: "milliseconds",
          source: "etcd mixin",
          sourceUrl: "https://github.com/etcd-io/etcd",
        },
      ],
      next: ["Measure its disk: `fio --rw=write --ioengine=sync --fdatasync=1 --size=22m --bs=2300 --name=etcd`"],
      seriesId: "m1",
      explainedBy: "L24",
    }),
    check(11, "Compaction every 5 minutes", {
      stage: "maintenance",
      verdict: "contributing",
      text: "Pauses of 12 ms for 4 s each time; not the cause.",
      figure: { label: "Pauses", value: 12, calm: 12, unit: "milliseconds" },
    }),
    ...RULED_OUT.map((title, i) =>
      check(40 + i, title, {
        text: `${title}: 0.6 ms, 0.6 ms in the calm time.`,
        figure: i % 3 === 0 ? null : { label: title, value: 0.6 + i, calm: 0.6, unit: "milliseconds" },
        thresholds: [
          { tier: "documentation", value: 100, unit: "milliseconds", source: "etcd tuning", sourceUrl: null },
        ],
      }),
    ),
    ...["Who sends them", "Expensive ranges", "Slow fdatasync in the log"].map((title, i) =>
      check(80 + i, title, {
        verdict: "no-data",
        text: "Nobody tells.",
        needs:
          i === 0 ? "Send apiserver audit events: Settings › Clusters." : "Send etcd's log lines: Settings › Clusters.",
      }),
    ),
    ...["Commit phases", "gRPC by method"].map((title, i) =>
      check(90 + i, title, {
        verdict: "no-data",
        text: "Nobody tells.",
        needs: "Start etcd with --metrics=extensive.",
      }),
    ),
  ];
}
