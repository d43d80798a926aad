import { beforeAll, describe, expect, test } from "vitest";
import { ensurePartitions } from "@/lib/db/partitions";
import { keyspaceFrame, timelineEvent } from "@/lib/db/schema";
import { capture, hashCheck, memberConfig } from "@/lib/db/schema-health";
import { leaseSample } from "@/lib/db/schema-metrics";
import type { TimeRange } from "@/lib/model/time-range";
import { readTriageFacts } from "@/lib/queries/triage/facts";
import type { TriageFacts } from "@/lib/rules/triage/triage-facts";
import { useTestDb } from "@/tests/support/db";
import { seedMetrics, seedTraffic, trafficEvent } from "@/tests/support/traffic-seed";
import { HOSTILE_PREFIX, isUnder, MEMBERS, type Planted, seedTriage } from "@/tests/support/triage-seed";
import { seedCluster } from "../seed";

const testDb = useTestDb();
const MINUTE_MS = 60_000;
const NOW_MS = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
const STORM = { fromMs: NOW_MS - 12 * MINUTE_MS, toMs: NOW_MS - 2 * MINUTE_MS };
const WINDOW = { fromMs: STORM.fromMs - 30_000, toMs: STORM.toMs };
const CALM = { fromMs: WINDOW.fromMs - 10 * MINUTE_MS, toMs: WINDOW.fromMs };
let clusterId: number;
let planted: Planted;
let facts: TriageFacts;

beforeAll(async () => {
  const { db } = testDb();
  clusterId = await seedCluster(testDb(), "prod");
  planted = await seedTriage(db, clusterId, { nowMs: NOW_MS, minutes: 45, storm: STORM });
  await seedAround();
  facts = await readTriageFacts(db, clusterId, { window: WINDOW, calm: CALM }, NOW_MS);
});

/** Requests a minute of a client: few in the calm, many in the storm. */
const ASKED = [
  { userAgent: "ci-runner/v2 (linux)", user: "ci", verb: "create", resource: "events", calm: 2, storm: 400 },
  { userAgent: "kubectl/v1.30", user: "ann", verb: "list", resource: "pods", calm: 6, storm: 6 },
];

