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

type State = NonNullable<Awaited<ReturnType<typeof readState>>>;

/** Waits until the collector reports this health, for a reason that says `words`; answers that very report. */
async function untilHealth(clusterId: number, health: State["health"], words = ""): Promise<State> {
  let state: State | undefined;
  await expect
    .poll(async () => {
      state = await readState(clusterId);
      return { health: state?.health, reason: state?.reason ?? "" };
    })
    .toEqual({ health, reason: expect.stringContaining(words) });
  return state as State;
}

/** What etcdctl says of a member and what is stored of it: the file grows when etcd commits, a moment after a write. */
async function untilSettled(clusterId: number, etcd: TestEtcd) {
  const readTruth = async () => JSON.parse(await etcd.etcdctl("endpoint", "status", "-w", "json"))[0].Status;
  const readSize = async () => (await readMembers(clusterId))[0]?.dbSizeBytes;
  await expect.poll(async () => (await readTruth()).dbSize - ((await readSize()) ?? 0)).toBe(0);
  return { truth: await readTruth(), members: await readMembers(clusterId) };
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
    const { truth, members } = await untilSettled(clusterId, etcd);
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
    // One a poll, however many there have been.
    const sample = { memberId: members[0]?.memberId, revision: truth.header.revision, isLeader: true };
    expect(samples.length).toBeGreaterThan(0);
    expect(samples).toMatchObject(samples.map(() => sample));
    const [row] = await testDb().db.select().from(cluster).where(eq(cluster.id, clusterId));
    expect(row?.etcdClusterId).toMatch(/^[0-9a-f]{16}$/);
  });

  test("is lost and found again; its last figures stay", async () => {
    const clusterId = await collect({ endpoints: [etcd.endpoint] });
    const good = await untilHealth(clusterId, "ok");
    const [before] = await readMembers(clusterId);
    await etcd.kill();
    const failed = await untilHealth(clusterId, "failed");
    expect(failed.reason).toBe(`Connection refused by 127.0.0.1:${etcd.clientPort}: nothing listens there.`);
    expect(failed.remedy).toContain("Check that etcd is running");
    expect(failed.since.getTime()).toBeGreaterThan(good.since.getTime());
    // A poll may have been on its way: the instants are those of the last one that was answered.
    const { at: _, checkedAt: __, statusMs: ___, ...figures } = before as NonNullable<typeof before>;
    expect(await readMembers(clusterId)).toMatchObject([figures]);
    await etcd.restart();
    await untilHealth(clusterId, "ok");
    // Its election after the start is told as well, by the first poll or the second.
    const told = (await readTimeline(clusterId)).filter((line) => !line.startsWith("leader-change: "));
    expect(told).toEqual([
      `member-down: No member can be reached. ${failed.reason}`,
      "member-up: etcd can be reached again.",
    ]);
  });

  test("keeps the start of a state while it lasts", async () => {
    const clusterId = await collect({ endpoints: ["http://127.0.0.1:1"] }); // nobody listens on port 1
    const first = await untilHealth(clusterId, "failed");
    await expect.poll(async () => (await readState(clusterId))?.at.getTime()).not.toBe(first.at.getTime());
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
    await Promise.all(running.splice(0).map((stop) => stop()));
    start(clusterId, { endpoints: [etcd.endpoint, other.endpoint] });
    await untilHealth(clusterId, "failed", "2 different etcd clusters");
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
    await etcd.etcdctl("compact", "--physical", String(revision)); // what is not gone yet would stay in the file
    await etcd.etcdctl("defrag", "--command-timeout=60s");
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

  test("when the only endpoint given is dead, the others are still asked", async () => {
    const [first] = members as [TestEtcd];
    const clusterId = await collect({ endpoints: [first.endpoint] });
    await expect.poll(async () => (await readMembers(clusterId)).length).toBe(3);
    await first.pause();
    const failures = async () => (await readMembers(clusterId)).map(({ failure }) => failure === null);
    await expect.poll(failures).toEqual([false, true, true]);
    await first.restart();
    await expect.poll(failures).toEqual([true, true, true]);
  });

  test("all are found behind one endpoint; a dead one is named; one that left is gone", async () => {
    const clusterId = await collect({ endpoints: [members[0]?.endpoint as string] });
    await untilHealth(clusterId, "ok");
    // An election may go on while they are asked, and the next poll sees them agree.
    const summary = async () => {
      const rows = await readMembers(clusterId);
      const names = rows.map(({ name, failure }) => [name, failure]);
      const leaders = rows.filter(({ isLeader }) => isLeader).length;
      return { names, leaders, terms: new Set(rows.map(({ raftTerm }) => raftTerm)).size };
    };
    const names = ["m0", "m1", "m2"].map((name) => [name, null]);
    await expect.poll(summary).toEqual({ names, leaders: 1, terms: 1 });

    await members[2]?.kill();
    const rows = await readMembers(clusterId);
    const refused = `Connection refused by 127.0.0.1:${members[2]?.clientPort}: nothing listens there.`;
    await untilHealth(clusterId, "degraded", `1 of 3 members does not answer. m2: ${refused}`);
    const dead = (await readMembers(clusterId))[2];
    expect(dead).toMatchObject({ name: "m2", failure: refused, revision: rows[2]?.revision });
    expect(dead?.at?.getTime()).toBeLessThan(dead?.checkedAt.getTime() as number);
    expect((await readTimeline(clusterId)).filter((line) => line.startsWith("member-down"))).toEqual([
      `member-down: m2 does not answer. ${refused}`,
    ]);

    // Should the dead one have been the leader: only a cluster with a new one can be changed.
    await expect.poll(async () => (await summary()).leaders).toBe(1);
    await members[0]?.etcdctl("--command-timeout=60s", "member", "remove", dead?.memberId as string);
    await expect.poll(async () => (await readMembers(clusterId)).length).toBe(2);
    await untilHealth(clusterId, "ok");

    await members[1]?.kill();
    await untilHealth(clusterId, "degraded", "The cluster has no leader: it takes no writes.");
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
