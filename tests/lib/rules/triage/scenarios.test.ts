import { describe, expect, test } from "vitest";
import { triageHeadline } from "@/lib/rules/triage/headline";
import { judgeTriage } from "@/lib/rules/triage/judge";
import type { TriageFacts } from "@/lib/rules/triage/triage-facts";
import type { JudgedFinding } from "@/lib/rules/triage/triage-rule";
import {
  blindFacts,
  clientOf,
  factsOf,
  MIB,
  prefixOf,
  stays,
  WINDOW_MS,
  WINDOW_STEPS,
  went,
  withMember,
  withSignals,
} from "@/tests/lib/rules/triage/facts-of";

const perSecond = { unit: "perSecond" } as const;
const bytesPerSecond = { unit: "bytesPerSecond" } as const;
const QUORUM = ["L04", "L05", "L06"];
const MAINTENANCE = ["L07", "L08", "L11"];

/** Everything that a storm of writes makes slow, at all members. */
function underWrites(facts: TriageFacts): TriageFacts {
  return withSignals(facts, "all", {
    fsyncP99: went(3, 30),
    commitP99: went(8, 60),
    fsyncsPerSecond: went(60, 600, perSecond),
    clientRequestsPerSecond: went(25, 250, perSecond),
    sentBytesPerSecond: went(40_000, 3 * MIB, bytesPerSecond),
    receivedBytesPerSecond: went(20_000, 4 * MIB, bytesPerSecond),
    slowAppliesPerSecond: went(0, 2, perSecond),
    slowReadIndexesPerSecond: went(0, 1, perSecond),
    proposalsPending: went(0, 300, { unit: "count" }),
    cpuCores: went(0.3, 1.9, { unit: "ratio" }),
    probeLinearizable: went(3, 60),
  });
}

const hotKey = prefixOf("/registry/configmaps/kube-system/", {
  writes: went(0.3, 600, perSecond),
  writtenBytes: went(200, 240_000, bytesPerSecond),
  ...{ writesShare: 0.91, bytesShare: 0.8 },
  hotKey: { key: "/registry/configmaps/kube-system/ingress-leader", writesPerSecond: 599, valueBytes: 60 },
});

const fatKey = prefixOf("/registry/operators.coreos.com/packages/olm/", {
  writes: went(0, 30, perSecond),
  writtenBytes: went(0, 9 * MIB, bytesPerSecond),
  ...{ writesShare: 0.33, bytesShare: 0.99 },
  hotKey: {
    key: "/registry/operators.coreos.com/packages/olm/catalog",
    writesPerSecond: 30,
    valueBytes: 300 * 1024,
  },
});

const storm = prefixOf("/registry/events/ci-build/", {
  writes: went(3, 421, { ...perSecond, fromStep: 2 }),
  writtenBytes: went(2_000, 280_000, { ...bytesPerSecond, fromStep: 2 }),
  ...{ writesShare: 0.61, bytesShare: 0.5, isEvents: true },
});
const events = prefixOf("/registry/events/", { ...storm, prefix: "/registry/events/" });

const readLoop = clientOf({
  requests: went(0, 4, perSecond),
  responseBytesPerSecond: went(0, 160 * MIB, bytesPerSecond),
  ...{ unpagedLists: 1_200, meanResponseBytes: 40 * MIB, latencyP99Ms: 900 },
});

function underReads(facts: TriageFacts): TriageFacts {
  const loaded = withSignals(facts, 0, {
    sentBytesPerSecond: went(40_000, 160 * MIB, bytesPerSecond),
    slowAppliesPerSecond: went(0, 4, perSecond),
    cpuCores: went(0.3, 1.9, { unit: "ratio" }),
    probeSerializable: went(1, 1_200, { steps: 3 }),
    residentBytes: went(300 * MIB, 4_000 * MIB, { unit: "bytes" }),
  });
  return withSignals(loaded, "all", { probeLinearizable: went(3, 90), fsyncP99: went(4, 14) });
}