async function seedAround(): Promise<void> {
  const { db } = testDb();
  const events = [];
  for (let atMs = NOW_MS - 45 * MINUTE_MS; atMs < NOW_MS; atMs += MINUTE_MS) {
    for (const { calm, storm, ...client } of ASKED) {
      const many = atMs >= STORM.fromMs && atMs < STORM.toMs ? storm : calm;
      for (let i = 0; i < many; i++) events.push(trafficEvent({ ...client, atMs: atMs + i * 100, code: 200 }));
    }
  }
  await seedTraffic(db, clusterId, { source: "audit", events });
  const logged = trafficEvent({ atMs: STORM.fromMs + 90_000, verb: "range", sourceAddress: "10.1.1.1", user: null });
  const signal = { kind: "slow-fdatasync" as const, micros: 1_400_000, example: "slow fdatasync" };
  await seedTraffic(db, clusterId, {
    source: "etcd-log",
    events: [{ ...logged, userAgent: null, responseBytes: 5_000_000, isUnpaged: true }],
    signals: [
      { ...signal, atMs: STORM.fromMs + 61_000 },
      { ...signal, atMs: STORM.fromMs + 62_000, micros: 2_100_000, example: "slower fdatasync" },
      { ...signal, atMs: CALM.fromMs + 61_000 },
    ],
  });
  const at = (ms: number) => new Date(ms);
  await db.insert(timelineEvent).values([
    { clusterId, at: at(CALM.fromMs - 40 * MINUTE_MS), kind: "compaction", text: "Compacted." },
    { clusterId, at: at(STORM.fromMs + 5_000), kind: "compaction", text: "Compacted again." },
    { clusterId, at: at(STORM.fromMs), until: at(STORM.fromMs + 8_000), kind: "own-scan", text: "A scan of ours." },
    { clusterId, at: at(STORM.fromMs), kind: "member-down", memberId: MEMBERS[2].memberId, text: "Does not answer." },
    {
      clusterId,
      at: at(STORM.fromMs),
      kind: "alarm",
      memberId: MEMBERS[1].memberId,
      text: "etcd-2 raises the NOSPACE alarm.",
    },
    {
      clusterId,
      at: at(STORM.toMs + 1),
      kind: "alarm",
      memberId: MEMBERS[1].memberId,
      text: "The NOSPACE alarm of etcd-2 is cleared.",
    },
  ]);
  await db.insert(memberConfig).values({
    ...{ clusterId, member: "etcd-1", startedAt: at(CALM.fromMs - MINUTE_MS) },
    settings: { "heartbeat-interval": "100", ["__proto__"]: "no" },
  });
  await db.insert(leaseSample).values({
    ...{ clusterId, at: at(WINDOW.toMs - MINUTE_MS), leases: 321, sampledLeases: 0 },
    distribution: {
      grantedTtls: [],
      otherTtlLeases: 0,
      remainingTenths: [],
      keysPerLease: [],
      keys: 0,
      orphans: 0,
      expired: 0,
    },
  } as typeof leaseSample.$inferInsert);
  const hash = (name: string, value: string) => ({
    memberId: name,
    name,
    hash: value,
    compactRevision: 9,
    tookMs: 2_000,
    failure: null,
  });
  await db.insert(hashCheck).values({
    ...{ clusterId, at: at(STORM.fromMs + 20_000), revision: 10, verdict: "different" },
    results: [hash("etcd-1", "1"), hash("etcd-2", "1"), hash("etcd-3", "2")],
  });
  await db
    .insert(capture)
    .values({ clusterId, seconds: 30, state: "done", startedAt: at(STORM.fromMs), endedAt: at(STORM.fromMs + 30_000) });
}

/** What was planted below a slot in a time, per second, by a plain loop. */
function count(slot: number, { fromMs, toMs }: TimeRange) {
  let [writes, writtenBytes] = [0, 0];
  for (const write of planted.writes) {
    if (!isUnder(write.slot, slot) || write.atMs < fromMs || write.atMs >= toMs) continue;
    writes += write.puts + write.deletes;
    writtenBytes += write.writtenBytes;
  }
  const seconds = (toMs - fromMs) / 1_000;
  return { writes: writes / seconds, writtenBytes: writtenBytes / seconds };
}

describe("The axis", () => {
  test("goes from the calm to the end of the window, ten seconds a step", () => {
    expect(facts.axis).toEqual({ fromMs: CALM.fromMs, stepMs: 10_000, columns: (WINDOW.toMs - CALM.fromMs) / 10_000 });
    for (const { signals } of facts.members) {
      for (const { values } of Object.values(signals)) expect(values).toHaveLength(facts.axis.columns);
    }
  });
});

