import { and, eq, isNotNull } from "drizzle-orm";
import { afterEach, describe, expect, test } from "vitest";
import { CostLedger } from "@/collectors/cost-meter";
import { openMembersCollector } from "@/collectors/members/members";
import { openMetricsCollector } from "@/collectors/metrics/metrics";
import { cluster, collectorCost, collectorState, timelineEvent } from "@/lib/db/schema";
import { metricFrame } from "@/lib/db/schema-metrics";
import { log } from "@/lib/log";
import { lastGauge, listRows, sumBuckets, totalGrowth } from "@/lib/model/metric-sums";
import type { SourceSettings } from "@/lib/model/sources";
import { listMetricTargets, readMetrics } from "@/lib/queries/metrics";
import { useTestDb } from "@/tests/support/db";
import { freePorts, startEtcd, startEtcdCluster, type TestEtcd } from "@/tests/support/etcd";
import { findEtcdVersions } from "@/tests/support/etcd-versions";
import { startMetricsServer } from "@/tests/support/metrics-server";

const testDb = useTestDb();
const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});
let clusters = 0;

/** Registers a cluster and runs its members and metrics collectors until the test ends. */
async function collect(endpoints: string[], settings: SourceSettings = {}) {
  const { db } = testDb();
  const [row] = await db
    .insert(cluster)
    .values({ name: `cluster ${++clusters}`, source: "settings", endpoints })
    .returning({ id: cluster.id });
  const clusterId = row?.id as number;
  const costs = new CostLedger(db, clusterId);
  const source = { enabled: true, settings: { intervalSeconds: 5, ...settings }, secrets: {} };
  const options = { db, clusterId, access: { endpoints }, log };
  const stop = new AbortController();
  const ended = Promise.all([
    openMembersCollector(options).run(stop.signal),
    openMetricsCollector({ ...options, source, costs }).run(stop.signal),
  ]);
  cleanUps.push(async () => {
    stop.abort();
    await ended;
  });
  return { clusterId, costs };
}

async function readState(clusterId: number) {
  const isOurs = and(eq(collectorState.clusterId, clusterId), eq(collectorState.collector, "metrics"));
  const [state] = await testDb().db.select().from(collectorState).where(isOurs);
  return state;
}

const listTargets = (clusterId: number) => listMetricTargets(testDb().db, clusterId, "etcd");

/** Targets that have been read since `sinceMs`, and counted from a reading after it when `isCounted`. */
async function listReadSince(clusterId: number, sinceMs: number, isCounted: boolean): Promise<Set<number>> {
  const isOfCluster = and(eq(metricFrame.clusterId, clusterId), isCounted ? isNotNull(metricFrame.fromAt) : undefined);
  const frames = await testDb().db.select().from(metricFrame).where(isOfCluster);
  const since = frames.filter(({ at, fromAt }) => (isCounted ? (fromAt as Date) : at).getTime() > sinceMs);
  return new Set(since.map(({ targetId }) => targetId));
}

const ofMember = (targets: Awaited<ReturnType<typeof listTargets>>, memberId: string) =>
  targets.filter((target) => target.memberId === memberId && target.failure === null);

describe.each(await findEtcdVersions())("three members of etcd $version", ({ binary }) => {
  test("each tells what has been put, found by its own id", async () => {
    const members = await startEtcdCluster(3, { binary });
    for (const member of members) cleanUps.push(() => member.stop());
    const [first] = members as [TestEtcd];
    const { clusterId, costs } = await collect([first.endpoint]);
    await expect.poll(async () => (await listTargets(clusterId)).filter(({ at }) => at !== null).length).toBe(3);
    await expect.poll(async () => (await readState(clusterId))?.health).toBe("ok");
    const list = await first.etcdctl("member", "list"); // an id, a state, a name ... a line
    const ids = list
      .trim()
      .split("\n")
      .map((line) => (line.split(",")[0] as string).padStart(16, "0"))
      .sort();
    expect((await listTargets(clusterId)).map(({ memberId }) => memberId).sort()).toEqual(ids);
    for (const { clockAheadLeastMs, clockAheadMostMs } of await listTargets(clusterId)) {
      // They run on this machine: their clock is ours.
      expect(clockAheadLeastMs as number).toBeLessThanOrEqual(0);
      expect(clockAheadMostMs as number).toBeGreaterThanOrEqual(0);
    }

    const fromMs = Date.now();
    // Every member is read once before the writes: what they add lies between two readings.
    await expect.poll(async () => (await listReadSince(clusterId, fromMs, false)).size).toBe(3);
    const PUTS = 120;
    for (let i = 0; i < PUTS; i++) await first.etcdctl("put", `/k/${i % 7}`, "value");
    await first.etcdctl("del", "/k/", "--prefix");
    const doneMs = Date.now();
    await expect.poll(async () => (await listReadSince(clusterId, doneMs, true)).size).toBe(3);

    const names = [
      "etcd_mvcc_put_total",
      "etcd_mvcc_delete_total",
      "grpc_server_handled_total",
      "etcd_server_has_leader",
      "etcd_disk_wal_fsync_duration_seconds_bucket",
      "etcd_network_peer_round_trip_time_seconds_count",
    ];
    const range = { fromMs, toMs: Date.now() };
    for (const stepMs of [10_000, 60_000]) {
      const samples = await readMetrics(testDb().db, clusterId, { source: "etcd", names, range, stepMs });
      const puts = listRows(samples, "etcd_mvcc_put_total");
      expect(puts.map((row) => totalGrowth(samples, [row]))).toEqual([PUTS, PUTS, PUTS]);
      expect(totalGrowth(samples, puts)).toBe(PUTS); // every member applies every put
      expect(totalGrowth(samples, listRows(samples, "etcd_mvcc_delete_total"))).toBe(1); // calls, not keys
      const calls = (method: string) =>
        totalGrowth(samples, listRows(samples, "grpc_server_handled_total", { grpc_method: method, grpc_code: "OK" }));
      expect(calls("Put")).toBe(PUTS);
      expect(calls("DeleteRange")).toBe(1);
      expect(lastGauge(samples, listRows(samples, "etcd_server_has_leader"))).toBe(1);
      expect(
        sumBuckets(samples, listRows(samples, "etcd_disk_wal_fsync_duration_seconds_bucket")).at(-1)?.count,
      ).toBeGreaterThan(0);
      expect(listRows(samples, "etcd_network_peer_round_trip_time_seconds_count").length).toBeGreaterThanOrEqual(6);
    }
    await costs.flush();
    const [cost] = await testDb()
      .db.select()
      .from(collectorCost)
      .where(and(eq(collectorCost.clusterId, clusterId), eq(collectorCost.purpose, "metrics")));
    expect(cost?.requests).toBeGreaterThanOrEqual(6);
  });
});

