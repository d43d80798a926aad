import { eq } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { openMembersCollector } from "@/collectors/members/members";
import { cluster, collectorState, member, memberSample, timelineEvent } from "@/lib/db/schema";
import { log } from "@/lib/log";
import type { ClusterAccess } from "@/lib/model/questions";
import { useTestDb } from "@/tests/support/db";
import { startEtcd, startEtcdCluster, type TestEtcd } from "@/tests/support/etcd";

const testDb = useTestDb();
const cleanUps: (() => unknown)[] = [];
const running: (() => Promise<void>)[] = [];
let clusters = 0;

/** Registers a cluster and runs its collector until the test ends. */
async function collect(access: ClusterAccess): Promise<number> {
  const { db } = testDb();
  const [row] = await db
    .insert(cluster)
    .values({ name: `cluster ${++clusters}`, source: "settings", endpoints: access.endpoints })
    .returning({ id: cluster.id });
  const clusterId = row?.id as number;
  start(clusterId, access);
  return clusterId;
}

function start(clusterId: number, access: ClusterAccess): void {
  const stop = new AbortController();
  const ended = openMembersCollector({ db: testDb().db, clusterId, access, log }).run(stop.signal);
  running.push(async () => {
    stop.abort();
    await ended;
  });
}

async function readMembers(clusterId: number) {
  return testDb().db.select().from(member).where(eq(member.clusterId, clusterId)).orderBy(member.name);
}

async function readState(clusterId: number) {
  const [state] = await testDb().db.select().from(collectorState).where(eq(collectorState.clusterId, clusterId));
  return state;
}

/** What the timeline says, a line an event, in order. */
async function readTimeline(clusterId: number): Promise<string[]> {
  const events = await testDb()
    .db.select()
    .from(timelineEvent)
    .where(eq(timelineEvent.clusterId, clusterId))
    .orderBy(timelineEvent.at, timelineEvent.kind);
  return events.map(({ kind, text }) => `${kind}: ${text}`);
}

/** Waits until the collector reports this health. */
async function untilHealth(clusterId: number, health: string, timeout = 15_000) {
  await expect.poll(async () => (await readState(clusterId))?.health, { timeout }).toBe(health);
  return (await readState(clusterId)) as NonNullable<Awaited<ReturnType<typeof readState>>>;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((stop) => stop()));
});
afterAll(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp();
});

describe("one member", () => {
  let etcd: TestEtcd;
  beforeAll(async () => {
    etcd = await startEtcd({ name: "alone", extraArgs: ["--quota-backend-bytes", String(16 * 1024 ** 2)] });
    cleanUps.push(() => etcd.stop());
    for (let index = 0; index < 5; index++) await etcd.etcdctl("put", `/key/${index}`, "value");
  });

  test("its figures equal etcdctl's", async () => {
    const clusterId = await collect({ endpoints: [etcd.endpoint] });
    await untilHealth(clusterId, "ok");
    const truth = JSON.parse(await etcd.etcdctl("endpoint", "status", "-w", "json"))[0].Status;
    const members = await readMembers(clusterId);
    expect(members).toMatchObject([
      {
        name: "alone",
        clientUrls: [etcd.endpoint],
        peerUrls: [etcd.peerEndpoint],
        isLeader: true,
        isLearner: false,
        version: truth.version,
        dbSizeBytes: truth.dbSize,
        revision: truth.header.revision,
        raftTerm: truth.raftTerm,
        quotaBackendBytes: null,
        alarms: [],
        errors: [],
        failure: null,
      },
    ]);
    expect(members[0]?.dbSizeInUseBytes).toBeLessThanOrEqual(truth.dbSize);
    expect(members[0]?.statusMs).toBeGreaterThan(0);
    const samples = await testDb().db.select().from(memberSample).where(eq(memberSample.clusterId, clusterId));
    expect(samples).toMatchObject([
      { memberId: members[0]?.memberId, revision: truth.header.revision, isLeader: true },
    ]);
    const [row] = await testDb().db.select().from(cluster).where(eq(cluster.id, clusterId));
    expect(row?.etcdClusterId).toMatch(/^[0-9a-f]{16}$/);
  });

  test("is lost and found again within 10 s of its return; its last figures stay", async () => {
    const clusterId = await collect({ endpoints: [etcd.endpoint] });
    const good = await untilHealth(clusterId, "ok");
    const [before] = await readMembers(clusterId);
    await etcd.kill();
    const failed = await untilHealth(clusterId, "failed", 20_000);
    expect(failed.reason).toBe(`Connection refused by 127.0.0.1:${etcd.clientPort}: nothing listens there.`);
    expect(failed.remedy).toContain("Check that etcd is running");
    expect(failed.since.getTime()).toBeGreaterThan(good.since.getTime());
    expect(await readMembers(clusterId)).toEqual([before]);
    await etcd.restart();
    await untilHealth(clusterId, "ok", 10_000);
    // Its election after the start is told as well, by the first poll or the second.
    const told = (await readTimeline(clusterId)).filter((line) => !line.startsWith("leader-change: "));
    expect(told).toEqual([
      `member-down: No member can be reached. ${failed.reason}`,
      "member-up: etcd can be reached again.",
    ]);
  });

  test("keeps the start of a state while it lasts", async () => {
    const [port] = [1]; // nobody listens on port 1
    const clusterId = await collect({ endpoints: [`http://127.0.0.1:${port}`] });
    const first = await untilHealth(clusterId, "failed");
    await expect
      .poll(async () => (await readState(clusterId))?.at.getTime(), { timeout: 5_000 })
      .not.toBe(first.at.getTime());
    expect((await readState(clusterId))?.since).toEqual(first.since);
  });

  test("another cluster behind the endpoint is told, and nothing of it is written", async () => {
    const other = await startEtcd();
    cleanUps.push(() => other.stop());
    const clusterId = await collect({ endpoints: [etcd.endpoint] });
    await untilHealth(clusterId, "ok");
    const before = await readMembers(clusterId);
    await Promise.all(running.splice(0).map((stop) => stop()));
    start(clusterId, { endpoints: [other.endpoint] });
    const state = await untilHealth(clusterId, "failed");
    expect(state.reason).toMatch(
      /^The endpoints now lead to etcd cluster [0-9a-f]{16}; what is stored here was learned from/,
    );
    expect(await readMembers(clusterId)).toEqual(before);
    start(clusterId, { endpoints: [etcd.endpoint, other.endpoint] });
    await expect
      .poll(async () => (await readState(clusterId))?.reason, { timeout: 15_000 })
      .toContain("2 different etcd clusters");
  });

  test("an alarm is named with what to do, and goes when it is disarmed", async () => {
    const value = "x".repeat(1024 ** 2);
    const fill = async () => {
      for (let index = 0; index < 30; index++) await etcd.etcdctlWithInput(value, "put", `/fill/${index}`);
    };
    await expect(fill()).rejects.toThrow("database space exceeded");
    const clusterId = await collect({ endpoints: [etcd.endpoint] });
    const state = await untilHealth(clusterId, "degraded");
    expect(state.reason).toBe(
      "The NOSPACE alarm is raised by alone: the space quota is used up and etcd refuses writes.",
    );
    expect(state.remedy).toContain("etcdctl alarm disarm");
    expect(await readMembers(clusterId)).toMatchObject([{ alarms: ["NOSPACE"] }]);
    await etcd.etcdctl("del", "/fill/", "--prefix");
    const { revision } = JSON.parse(await etcd.etcdctl("get", "none", "-w", "json")).header;
    await etcd.etcdctl("compact", String(revision));
    await etcd.etcdctl("defrag");
    await etcd.etcdctl("alarm", "disarm");
    await untilHealth(clusterId, "ok");
    expect(await readMembers(clusterId)).toMatchObject([{ alarms: [] }]);
    const told = await readTimeline(clusterId);
    expect(told).toContain("alarm: The NOSPACE alarm of alone is cleared.");
    expect(told.filter((line) => line.startsWith("defragmentation: alone was defragmented: db size"))).toHaveLength(1);
  });
});