describe("Prefixes", () => {
  const find = (prefix: string) => facts.prefixes?.find((one) => one.prefix === prefix);

  test("every figure is what was planted, counted by a loop", () => {
    expect(facts.prefixes?.length).toBeGreaterThanOrEqual(4);
    for (const { slot, writes, writtenBytes } of [
      { slot: 0, writes: facts.writes, writtenBytes: facts.writtenBytes },
      ...(facts.prefixes ?? []),
    ]) {
      const [calm, window] = [count(slot, CALM), count(slot, WINDOW)];
      expect(writes?.calm).toBeCloseTo(calm.writes, 8);
      expect(writes?.window).toBeCloseTo(window.writes, 8);
      expect(writtenBytes?.calm).toBeCloseTo(calm.writtenBytes, 4);
      expect(writtenBytes?.window).toBeCloseTo(window.writtenBytes, 4);
      const steps = Array.from({ length: facts.axis.columns }, (_, i) => CALM.fromMs + i * 10_000);
      const counted = steps.map((fromMs) => count(slot, { fromMs, toMs: fromMs + 10_000 }).writes);
      expect(writes?.values).toEqual(counted);
    }
  });

  test("the storm is pinned on the namespace, the growth in bytes on the prefix with the hostile name", () => {
    const storm = find("/registry/events/ci-build/");
    expect(storm).toMatchObject({ isEvents: true, keys: 10, liveBytes: 9_400 });
    expect(storm?.writes.movedAtMs).toBe(STORM.fromMs);
    expect(find(HOSTILE_PREFIX)?.writtenBytes.movedAtMs).toBe(STORM.fromMs);
    const chosen = facts.prefixes?.slice(0, 2).map(({ prefix }) => prefix);
    expect(chosen).toEqual(["/registry/events/ci-build/", HOSTILE_PREFIX]);
    expect(find("/registry/")).toBeUndefined();
    expect(find("/registry/events/")).toBeUndefined();
  });

  test("none is an ancestor of another, and heavy writers that did not move are there", () => {
    const slots = facts.prefixes?.map(({ slot }) => slot) ?? [];
    for (const slot of slots) expect(slots.filter((other) => isUnder(slot, other))).toEqual([slot]);
    expect(find("/registry/pods/shop/")?.writes.movedAtMs).toBeNull();
  });

  test("the hot key is the one that was written most in the window", () => {
    const minutes = planted.hot.filter(({ key, minuteMs }) => {
      const firstMs = Math.floor(WINDOW.fromMs / MINUTE_MS) * MINUTE_MS;
      return key.includes("runner") && minuteMs >= firstMs && minuteMs < WINDOW.toMs;
    });
    const writes = minutes.reduce((sum, hot) => sum + hot.writes, 0);
    expect(find("/registry/events/ci-build/")?.hotKey).toEqual({
      key: "/registry/events/ci-build/runner.1",
      writesPerSecond: writes / (minutes.length * 60),
      valueBytes: 934 - "/registry/events/ci-build/runner.1".length,
    });
  });

  test("shares are of all writes", () => {
    const share = find("/registry/events/ci-build/")?.writesShare;
    expect(share).toBeCloseTo(count(6, WINDOW).writes / count(0, WINDOW).writes, 8);
  });

  test("the largest transaction and value are the largest of the frames", () => {
    expect(facts.largestRevisionPuts).toMatchObject({ calm: 2, window: 40, worst: 40, movedAtMs: STORM.fromMs });
    expect(facts.largestPutBytes).toMatchObject({ calm: 1_100, window: 90_000 });
  });
});

