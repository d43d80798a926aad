import { beforeAll, describe, expect, test } from "vitest";
import { MemberSeriesParams } from "@/lib/api/member-series";
import { MembersAnswer, MembersParams } from "@/lib/api/members";
import { ensurePartitions } from "@/lib/db/partitions";
import { cluster, member, memberSample, timelineEvent } from "@/lib/db/schema";
import { memberConfig, probeMinute } from "@/lib/db/schema-health";
import { connectionSample, metricFrame, metricSeries, metricTarget } from "@/lib/db/schema-metrics";
import { encodeMetricFrame, METRIC_FRAME_FORMAT } from "@/lib/model/metric-frame";
import { readConfiguration } from "@/lib/queries/member-configuration";
import { readMembersHealth } from "@/lib/queries/member-health";
import { readMemberSeries } from "@/lib/queries/member-series";
import { useTestDb } from "@/tests/support/db";

const testDb = useTestDb();
const MINUTE_MS = 60_000;
const NOW_MS = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
const STARTED_MS = NOW_MS - 10 * MINUTE_MS;
const NAMES = ["m0", "m1", "m2"];
const idOf = (i: number) => `00000000000000a${i}`;
/** A gauge, a counter, and the two buckets of a histogram: of a member's readings half are below 1 s. */
const SERIES = [
  { name: "etcd_server_quota_backend_bytes", labels: {}, kind: "gauge" },
  { name: "grpc_server_started_total", labels: { grpc_method: "Range" }, kind: "counter" },
  { name: "grpc_server_started_total", labels: { grpc_method: "Put" }, kind: "counter" },
  { name: "etcd_disk_wal_fsync_duration_seconds_bucket", labels: { le: "1" }, kind: "counter" },
  { name: "etcd_disk_wal_fsync_duration_seconds_bucket", labels: { le: "+Inf" }, kind: "counter" },
] as const;
/** Requests a second of each: the first has nearly all. */
const REQUESTS = [90, 3, 3];

beforeAll(async () => {
  const { db } = testDb();
  await ensurePartitions(db, NOW_MS);
  await db.insert(cluster).values({ name: "prod", source: "settings", endpoints: ["http://127.0.0.1:1"] });
  await db.insert(member).values(
    NAMES.map((name, i) => ({
      ...{
        clusterId: 1,
        memberId: idOf(i),
        name,
        clientUrls: [`http://${name}:2379`],
        peerUrls: [],
        alarms: [],
        errors: [],
      },
      ...{ isLearner: false, isLeader: i === 0, version: "3.5.16", checkedAt: new Date(NOW_MS), at: new Date(NOW_MS) },
      ...{ dbSizeBytes: 1_000, dbSizeInUseBytes: 250, raftIndex: 110, raftAppliedIndex: 100, statusMs: 1 },
      failure: i === 2 ? "The connection was refused." : null,
    })),
  );
  await db.insert(metricSeries).values(
    SERIES.map((series, seriesId) => ({
      ...{ clusterId: 1, seriesId, source: "etcd" as const, digest: Buffer.from([seriesId]) },
      ...series,
    })),
  );
  await db.insert(metricTarget).values(
    NAMES.slice(0, 2).map((name, targetId) => ({
      ...{ clusterId: 1, targetId, source: "etcd" as const, url: `http://${name}/metrics`, memberId: idOf(targetId) },
      ...{ checkedAt: new Date(NOW_MS), at: new Date(NOW_MS), startedAt: new Date(STARTED_MS) },
      ...{ clockAheadLeastMs: targetId * 3_000, clockAheadMostMs: targetId * 3_000 + 40 },
    })),
  );
  await db.insert(metricFrame).values([0, 1].flatMap(framesOf));
  await db.insert(connectionSample).values(
    NAMES.map((reporter, i) => ({
      ...{ clusterId: 1, at: new Date(NOW_MS - 5_000), reporter, connections: i === 1 ? 90 : 3, clients: [] },
      otherConnections: 0,
    })),
  );
  await db.insert(probeMinute).values({
    ...{ clusterId: 1, minute: new Date(NOW_MS - MINUTE_MS), memberId: idOf(0), failures: [] },
    serializableMicros: [500, null, null, null, null, null, null, null, null, null, null, null],
    linearizableMicros: [-1, null, null, null, null, null, null, null, null, null, null, null],
  });
  await db.insert(memberSample).values({
    ...{ clusterId: 1, at: new Date(NOW_MS - 5_000), memberId: idOf(0), dbSizeBytes: 4_000, dbSizeInUseBytes: 1 },
    ...{ revision: 7, raftIndex: 1, raftAppliedIndex: 1, isLeader: true, statusMs: 1 },
  });
  await db.insert(memberConfig).values({
    ...{ clusterId: 1, member: "m0", startedAt: new Date(NOW_MS) },
    settings: { "snapshot-count": "10000" },
  });
  await db.insert(timelineEvent).values(
    [20, 15, 10].map((minutes) => ({
      ...{
        clusterId: 1,
        at: new Date(NOW_MS - minutes * MINUTE_MS),
        kind: "compaction" as const,
        memberId: "",
        text: "",
      },
    })),
  );
});