interface Scenario {
  what: string;
  facts: TriageFacts;
  first: string;
  /** What the first says or names. */
  says: RegExp;
  innocent: string[];
  also?: string[];
}

const at = (step: number) => WINDOW_MS + step * 10_000;

const SCENARIOS: Scenario[] = [
  {
    what: "a hot key",
    facts: underWrites(factsOf({ prefixes: [hotKey, prefixOf("/registry/pods/")], onsetMs: at(0) })),
    first: "L24",
    says: /`\/registry\/configmaps\/kube-system\/ingress-leader` is written 599\/s/,
    innocent: [...QUORUM, ...MAINTENANCE, "L09", "L15", "L16", "L34"],
  },
  {
    what: "a hot key that nobody feels",
    facts: factsOf({ prefixes: [prefixOf("/registry/pods/"), hotKey] }),
    first: "L24",
    says: /ingress-leader/,
    innocent: [...QUORUM, ...MAINTENANCE, "L01", "L02", "L09", "L12", "L14", "L15", "L16", "L17", "L20", "L25"],
  },
  {
    what: "a fat hot key",
    facts: underWrites(
      factsOf({ prefixes: [fatKey], largestPutBytes: went(700, 300 * 1024, { unit: "bytes" }), onsetMs: at(0) }),
    ),
    first: "L24",
    says: /packages\/olm\/catalog` is written 30\/s, 300 KiB each time/,
    innocent: [...QUORUM, ...MAINTENANCE, "L09", "L15", "L16"],
  },
  {
    what: "an event storm",
    facts: underWrites(factsOf({ prefixes: [events, storm, prefixOf("/registry/pods/")], onsetMs: at(6) })),
    first: "L24",
    says: /Event storm in namespace ci-build: `\/registry\/events\/ci-build\/` rose from 3 to \d+ writes\/s, 61.0 % of all writes/,
    innocent: [...QUORUM, ...MAINTENANCE, "L09", "L15", "L16"],
  },
  {
    what: "an expensive range loop by one client, logged",
    facts: underReads(factsOf({ clients: [clientOf({ verb: "put" }), readLoop], onsetMs: at(0) })),
    first: "L15",
    says: /10\.0\.0\.7 asks unpaged ranges of `secrets`, 40\.0 MiB each/,
    innocent: [...QUORUM, ...MAINTENANCE, "L09", "L16", "L24"],
  },
  {
    what: "an expensive range loop, known by slow applies in the log only",
    facts: underReads(
      factsOf({
        clients: [],
        onsetMs: at(0),
        log: [
          {
            ...{ kind: "apply-took-too-long", windowLines: 300, calmLines: 0, worstMs: 1_200 },
            example:
              'apply request took too long took=1.2s prefix=read-only range  response=range_response_count:40000 size:41000000 key:"/registry/secrets/" range_end:"/registry/secrets0"',
          },
        ],
      }),
    ),
    first: "L15",
    says: /such as a range of `\/registry\/secrets\/` for 40,000 keys/,
    innocent: [...QUORUM, ...MAINTENANCE, "L09", "L16", "L24"],
  },
  {
    what: "an expensive range loop without a log",
    facts: underReads(factsOf({ clients: null, log: null, onsetMs: at(0) })),
    first: "L25",
    says: /Sent to clients went from/,
    innocent: [...QUORUM, ...MAINTENANCE, "L09", "L16", "L24"],
  },
  {
    what: "giant transactions",
    facts: underWrites(
      factsOf({
        largestRevisionPuts: went(1, 120, { unit: "count" }),
        largestPutBytes: went(700, 10_240, { unit: "bytes" }),
        prefixes: [
          prefixOf("/registry/apps.example.com/widgets/", {
            writes: went(0, 960, perSecond),
            writtenBytes: went(0, 9 * MIB, bytesPerSecond),
            writesShare: 0.94,
            bytesShare: 0.99,
          }),
        ],
        onsetMs: at(0),
      }),
    ),
    first: "L16",
    says: /The largest transaction put 120 keys \(1 before\)/,
    also: ["L24"],
    innocent: [...QUORUM, ...MAINTENANCE, "L15"],
  },
  {
    what: "one giant transaction",
    facts: factsOf({
      largestRevisionPuts: went(1, 20_000, { unit: "count", fromStep: 10, steps: 1 }),
      onsetMs: null,
    }),
    first: "L16",
    says: /20,000 keys/,
    innocent: [...QUORUM, ...MAINTENANCE, "L15", "L24"],
  },
  {
    what: "a stopped member",
    facts: withMember(
      withSignals(
        factsOf({
          timeline: [
            { kind: "member-down", atMs: at(1), untilMs: null, memberId: "m2", text: "etcd-2 does not answer." },
          ],
        }),
        2,
        {
          probeSerializable: went(1, null),
          probeLinearizable: went(3, null),
          fsyncP99: went(3, null),
          peerRttP99: went(0.6, null),
        },
      ),
      2,
      { isDown: true, probes: { asked: 60, serializableFailed: 58, linearizableFailed: 58 } },
    ),
    first: "L05",
    says: /etcd-2 did not answer and is still away; 58 of 60 reads of it failed/,
    innocent: ["L04", "L06", ...MAINTENANCE, "L09", "L15", "L16", "L24"],
  },
  {
    what: "a leader that handed over",
    facts: factsOf({
      timeline: [
        {
          kind: "leader-change",
          atMs: at(1),
          untilMs: null,
          memberId: "m1",
          text: "etcd-1 is the leader in place of etcd-0.",
        },
      ],
    }),
    first: "L04",
    says: /The leader changed once\. etcd-0 leads now/,
    innocent: ["L05", "L06", ...MAINTENANCE, "L01", "L09", "L15", "L16", "L24"],
  },
  {
    what: "a follower that stood still for 5 s",
    facts: withMember(
      withSignals(
        withSignals(factsOf(), 2, {
          probeSerializable: went(1, 4_200, { steps: 1, fromStep: 3 }),
          fsyncP99: went(3, 5_000, { steps: 1, fromStep: 3 }),
        }),
        0,
        { peerRttP99: went(0.6, 3_200, { steps: 2, fromStep: 3 }) },
      ),
      2,
      { probes: { asked: 60, serializableFailed: 0, linearizableFailed: 1 } },
    ),
    first: "L05",
    says: /etcd-2 did not answer for 4\.2 s/,
    innocent: ["L04", "L06", ...MAINTENANCE, "L15", "L16", "L24", "L25"],
  },
  {
    what: "a leader that stood still for 5 s, so that another was elected",
    facts: withMember(
      withSignals(
        factsOf({
          onsetMs: at(3),
          timeline: [
            {
              kind: "leader-change",
              atMs: at(4),
              untilMs: null,
              memberId: "m1",
              text: "etcd-1 is the leader in place of etcd-0.",
            },
          ],
        }),
        0,
        {
          probeSerializable: went(1, 4_200, { steps: 1, fromStep: 3 }),
          fsyncP99: went(3, 5_000, { steps: 1, fromStep: 3 }),
          slowReadIndexesPerSecond: went(0, 2, perSecond),
        },
      ),
      0,
      { probes: { asked: 60, serializableFailed: 1, linearizableFailed: 2 } },
    ),
    first: "L05",
    says: /etcd-0 did not answer 1 of 60 reads/,
    innocent: ["L06", ...MAINTENANCE, "L15", "L16", "L24"],
  },
  {
    what: "a compaction of 500,000 revisions",
    facts: withSignals(
      factsOf({
        onsetMs: at(2),
        timeline: [{ kind: "compaction", atMs: at(1), untilMs: null, memberId: null, text: "Compacted." }],
      }),
      "all",
      {
        compactedKeysPerSecond: went(0, 25_000, { ...perSecond, steps: 2, fromStep: 1 }),
        compactionPauseP99: went(0, 60, { steps: 2, fromStep: 1 }),
        commitP99: went(8, 120, { steps: 3, fromStep: 1 }),
        probeLinearizable: went(3, 80, { steps: 3, fromStep: 2 }),
        slowAppliesPerSecond: went(0, 3, { ...perSecond, steps: 3, fromStep: 1 }),
      },
    ),
    first: "L11",
    says: /A compaction of 500,000 revisions/,
    innocent: [...QUORUM, "L07", "L09", "L15", "L16", "L24"],
  },
  {
    what: "a defragmentation of the leader",
    facts: withMember(
      withSignals(
        factsOf({
          onsetMs: at(1),
          timeline: [
            { kind: "member-down", atMs: at(1), untilMs: null, memberId: "m0", text: "etcd-0 does not answer." },
            { kind: "defragmentation", atMs: at(3), untilMs: null, memberId: "m0", text: "etcd-0 was defragmented." },
            { kind: "leader-change", atMs: at(2), untilMs: null, memberId: "m1", text: "etcd-1 is the leader." },
          ],
        }),
        0,
        {
          probeSerializable: went(1, 6_000, { steps: 2, fromStep: 1 }),
          defragsPerSecond: went(0, 0.1, { ...perSecond, steps: 1, fromStep: 3 }),
          fsyncP99: went(3, 40, { steps: 10, fromStep: 1 }),
          raftLag: went(0, 6_000, { unit: "count", steps: 8, fromStep: 1 }),
        },
      ),
      0,
      { probes: { asked: 60, serializableFailed: 2, linearizableFailed: 2 } },
    ),
    first: "L07",
    says: /etcd-0 was defragmented/,
    innocent: ["L06", "L11", "L15", "L16", "L24"],
  },
  {
    what: "a quota that is used up",
    facts: withMember(
      withSignals(
        factsOf(
          {
            prefixes: [
              prefixOf("/registry/configmaps/backup/", {
                writes: went(0, 20, perSecond),
                writtenBytes: went(0, 2 * MIB, bytesPerSecond),
                writesShare: 0.5,
                bytesShare: 0.98,
              }),
            ],
            timeline: [
              { kind: "alarm", atMs: at(2), untilMs: null, memberId: "m0", text: "etcd-0 raises the NOSPACE alarm." },
            ],
          },
          1,
        ),
        0,
        { dbSize: went(4 * MIB, 24 * MIB, { unit: "bytes" }), quota: stays(24 * MIB, "bytes") },
      ),
      0,
      { alarms: ["NOSPACE"] },
    ),
    first: "L06",
    says: /NOSPACE is raised by etcd-0/,
    also: ["L24"],
    innocent: ["L04", "L05", ...MAINTENANCE, "L09", "L15"],
  },
  {
    what: "a slow disk at one member",
    facts: withSignals(factsOf({ onsetMs: at(0) }), 0, {
      fsyncP99: went(3, 63),
      commitP99: went(8, 90),
      proposalsPending: went(0, 150, { unit: "count" }),
      slowReadIndexesPerSecond: went(0, 1, perSecond),
      probeLinearizable: went(3, 80),
      probeSerializable: went(1, 1_100, { steps: 1 }),
    }),
    first: "L01",
    says: /WAL fsync p99 went from 3 ms to 63 ms at etcd-0; etcd-1 and etcd-2 have 3 ms at most/,
    innocent: [...QUORUM, ...MAINTENANCE, "L09", "L15", "L16", "L24", "L25"],
  },
  {
    what: "slow disks at all members",
    facts: withSignals(factsOf({ onsetMs: at(0) }), "all", {
      fsyncP99: went(3, 63),
      commitP99: went(8, 90),
      probeLinearizable: went(3, 80),
    }),
    first: "L01",
    says: /went from 3 ms to 63 ms at etcd-0, and is up at etcd-1 and etcd-2 as well/,
    innocent: [...QUORUM, ...MAINTENANCE, "L09", "L15", "L16", "L24", "L25"],
  },
  {
    what: "a slow disk at one member while a prefix is hot",
    facts: withSignals(factsOf({ prefixes: [hotKey], onsetMs: at(0) }), 1, { fsyncP99: went(3, 250) }),
    first: "L24",
    says: /ingress-leader/,
    also: ["L01"],
    innocent: [...QUORUM, ...MAINTENANCE],
  },
  {
    what: "a network that takes longer",
    facts: withSignals(factsOf({ onsetMs: at(0) }), "all", {
      peerRttP99: went(0.6, 125),
      probeLinearizable: went(3, 130),
      slowReadIndexesPerSecond: went(0, 1, perSecond),
    }),
    first: "L09",
    says: /Peer round trip p99 went from 0\.6 ms to 125 ms/,
    innocent: [...QUORUM, ...MAINTENANCE, "L01", "L15", "L16", "L24"],
  },
  {
    what: "our own scan",
    facts: withSignals(
      factsOf({ onsetMs: at(5), ownWork: [{ atMs: at(4), untilMs: at(20), what: "A scan of the keyspace" }] }),
      "all",
      {
        fsyncP99: went(3, 40, { fromStep: 5 }),
        cpuCores: went(0.2, 1.9, { unit: "ratio", fromStep: 5 }),
        probeLinearizable: went(3, 60, { fromStep: 5 }),
      },
    ),
    first: "L35",
    says: /Our own work: A scan of the keyspace\. It went on for 160 seconds, as latency rose\. Suspect us first/,
    innocent: [...QUORUM, ...MAINTENANCE, "L09", "L15", "L16", "L24"],
  },
];

describe.each(SCENARIOS)("$what", ({ facts, first, says, innocent, also = [] }) => {
  const judged = judgeTriage(facts);
  const causes = judged.filter(({ verdict }) => verdict === "likely-cause");

  test("is the first likely cause, with its numbers", () => {
    expect(causes[0]?.rule.id).toBe(first);
    expect(causes[0]?.text).toMatch(says);
    expect(judged[0]).toBe(causes[0]);
  });

  test("nothing else is blamed", () => {
    expect(causes.map(({ rule }) => rule.id).filter((id) => id !== first && !also.includes(id))).toEqual([]);
  });

  test("innocents are ruled out", () => {
    expect(verdictsOf(judged, innocent)).toEqual(innocent.map((id) => `${id} ruled-out`));
  });

  test("it tells what to do, and the headline names it", () => {
    expect(causes[0]?.next.length).toBeGreaterThan(0);
    const { title, tone } = triageHeadline(facts, judged);
    expect(title).toContain(causes[0]?.because);
    expect(["bad", "warn"]).toContain(tone);
  });
});

describe("a calm time", () => {
  test.each([1, 3, 5])("of %i members has no cause, and nothing is wrong", (members) => {
    const facts = factsOf({}, members);
    const judged = judgeTriage(facts);
    expect(judged.filter(({ verdict }) => verdict === "likely-cause")).toEqual([]);
    expect(judged.filter(({ verdict }) => verdict === "no-data").map(({ rule }) => rule.id)).toEqual(
      members === 1 ? [] : [],
    );
    expect(triageHeadline(facts, judged)).toMatchObject({ tone: "good", title: "Nothing is wrong in this window" });
  });

  test("with the noise of a busy machine has no cause either", () => {
    const noisy = withSignals(factsOf(), "all", {
      fsyncP99: went(6, 40, { steps: 1, fromStep: 7 }),
      commitP99: went(12, 80, { steps: 1, fromStep: 7 }),
      probeLinearizable: went(5, 30, { steps: 1, fromStep: 12 }),
      slowAppliesPerSecond: went(0, 0.1, { ...perSecond, steps: 1 }),
      peerRttP99: went(0.6, 140, { steps: 1, fromStep: 9 }),
      clientRequestsPerSecond: went(25, 40, perSecond),
      cpuCores: went(0.4, 1.7, { unit: "ratio", steps: 1 }),
    });
    expect(judgeTriage(noisy).filter(({ verdict }) => verdict === "likely-cause")).toEqual([]);
  });

  test("compactions every five minutes are none", () => {
    const facts = withSignals(
      factsOf({ timeline: [{ kind: "compaction", atMs: at(4), untilMs: null, memberId: null, text: "Compacted." }] }),
      "all",
      {
        compactedKeysPerSecond: went(50, 1_500, { ...perSecond, steps: 1, fromStep: 4 }),
        compactionPauseP99: stays(12),
      },
    );
    expect(verdictsOf(judgeTriage(facts), ["L11"])).toEqual(["L11 ruled-out"]);
  });

  test("a chronic slow disk contributes, and is no cause", () => {
    const facts = withSignals(factsOf(), 1, { fsyncP99: stays(28) });
    const judged = judgeTriage(facts);
    expect(verdictsOf(judged, ["L01"])).toEqual(["L01 contributing"]);
    expect(judged.filter(({ verdict }) => verdict === "likely-cause")).toEqual([]);
  });
});

describe("where nothing is known", () => {
  test("hardly anything is judged, and what to switch on is said", () => {
    const facts = blindFacts();
    const judged = judgeTriage(facts);
    const told = judged.filter(({ verdict }) => verdict !== "no-data").map(({ rule }) => rule.id);
    expect(told).toEqual(["L35"]);
    for (const { needs, verdict } of judged) if (verdict === "no-data") expect(needs).not.toBeNull();
    const { tone, title, lede } = triageHeadline(facts, judged);
    expect(tone).toBe("unknown");
    expect(title).toBe("Nothing is known of this window");
    expect(lede).toMatch(/Settings › Clusters/);
  });

  test("a managed cluster is judged by what the apiserver sees", () => {
    const call = { operation: "list", resource: "pods", p99Ms: went(40, 1_800), requests: stays(5, "perSecond") };
    const facts = blindFacts({ apiserver: [call], onsetMs: at(0) });
    const judged = judgeTriage(facts);
    expect(judged[0]).toMatchObject({ verdict: "likely-cause", rule: { id: "L33" } });
    expect(judged[0]?.text).toMatch(/list of `pods` went from 40 ms to 1\.8 s/);
    expect(triageHeadline(facts, judged).lede).toMatch(/^The apiserver's calls \(p99\) went from 40 ms to 1\.8 s/);
  });
});

test("what a storm of writes makes slow is explained by it", () => {
  const facts = underWrites(factsOf({ prefixes: [hotKey], onsetMs: at(0) }));
  const explained = judgeTriage(facts).filter(({ explainedBy }) => explainedBy !== null);
  expect(explained.map(({ rule }) => rule.id).sort()).toEqual(["L01", "L02", "L12", "L14", "L17", "L20", "L25"]);
  for (const { verdict, explainedBy } of explained) expect([verdict, explainedBy]).toEqual(["contributing", "L24"]);
});

test("a symptom that began long before is not explained", () => {
  const late = { ...hotKey, writes: went(0.3, 600, { ...perSecond, fromStep: 20 }) };
  const facts = withSignals(factsOf({ prefixes: [late], onsetMs: at(20) }), "all", { fsyncP99: went(3, 600) });
  expect(verdictsOf(judgeTriage(facts), ["L01", "L24"])).toEqual(["L01 likely-cause", "L24 likely-cause"]);
});

test("what is over when the window begins, with many steps, is ruled out", () => {
  expect(WINDOW_STEPS).toBeGreaterThan(20);
  const facts = factsOf({ ownWork: [{ atMs: at(-20), untilMs: at(-2), what: "A scan" }], onsetMs: at(3) });
  expect(verdictsOf(judgeTriage(facts), ["L35"])).toEqual(["L35 ruled-out"]);
});

function verdictsOf(judged: readonly JudgedFinding[], ids: readonly string[]): string[] {
  return ids.map((id) => `${id} ${judged.find(({ rule }) => rule.id === id)?.verdict}`);
}