describe("three members", () => {
  let members: TestEtcd[];
  beforeAll(async () => {
    members = await startEtcdCluster(3);
    cleanUps.push(() => Promise.all(members.map((each) => each.stop())));
  });

  test("all are found behind one endpoint; a dead one is named; one that left is gone", async () => {
    const clusterId = await collect({ endpoints: [members[0]?.endpoint as string] });
    await untilHealth(clusterId, "ok");
    const rows = await readMembers(clusterId);
    expect(rows.map(({ name, failure }) => [name, failure])).toEqual([
      ["m0", null],
      ["m1", null],
      ["m2", null],
    ]);
    expect(rows.filter(({ isLeader }) => isLeader)).toHaveLength(1);
    expect(new Set(rows.map(({ raftTerm }) => raftTerm)).size).toBe(1);

    await members[2]?.kill();
    const state = await untilHealth(clusterId, "degraded");
    const refused = `Connection refused by 127.0.0.1:${members[2]?.clientPort}: nothing listens there.`;
    expect(state.reason).toContain(`1 of 3 members does not answer. m2: ${refused}`);
    const dead = (await readMembers(clusterId))[2];
    expect(dead).toMatchObject({ name: "m2", failure: refused, revision: rows[2]?.revision });
    expect(dead?.at?.getTime()).toBeLessThan(dead?.checkedAt.getTime() as number);
    expect((await readTimeline(clusterId)).filter((line) => line.startsWith("member-down"))).toEqual([
      `member-down: m2 does not answer. ${refused}`,
    ]);

    await members[0]?.etcdctl("member", "remove", dead?.memberId as string);
    await expect.poll(async () => (await readMembers(clusterId)).length, { timeout: 15_000 }).toBe(2);
    await untilHealth(clusterId, "ok");

    await members[1]?.kill();
    await expect
      .poll(async () => (await readState(clusterId))?.reason, { timeout: 30_000 })
      .toContain("The cluster has no leader: it takes no writes.");
    expect((await readState(clusterId))?.health).toBe("degraded");
  });
});

test("a member that was added but never started is told as such", async () => {
  const etcd = await startEtcd();
  cleanUps.push(() => etcd.stop());
  await etcd.etcdctl("member", "add", "late", "--learner", "--peer-urls=http://127.0.0.1:1");
  const clusterId = await collect({ endpoints: [etcd.endpoint] });
  const state = await untilHealth(clusterId, "degraded");
  expect(state.reason).toContain("has been added to the cluster but was never started");
  expect(await readMembers(clusterId)).toMatchObject([{ name: "", isLearner: true }, { name: "default" }]);
});
