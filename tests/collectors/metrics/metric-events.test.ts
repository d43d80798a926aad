import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { and, eq, isNotNull } from "drizzle-orm";
import { afterEach, describe, expect, test } from "vitest";
import { CostLedger } from "@/collectors/cost-meter";
import { MembersPoller } from "@/collectors/members/poll";
import { writeMembers } from "@/collectors/members/write";
import { tellMetricEvents } from "@/collectors/metrics/metric-events";
import { openMetricsCollector } from "@/collectors/metrics/metrics";
import { cluster, timelineEvent } from "@/lib/db/schema";
import { metricFrame } from "@/lib/db/schema-metrics";
import { log } from "@/lib/log";
import { useTestDb } from "@/tests/support/db";
import { startEtcdCluster, type TestEtcd } from "@/tests/support/etcd";
import { findEtcdVersions } from "@/tests/support/etcd-versions";

const testDb = useTestDb();
const cleanUps: (() => unknown)[] = [];
let clusters = 0;
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** Registers a cluster with its members and reads their metrics until the test ends. */
async function collect(endpoints: string[]): Promise<number> {
  const { db } = testDb();
  const [row] = await db
    .insert(cluster)
    .values({ name: `cluster ${++clusters}`, source: "settings", endpoints })
    .returning({ id: cluster.id });
  const clusterId = row?.id as number;
  const poller = new MembersPoller({ endpoints });
  await writeMembers(db, clusterId, await poller.poll(new AbortController().signal));
  poller.close();
  const stop = new AbortController();
  const source = { enabled: true, settings: { intervalSeconds: 5 }, secrets: {} };
  const options = { db, clusterId, access: { endpoints }, source, log, costs: new CostLedger(db, clusterId) };
  const ended = openMetricsCollector(options).run(stop.signal);
  cleanUps.push(async () => {
    stop.abort();
    await ended;
  });
  return clusterId;
}

/** Until every member has been read twice or more. */
async function untilCounted(clusterId: number, members: number): Promise<void> {
  const isCounted = and(eq(metricFrame.clusterId, clusterId), isNotNull(metricFrame.fromAt));
  const targets = async () =>
    new Set((await testDb().db.select().from(metricFrame).where(isCounted)).map((f) => f.targetId));
  await expect.poll(async () => (await targets()).size).toBe(members);
}

async function told(clusterId: number) {
  const { db } = testDb();
  await tellMetricEvents(db, clusterId, { fromMs: Date.now() - 600_000, toMs: Date.now() });
  return db.select().from(timelineEvent).where(eq(timelineEvent.clusterId, clusterId)).orderBy(timelineEvent.at);
}

describe.each(await findEtcdVersions())("etcd $version", ({ binary }) => {
  test("a snapshot that was taken and a leader that moved between two polls are told, once", async () => {
    const members = await startEtcdCluster(3, { binary });
    for (const each of members) cleanUps.push(() => each.stop());
    const clusterId = await collect(members.map(({ endpoint }) => endpoint));
    await untilCounted(clusterId, 3);
    expect(await told(clusterId)).toEqual([]);

    const directory = await mkdtemp(join(tmpdir(), "etcdscope-test-snapshot-"));
    cleanUps.push(() => rm(directory, { recursive: true, force: true }));
    await members[1]?.etcdctl("snapshot", "save", join(directory, "saved.db"));
    await expect
      .poll(() => told(clusterId))
      .toMatchObject([{ kind: "snapshot", text: expect.stringContaining("m1 sent a snapshot of its db in") }]);

    await moveLeader(members);
    await expect
      .poll(async () => (await told(clusterId)).map(({ kind }) => kind))
      .toEqual(["snapshot", "leader-change"]);
    const again = (await told(clusterId)).map(({ text }) => text);
    expect(again[1]).toBe("The leader changed between two looks at the members, as their metrics tell.");
    expect(again).toHaveLength(2);
  });
});

/** etcd hands the leadership over at once; only the leader takes the order. */
async function moveLeader(members: readonly TestEtcd[]): Promise<void> {
  const answers = await Promise.all(
    members.map(async (each) => JSON.parse(await each.etcdctl("endpoint", "status", "-w", "json"))[0].Status),
  );
  const place = answers.findIndex(({ header, leader }) => header.member_id === leader);
  const list = (await members[0]?.etcdctl("member", "list")) ?? "";
  const idOf = (name: string) =>
    list
      .split("\n")
      .find((line) => line.includes(` ${name},`))
      ?.split(",")[0] as string;
  const next = members[(place + 1) % members.length] as TestEtcd;
  await members[place]?.etcdctl("move-leader", idOf(next.name));
}