describe("Members", () => {
  const member = (place: number) => facts.members.find(({ memberId }) => memberId === MEMBERS[place]?.memberId);

  test("fsync p99 is that of the planted buckets added up", () => {
    for (const { memberId, signals } of facts.members) {
      for (const [figure, range] of [
        ["calm", CALM],
        ["window", WINDOW],
      ] as const) {
        expect(signals.fsyncP99?.[figure]).toBeCloseTo(countP99(memberId, range), 6);
      }
    }
    expect(member(0)?.signals.fsyncP99?.movedAtMs).toBe(STORM.fromMs);
    expect(member(1)?.signals.fsyncP99?.movedAtMs).toBeNull();
  });

  function countP99(memberId: string, { fromMs, toMs }: TimeRange): number {
    const sums = new Map<number, number>();
    for (const reading of planted.fsyncs) {
      if (reading.memberId !== memberId || reading.atMs <= fromMs || reading.atMs > toMs) continue;
      for (const [bound, n] of reading.buckets) sums.set(bound, (sums.get(bound) ?? 0) + n);
    }
    const bounds = [...sums.keys()].sort((a, b) => a - b);
    const rank = (sums.get(Number.POSITIVE_INFINITY) as number) * 0.99;
    const place = bounds.findIndex((bound) => (sums.get(bound) as number) >= rank);
    const [low, high] = [bounds[place - 1] ?? 0, bounds[place] as number];
    const below = sums.get(low) ?? 0;
    return (low + (high - low) * ((rank - below) / ((sums.get(high) as number) - below))) * 1_000;
  }

  test("rates are what the counters grew by", () => {
    for (const { memberId, signals } of facts.members) {
      const own = planted.ranges.filter(
        (r) => r.memberId === memberId && r.atMs > WINDOW.fromMs && r.atMs <= WINDOW.toMs,
      );
      const calls = own.reduce((sum, r) => sum + r.calls, 0);
      expect(signals.rangesPerSecond?.window).toBeCloseTo(calls / (own.length * 10), 8);
      expect(signals.rangesPerSecond?.movedAtMs).toBeNull();
    }
  });

  test("who led, was down, raised an alarm, lagged and how it was set up", () => {
    expect(facts.memberCount).toBe(3);
    expect(member(0)).toMatchObject({ name: "etcd-1", version: "3.5.21", isLeader: true, isDown: false, alarms: [] });
    expect(member(1)).toMatchObject({ isLeader: false, alarms: ["NOSPACE"] });
    expect(member(2)).toMatchObject({ isDown: true });
    expect(member(0)?.config?.get("heartbeat-interval")).toBe("100");
    expect(member(1)?.config).toBeNull();
    expect(member(1)?.revisionsBehind).toBe(0);
    expect(member(2)?.revisionsBehind).toBe(0); // the window begins before it fell behind
    expect(facts.members.map((one) => one.keysApart)).toEqual([null, null, null]);
  });

  test("probes are counted, and their slowing is when it began", () => {
    expect(member(0)?.probes).toEqual({ asked: 126, serializableFailed: 0, linearizableFailed: 0 });
    expect(member(2)?.probes?.linearizableFailed).toBe(10);
    expect(member(0)?.signals.probeLinearizable).toMatchObject({ calm: 2, window: 45, movedAtMs: STORM.fromMs });
    expect(facts.onsetMs).toBe(STORM.fromMs);
  });
});

describe("What else there is to know", () => {
  test("clients are counted by the minute, the one that rose most first", () => {
    const [runner] = facts.clients?.filter(({ source }) => source === "audit") ?? [];
    const kubectl = facts.clients?.find(({ user }) => user === "ann");
    expect(runner?.requests.movedAtMs).toBe(STORM.fromMs);
    expect(runner).toMatchObject({ user: "ci", verb: "create", resource: "events", source: "audit" });
    expect(runner?.requests.calm).toBeCloseTo(2 / 60, 8);
    expect(runner?.requests.window).toBeCloseTo(countMinutes(400, 2), 8);
    expect(kubectl?.requests).toMatchObject({ calm: 6 / 60, window: 6 / 60, movedAtMs: null });
    const address = facts.clients?.find(({ source }) => source === "etcd-log");
    expect(address).toMatchObject({ sourceAddress: "10.1.1.1", unpagedLists: 1, meanResponseBytes: 5_000_000 });
  });

  /** Per second over the minutes whose middle lies in the window. */
  function countMinutes(storm: number, calm: number): number {
    let [requests, minutes] = [0, 0];
    for (let atMs = NOW_MS - 45 * MINUTE_MS; atMs < NOW_MS; atMs += MINUTE_MS) {
      if (atMs + 30_000 < WINDOW.fromMs || atMs + 30_000 >= WINDOW.toMs) continue;
      requests += atMs >= STORM.fromMs ? storm : calm;
      minutes++;
    }
    return requests / (minutes * 60);
  }

  test("lines of the log by kind, with the worst", () => {
    expect(facts.log).toEqual([
      { kind: "slow-fdatasync", windowLines: 2, calmLines: 1, worstMs: 2_100, example: "slower fdatasync" },
    ]);
  });

  test("what happened on the axis, and in the hour before it", () => {
    expect(facts.timeline.map(({ kind }) => kind).sort()).toEqual(["alarm", "compaction", "member-down", "own-scan"]);
    expect(facts.earlierTimeline.map(({ text }) => text)).toEqual(["Compacted."]);
    expect(facts.ownWork.map(({ atMs, untilMs }) => [atMs - STORM.fromMs, untilMs - STORM.fromMs])).toEqual([
      [0, 30_000],
      [0, 8_000],
      [20_000, 22_000],
    ]);
    expect(facts.lastHashCheck).toMatchObject({ verdict: "different", members: ["etcd-3"] });
    expect(facts.leases).toEqual({ leases: 321, at: WINDOW.toMs - MINUTE_MS });
    expect(facts.growthBytesPerSecond).toBeCloseTo(1_000, 3);
    expect(facts.apiserver).toBeNull();
  });

  test("reading it again, with what was kept in memory, tells the same", async () => {
    const again = await readTriageFacts(testDb().db, clusterId, { window: WINDOW, calm: CALM }, NOW_MS);
    expect(again).toEqual(facts);
  });
});

