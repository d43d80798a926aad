import { and, eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addCluster, updateCluster } from "@/lib/db/clusters";
import { collectorCost, member, memberSample, timelineEvent } from "@/lib/db/schema";
import { hashCheck, probeMinute } from "@/lib/db/schema-health";
import { compareHashes, readConsistency } from "@/lib/queries/consistency";
import { readProbes } from "@/lib/queries/probes";
import { useTestDb } from "@/tests/support/db";
import { startEtcdCluster, type TestEtcd } from "@/tests/support/etcd";
import { TEST_SECRET_KEY, WorkerProcess } from "@/tests/support/worker";

const testDb = useTestDb();
let members: TestEtcd[];
let worker: WorkerProcess;
let clusterId: number;

beforeAll(async () => {
  const { db, databaseUrl } = testDb();
  members = await startEtcdCluster(3);
  const access = { endpoints: [members[0]?.endpoint as string] };
  clusterId = await addCluster(db, { name: "three", source: "settings", access }, TEST_SECRET_KEY);
  worker = new WorkerProcess(databaseUrl);
  worker.start();
});
afterAll(async () => {
  await worker?.stop();
  await Promise.all(members?.map((each) => each.stop()) ?? []);
});

test("the worker probes every member and samples them in both orders", async () => {
  const { db } = testDb();
  const probed = async () => (await readProbes(db, clusterId, { range: "15m" }, Date.now())).items;
  await expect
    .poll(async () => (await probed()).map(({ name, linearizable }) => [name, linearizable.maxMs !== null]))
    .toEqual(["m0", "m1", "m2"].map((name) => [name, true]));
  await expect
    .poll(async () => (await readConsistency(db, clusterId, Date.now())).items)
    .toMatchObject(["m0", "m1", "m2"].map((name) => ({ name, revisionsBehind: 0, failure: null })));
  const sampled = await db.select().from(memberSample).where(eq(memberSample.clusterId, clusterId));
  expect(sampled.some(({ raftBehind }) => raftBehind !== null)).toBe(true);
  const purposes = async () =>
    (await db.select().from(collectorCost).where(eq(collectorCost.clusterId, clusterId))).map(({ purpose }) => purpose);
  await expect.poll(purposes).toContain("probe");
});

test("hashes are compared when asked for, and by itself at the rate that is set; both are our own work", async () => {
  const { db } = testDb();
  const isLive = async () => (await readOwnScans()).some((text) => text.includes("reads the whole keyspace"));
  await expect.poll(isLive).toBe(true);
  // The first scan may still be running: then it is refused, with the reason.
  await expect.poll(() => compareHashes(db, clusterId).catch(String)).toMatchObject({ verdict: "equal" });
  await db.delete(hashCheck).where(eq(hashCheck.clusterId, clusterId));
  await updateCluster(db, clusterId, { hashCheckHours: 1 });
  await expect.poll(() => db.$count(hashCheck, eq(hashCheck.clusterId, clusterId)), { timeout: 120_000 }).toBe(1);
  const scans = await readOwnScans();
  expect(scans.filter((text) => text.includes("compares the members' hashes")).length).toBeGreaterThanOrEqual(2);
});

test("a member that is added is on the timeline, and one that is removed", async () => {
  const { db } = testDb();
  await members[0]?.etcdctl("member", "add", "late", "--learner", "--peer-urls=http://127.0.0.1:1");
  const isListed = async () =>
    (await db.select().from(member).where(eq(member.clusterId, clusterId))).find(({ isLearner }) => isLearner);
  await expect.poll(isListed).toBeDefined();
  const added = (await isListed())?.memberId as string;
  await members[0]?.etcdctl("member", "remove", added);
  await expect.poll(isListed).toBeUndefined();
  const told = await db
    .select()
    .from(timelineEvent)
    .where(and(eq(timelineEvent.clusterId, clusterId), eq(timelineEvent.memberId, added)))
    .orderBy(timelineEvent.at);
  expect(told.map(({ kind, text }) => [kind, text])).toEqual([
    ["member-added", `${added} was added to the cluster as a learner.`],
    ["member-removed", `${added} was removed from the cluster.`],
  ]);
  const probed = await db.select().from(probeMinute).where(eq(probeMinute.memberId, added));
  expect(probed).toEqual([]);
});

async function readOwnScans(): Promise<string[]> {
  const isOwn = and(eq(timelineEvent.clusterId, clusterId), eq(timelineEvent.kind, "own-scan"));
  const rows = await testDb().db.select().from(timelineEvent).where(isOwn);
  for (const { at, until } of rows) expect(until?.getTime()).toBeGreaterThanOrEqual(at.getTime());
  return rows.map(({ text }) => text);
}
