import { beforeAll, expect, test } from "vitest";
import { ConsistencyAnswer } from "@/lib/api/consistency";
import { ensurePartitions } from "@/lib/db/partitions";
import { cluster, member, question } from "@/lib/db/schema";
import { hashCheck } from "@/lib/db/schema-health";
import { metricFrame, metricSeries, metricTarget } from "@/lib/db/schema-metrics";
import { encodeMetricFrame, METRIC_FRAME_FORMAT } from "@/lib/model/metric-frame";
import { compareHashes, readConsistency } from "@/lib/queries/consistency";
import { useTestDb } from "@/tests/support/db";
import { startAnswerer } from "./answerer";
import { seedCluster } from "./seed";

const testDb = useTestDb();
const NOW = Math.floor(Date.now() / 10_000) * 10_000;
let clusterId: number;

const result = (name: string, hash: string | null) => {
  return { memberId: `id-${name}`, name, hash, compactRevision: 3, tookMs: 12, failure: null };
};

beforeAll(async () => {
  const { db } = testDb();
  await ensurePartitions(db, NOW);
  clusterId = await seedCluster(testDb(), "prod");
  const row = { clusterId, clientUrls: [], peerUrls: [], alarms: [], errors: [], checkedAt: new Date(NOW) };
  const places = [
    { name: "m0", isLeader: true, revisionsBehind: 0, raftBehind: 0, dbSizeInUseBytes: 10, keys: [100, 110, 120] },
    { name: "m1", isLeader: false, revisionsBehind: 4, raftBehind: 5, dbSizeInUseBytes: 30, keys: [90, 95, 100] },
    { name: "m2", isLeader: false, revisionsBehind: null, raftBehind: null, dbSizeInUseBytes: 20, keys: null },
  ];
  await db.insert(metricSeries).values({
    ...{ clusterId, seriesId: 7, source: "etcd", name: "etcd_debugging_mvcc_keys_total", labels: {}, kind: "gauge" },
    digest: Buffer.from([7]),
  });
  for (const [targetId, { keys, name, ...place }] of places.entries()) {
    await db.insert(member).values({ ...row, ...place, memberId: `id-${name}`, name, isLearner: false, revision: 50 });
    if (keys === null) continue;
    const target = { clusterId, targetId, source: "etcd" as const, url: `http://${name}/`, memberId: `id-${name}` };
    await db.insert(metricTarget).values({ ...target, checkedAt: new Date(NOW) });
    for (const [i, value] of keys.entries()) {
      const payload = encodeMetricFrame({ ids: Int32Array.of(7), values: Float64Array.of(value) });
      const at = new Date(NOW - 40_000 + i * 10_000 + (targetId === 0 ? 0 : -5_000));
      await db.insert(metricFrame).values({ clusterId, at, targetId, format: METRIC_FRAME_FORMAT, payload });
    }
  }
});

test("before any comparison of hashes: how members stand beside the leader", async () => {
  const answer = ConsistencyAnswer.strict().parse(await readConsistency(testDb().db, clusterId, NOW));
  expect(answer.items).toMatchObject([
    { name: "m0", revisionsBehind: 0, keys: 120, keysApart: 0 },
    // At -35 s it had 95 where the leader had 100 to 110, at -25 s 100 where that had 110 to 120.
    { name: "m1", revisionsBehind: 4, raftBehind: 5, keys: 100, keysApart: -5 },
    { name: "m2", revisionsBehind: null, raftBehind: null, keys: null, keysApart: null },
  ]);
  expect(answer).toMatchObject({ checks: [], isChecking: false, hashCheckHours: null, largestDbBytes: 30 });
});

test("comparisons come newest first, members by name, with the verdict in words; one that is asked for shows", async () => {
  const { db } = testDb();
  const checks = [
    { ago: 7_200_000, verdict: "equal" as const, results: [result("m1", "9"), result("m0", "9")] },
    { ago: 60_000, verdict: "different" as const, results: [result("m1", "9"), result("m0", "8")] },
  ];
  for (const { ago, ...rest } of checks) {
    await db.insert(hashCheck).values({ clusterId, at: new Date(NOW - ago), revision: 40, ...rest });
  }
  await db.insert(question).values({ clusterId, kind: "hash-check", params: {} });
  await db.update(cluster).set({ hashCheckHours: 24 });
  const answer = await readConsistency(db, clusterId, NOW);
  expect(answer).toMatchObject({ isChecking: true, hashCheckHours: 24 });
  expect(answer.checks.map(({ text }) => text)).toEqual([
    "The members' data differ at revision 40: m0 against m1.",
    "All 2 members have the same data at revision 40.",
  ]);
  expect(answer.checks[0]?.results.map(({ name }) => name)).toEqual(["m0", "m1"]);
  await db.delete(question);
});

test("a comparison now is asked of the worker", async () => {
  const worker = await startAnswerer(testDb(), {
    "hash-check": () => ({
      ...{ at: new Date(NOW).toISOString(), revision: 41, verdict: "equal" },
      results: [result("m1", "9"), result("m0", "9")],
    }),
  });
  expect(await compareHashes(testDb().db, clusterId)).toMatchObject({
    ...{ verdict: "equal", text: "All 2 members have the same data at revision 41." },
    results: [{ name: "m0" }, { name: "m1" }],
  });
  await worker.stop();
});