describe("A calm time elsewhere", () => {
  test("is read apart: the axis is the window and as long a time before it", async () => {
    const window = { fromMs: STORM.fromMs, toMs: STORM.fromMs + 2 * MINUTE_MS };
    const calm = { fromMs: NOW_MS - 26 * 60 * MINUTE_MS, toMs: NOW_MS - 26 * 60 * MINUTE_MS + 2 * MINUTE_MS };
    const nothing = await readTriageFacts(testDb().db, clusterId, { window, calm }, NOW_MS);
    const fsync = nothing.members.find(({ name }) => name === "etcd-1")?.signals.fsyncP99;
    expect(fsync).toMatchObject({ calm: null, movedAtMs: null });
    expect(nothing.writes).toMatchObject({ calm: null, movedAtMs: null });
    const after = { fromMs: WINDOW.toMs, toMs: WINDOW.toMs + 2 * MINUTE_MS };
    const late = await readTriageFacts(testDb().db, clusterId, { window, calm: after }, NOW_MS);
    expect(late.axis).toEqual({ fromMs: window.fromMs - 2 * MINUTE_MS, stepMs: 10_000, columns: 24 });
    expect(late.writes?.calm).toBeCloseTo(count(0, after).writes, 8);
    expect(late.writes?.window).toBeCloseTo(count(0, window).writes, 8);
    expect(late.members[0]?.signals.fsyncP99?.calmWorst).not.toBeNull();
    expect(late.writes?.movedAtMs).toBe(STORM.fromMs);
    // All through this window polls proved the third member to be so far behind.
    expect(late.members.find(({ name }) => name === "etcd-3")?.revisionsBehind).toBe(690);
  });
});