test("a member that goes is told of, the others are read on; its return is a restart", async () => {
  const members = await startEtcdCluster(3);
  for (const member of members) cleanUps.push(() => member.stop());
  const { clusterId } = await collect(members.map(({ endpoint }) => endpoint));
  await expect.poll(async () => (await listTargets(clusterId)).filter(({ at }) => at !== null).length).toBe(3);
  const gone = members[2] as TestEtcd;
  await gone.kill();
  await expect
    .poll(async () => await readState(clusterId))
    .toMatchObject({
      health: "degraded",
      reason: `1 of 3 members cannot be read. m2: Connection refused by 127.0.0.1:${gone.clientPort}: nothing listens there.`,
    });
  await gone.restart();
  await expect.poll(async () => (await readState(clusterId))?.health).toBe("ok");
  const events = () =>
    testDb()
      .db.select()
      .from(timelineEvent)
      .where(and(eq(timelineEvent.clusterId, clusterId), eq(timelineEvent.kind, "restart")));
  await expect
    .poll(async () => (await events()).map(({ text }) => text))
    .toEqual([expect.stringMatching(/^m2 was started anew, at /)]);
  const [event] = await events();
  expect(ofMember(await listTargets(clusterId), event?.memberId as string)).toHaveLength(1);
});

test("a member whose client URL leads nowhere from here is read at an endpoint of the cluster", async () => {
  const [clientPort, deadPort] = await freePorts(2);
  const extraArgs = ["--advertise-client-urls", `http://127.0.0.1:${deadPort}`];
  const etcd = await startEtcd({ clientPort, extraArgs });
  cleanUps.push(() => etcd.stop());
  const { clusterId } = await collect([etcd.endpoint, `http://localhost:${clientPort}`]);
  await expect.poll(async () => (await listReadSince(clusterId, 0, true)).size).toBe(1);
  await expect.poll(async () => (await readState(clusterId))?.health).toBe("ok");
});

test("URLs that were set are read in place of the members' own; two to the same member count once", async () => {
  const [port] = await freePorts(1);
  const etcd = await startEtcd({ extraArgs: ["--listen-metrics-urls", `http://127.0.0.1:${port}`] });
  cleanUps.push(() => etcd.stop());
  const { clusterId } = await collect([etcd.endpoint], {
    urls: [`http://127.0.0.1:${port}`, `http://localhost:${port}/metrics`],
  });
  await expect.poll(async () => (await listReadSince(clusterId, 0, true)).size).toBe(1);
  const read = (await listTargets(clusterId)).filter(({ at }) => at !== null);
  expect(read).toHaveLength(1);
  expect(read[0]?.memberId).toMatch(/^[0-9a-f]{16}$/);
  await expect.poll(async () => (await readState(clusterId))?.health).toBe("ok");
});

test("a page that is no metrics page is told with a remedy; what is set wrong is told at once", async () => {
  const server = await startMetricsServer((_, response) => void response.end("<html>hello</html>"));
  cleanUps.push(() => server.stop());
  const web = await collect([], { urls: [server.url] });
  await expect.poll(async () => (await readState(web.clusterId))?.reason).toContain("not with a page of metrics");
  const wrong = await collect([], { urls: ["ftp://somewhere"] });
  await expect
    .poll(async () => await readState(wrong.clusterId))
    .toMatchObject({
      health: "failed",
      reason: '"ftp://somewhere" is not the URL of a metrics page.',
    });
});