/** Five minutes of readings, ten seconds apart. */
function framesOf(targetId: number) {
  return Array.from({ length: 30 }, (_, i) => {
    const atMs = NOW_MS - 5 * MINUTE_MS + (i + 1) * 10_000;
    const requests = (REQUESTS[targetId] as number) * 10;
    const figures = [8_000, requests - 1, 1, 50, 100];
    const payload = encodeMetricFrame({ ids: Int32Array.from([0, 1, 2, 3, 4]), values: Float64Array.from(figures) });
    return {
      clusterId: 1,
      at: new Date(atMs),
      targetId,
      fromAt: new Date(atMs - 10_000),
      format: METRIC_FRAME_FORMAT,
      payload,
    };
  });
}

const readHealth = (params: object = {}) =>
  readMembersHealth(testDb().db, 1, MembersParams.parse({ range: "15m", ...params }), NOW_MS + 1);

describe("the members side by side", () => {
  test("have their figures of the range, and each unknown one a reason of its own", async () => {
    const answer = MembersAnswer.parse(await readHealth());
    const [leader, second, silent] = answer.items.map(({ health }) => health);
    expect(leader).toMatchObject({
      ...{ fragmentationRatio: 0.75, quotaBytes: 8_000, raftLag: 10, connections: 3, requestsPerSecond: 90 },
      ...{
        fsyncP99Ms: 1_000,
        serializableP99Ms: 0.5,
        linearizableP99Ms: null,
        startedAt: new Date(STARTED_MS).toISOString(),
      },
    });
    expect(leader?.knownBugs.map(({ problem }) => problem)).toContainEqual(expect.stringContaining("Compaction"));
    expect(leader?.unknown).toHaveProperty("linearizableP99Ms");
    expect(leader?.unknown).not.toHaveProperty("fsyncP99Ms");
    expect(second).toMatchObject({ requestsPerSecond: 3, connections: 90, clockAheadLeastMs: 3_000 });
    expect(silent).toMatchObject({ requestsPerSecond: null, fsyncP99Ms: null, raftLag: null, quotaBytes: null });
    expect(silent?.unknown.raftLag).toContain("was refused");
    for (const { health } of answer.items) {
      for (const [name, value] of Object.entries(health ?? {})) {
        if (value === null) expect(health?.unknown[name], name).toMatch(/.\.$/);
      }
    }
  });

  test("are compared: what is uneven and whose clock is off", async () => {
    const { compared } = await readHealth();
    expect(compared?.imbalances).toEqual([
      expect.stringContaining("m0 leads and answers nearly all requests"),
      expect.stringContaining("m1 holds 90 connections, 2.8 times the mean"),
    ]);
    expect(compared?.clockSkew).toMatchObject({ isWarning: true, atLeastMs: 2_960, atMostMs: 3_040 });
    expect(compared?.range.observedSeconds).toBeCloseTo(300, 0);
  });

  test("without the figures of a range when only the last answers are asked for", async () => {
    const answer = MembersAnswer.parse(await readHealth({ figures: "now" }));
    expect(answer.compared).toBeNull();
    expect(answer.items.map(({ health }) => health)).toEqual([null, null, null]);
  });
});

describe("signals over time", () => {
  const readSeries = (params: object) =>
    readMemberSeries(testDb().db, 1, MemberSeriesParams.parse({ range: "15m", ...params }), NOW_MS);

  test("several at once, apart by label, and all members together", async () => {
    const answer = await readSeries({ measure: "requestsPerSecond,fsyncP99,dbSizeBytes", total: "true" });
    expect(answer.measures.map(({ measure, unit }) => [measure, unit])).toEqual([
      ["requestsPerSecond", "perSecond"],
      ["fsyncP99", "milliseconds"],
      ["dbSize", "bytes"],
    ]);
    const wholeOf = (measure: string, memberId: string, split: string | null = null) =>
      answer.series.find((one) => one.measure === measure && one.memberId === memberId && one.split === split)?.whole;
    expect(wholeOf("requestsPerSecond", idOf(0))).toBe(90);
    expect(wholeOf("requestsPerSecond", idOf(0), "Put")).toBeCloseTo(0.1, 9);
    expect(wholeOf("requestsPerSecond", "")).toBe(93);
    expect(wholeOf("fsyncP99", "")).toBe(1_000);
    expect(wholeOf("dbSize", idOf(0))).toBe(4_000);
    for (const { values } of answer.series) expect(values).toHaveLength(answer.atMs.length);
    expect(answer.range.observedSeconds).toBeCloseTo(300, 0);
  });

  test("not apart when that is not wanted; nothing of what nobody tells", async () => {
    const answer = await readSeries({ measure: "requestsPerSecond,goroutines", split: "false" });
    expect(answer.series.map(({ measure, name, split }) => [measure, name, split])).toEqual([
      ["requestsPerSecond", "m0", null],
      ["requestsPerSecond", "m1", null],
    ]);
  });

  test.each(["", "nothing", "fsyncP99,", "__proto__", "constructor", Array(41).fill("keys").join(",")])(
    "no measure: %j",
    (measure) => {
      expect(MemberSeriesParams.safeParse({ measure }).success).toBe(false);
    },
  );
});

test("the configuration is told from the log, metrics and the timeline", async () => {
  const { items } = await readConfiguration(testDb().db, 1, NOW_MS);
  const row = (id: string) => items.find((one) => one.id === id);
  expect(row("compaction")).toMatchObject({ verdict: "ok", sentence: expect.stringContaining("kube-apiserver") });
  expect(row("snapshot-count")?.values.map(({ value }) => value)).toEqual(["10,000 entries", null, null]);
  expect(row("quota")?.values.map(({ value }) => value)).toEqual(["7.81 KiB", "7.81 KiB", null]);
  expect(row("known-bugs")?.verdict).toBe("warn");
});