describe("Gaps, and clusters of which little is known", () => {
  test("a time nobody watched is a gap; figures are of what was watched", async () => {
    const gap = { fromMs: STORM.fromMs + 60_000, toMs: STORM.fromMs + 180_000 };
    const id = await seedCluster(testDb(), "gaps");
    const own = await seedTriage(testDb().db, id, { nowMs: NOW_MS, minutes: 45, storm: STORM, gap });
    const { writes, axis } = await readTriageFacts(testDb().db, id, { window: WINDOW, calm: CALM }, NOW_MS);
    const inWindow = own.writes.filter(({ atMs }) => atMs >= WINDOW.fromMs && atMs < WINDOW.toMs);
    const frames = new Set(inWindow.map(({ atMs }) => atMs)).size;
    const total = inWindow.reduce((sum, { puts, deletes }) => sum + puts + deletes, 0);
    expect(writes?.window).toBeCloseTo(total / (frames * 10), 8);
    const first = (gap.fromMs - axis.fromMs) / axis.stepMs;
    expect(writes?.values.slice(first, first + 12)).toEqual(new Array(12).fill(null));
  });

  test("an empty cluster: nothing is known, and nothing is 0", async () => {
    const id = await seedCluster(testDb(), "empty");
    const empty = await readTriageFacts(testDb().db, id, { window: WINDOW, calm: CALM }, NOW_MS);
    expect(empty).toMatchObject({
      ...{ members: [], memberCount: 0, prefixes: null, writes: null, writtenBytes: null, clients: null, log: null },
      ...{ apiserver: null, leases: null, lastHashCheck: null, onsetMs: null, growthBytesPerSecond: null },
      ...{ largestRevisionPuts: null, largestPutBytes: null, timeline: [], ownWork: [] },
    });
  });

  test("a managed cluster is told by its apiserver's clients alone", async () => {
    const id = await seedCluster(testDb(), "managed", { endpoints: [] });
    await ensurePartitions(testDb().db, NOW_MS);
    const events = [WINDOW.fromMs + 90_000, CALM.fromMs + 90_000].map((atMs) => trafficEvent({ atMs }));
    await seedTraffic(testDb().db, id, { source: "audit", events });
    const managed = await readTriageFacts(testDb().db, id, { window: WINDOW, calm: CALM }, NOW_MS);
    expect(managed).toMatchObject({ memberCount: 0, prefixes: null });
    expect(managed.clients).toHaveLength(1);
  });

  test("what the apiserver sees of etcd: the p99 of its buckets added up, the slowest first", async () => {
    const id = await seedCluster(testDb(), "apiserver", { endpoints: [] });
    const fromMs = CALM.fromMs - MINUTE_MS;
    const readings = (WINDOW.toMs - fromMs) / 30_000;
    /** Each reading: so many within 10 ms, and in the storm as many again within 100 ms. */
    const series = (operation: string, fast: number) => {
      const labels = { operation, group: "", resource: "pods" };
      const slow = Array.from({ length: readings }, (_, i) => (fromMs + i * 30_000 >= STORM.fromMs ? fast : 0));
      const told = (name: string, more: Record<string, string>, figure: (slow: number) => number) => ({
        ...{ name: `etcd_request_duration_seconds_${name}`, labels: { ...labels, ...more } },
        values: slow.map(figure),
      });
      return [
        told("bucket", { le: "0.01" }, () => fast),
        told("bucket", { le: "0.1" }, (n) => fast + n),
        told("bucket", { le: "+Inf" }, (n) => fast + n),
        told("sum", {}, (n) => fast * 0.005 + n * 0.05),
        told("count", {}, (n) => fast + n),
      ];
    };
    const url = "https://apiserver:6443/metrics";
    const quiet = series("get", 30).map((one) => ({ ...one, values: one.values.map(() => one.values[0] as number) }));
    await seedMetrics(testDb().db, id, [
      { source: "apiserver", url, fromMs, stepMs: 30_000, series: [...series("list", 60), ...quiet] },
    ]);
    const { apiserver } = await readTriageFacts(testDb().db, id, { window: WINDOW, calm: CALM }, NOW_MS);
    expect(apiserver?.map(({ operation, resource }) => [operation, resource])).toEqual([
      ["list", "pods"],
      ["get", "pods"],
    ]);
    // Half of the requests lie between 10 and 100 ms: the 99th of a hundred is 98 % of the way between.
    expect(apiserver?.[0]?.p99Ms.worst).toBeCloseTo(10 + 90 * 0.98, 6);
    expect(apiserver?.[0]?.p99Ms.calm).toBeCloseTo(9.9, 6);
    expect(apiserver?.[0]?.requests.calm).toBeCloseTo(2, 8);
    expect(apiserver?.[1]?.p99Ms).toMatchObject({ movedAtMs: null });
  });

  test("frames from before largest transactions were measured leave them unknown", async () => {
    await testDb().db.update(keyspaceFrame).set({ largestRevisionPuts: null, largestPutBytes: null });
    const old = await readTriageFacts(testDb().db, clusterId, { window: WINDOW, calm: CALM }, NOW_MS);
    expect(old.largestRevisionPuts).toBeNull();
    expect(old.prefixes).toEqual(facts.prefixes);
  });
});
