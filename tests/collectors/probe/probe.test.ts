import { eq } from "drizzle-orm";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { MembersPoller } from "@/collectors/members/poll";
import { writeMembers } from "@/collectors/members/write";
import { ProbeCollector } from "@/collectors/probe/probe";
import { cluster, collectorState, member } from "@/lib/db/schema";
import { probeMinute } from "@/lib/db/schema-health";
import { log } from "@/lib/log";
import { PROBE_KEY } from "@/lib/model/probe-slots";
import type { ClusterAccess } from "@/lib/model/questions";
import { useTestDb } from "@/tests/support/db";
import { startEtcd, startEtcdCluster, type TestEtcd } from "@/tests/support/etcd";
import { findEtcdVersions } from "@/tests/support/etcd-versions";
import { whileFrozen } from "@/tests/support/frozen";

const PATIENCE = { timeout: 60_000 };
const testDb = useTestDb();
const running: (() => Promise<void>)[] = [];
const cleanUps: (() => unknown)[] = [];
let clusters = 0;

/** Registers a cluster with the members it has now, and probes it until the test ends. */
async function probe(access: ClusterAccess): Promise<number> {
  const { db } = testDb();
  const [row] = await db
    .insert(cluster)
    .values({ name: `cluster ${++clusters}`, source: "settings", endpoints: access.endpoints })
    .returning({ id: cluster.id });
  const clusterId = row?.id as number;
  await learnMembers(clusterId, access);
  startProbing(clusterId, access);
  return clusterId;
}

async function learnMembers(clusterId: number, access: ClusterAccess): Promise<void> {
  const poller = new MembersPoller(access);
  await writeMembers(testDb().db, clusterId, await poller.poll(new AbortController().signal));
  poller.close();
}

function startProbing(clusterId: number, access: ClusterAccess): void {
  const stop = new AbortController();
  const ended = new ProbeCollector({ db: testDb().db, clusterId, access, log }).run(stop.signal);
  running.push(async () => {
    stop.abort();
    await ended;
  });
}

type Slot = Record<string, { s: string; l: string; reasons: string[] }>;

/** Every slot that was probed, in order, by the members' names: `ok`, `failed`, or `none`. */
async function readSlots(clusterId: number): Promise<Slot[]> {
  const { db } = testDb();
  const members = await db.select().from(member).where(eq(member.clusterId, clusterId));
  const rows = await db.select().from(probeMinute).where(eq(probeMinute.clusterId, clusterId));
  const slots = new Map<number, Slot>();
  for (const row of rows) {
    const name = members.find(({ memberId }) => memberId === row.memberId)?.name ?? row.memberId;
    expect(row.serializableMicros).toHaveLength(12);
    expect(row.linearizableMicros).toHaveLength(12);
    for (let slot = 0; slot < 12; slot++) {
      const [s, l] = [toWord(row.serializableMicros[slot]), toWord(row.linearizableMicros[slot])];
      if (s === "none" && l === "none") continue;
      const atMs = row.minute.getTime() + slot * 5_000;
      const reasons = row.failures
        .filter((failure) => failure.slot === slot)
        .map(({ read, text }) => `${read}: ${text}`);
      slots.set(atMs, { ...slots.get(atMs), [name]: { s, l, reasons } });
    }
  }
  return [...slots].sort(([a], [b]) => a - b).map(([, slot]) => slot);
}

function toWord(micros: number | null | undefined): string {
  if (micros === null || micros === undefined) return "none";
  return micros === -1 ? "failed" : micros > 0 ? "ok" : `${micros}?`;
}

async function lastSlot(clusterId: number): Promise<Slot | undefined> {
  return (await readSlots(clusterId)).at(-1);
}

async function readState(clusterId: number) {
  const [state] = await testDb().db.select().from(collectorState).where(eq(collectorState.clusterId, clusterId));
  return state;
}

/** Leader first. */
async function byRole(members: readonly TestEtcd[]): Promise<TestEtcd[]> {
  const [status] = JSON.parse((await members[0]?.etcdctl("endpoint", "status", "-w", "json")) as string);
  const ids = await Promise.all(
    members.map(
      async (each) => JSON.parse(await each.etcdctl("endpoint", "status", "-w", "json"))[0].Status.header.member_id,
    ),
  );
  const leader = members[ids.indexOf(status.Status.leader)] as TestEtcd;
  return [leader, ...members.filter((each) => each !== leader)];
}

const GOOD = { s: "ok", l: "ok", reasons: [] };

afterEach(async () => {
  await Promise.all(running.splice(0).map((stop) => stop()));
});
afterAll(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp();
});

describe.each(await findEtcdVersions())("etcd $version, three members", ({ binary }) => {
  test("each is read from; a frozen one and a stopped one have failed, with the reason; gaps stay gaps", async () => {
    const all = await startEtcdCluster(3, { binary });
    cleanUps.push(() => Promise.all(all.map((each) => each.stop())));
    const [leader, follower, other] = (await byRole(all)) as [TestEtcd, TestEtcd, TestEtcd];
    const access = { endpoints: [leader.endpoint] };
    const clusterId = await probe(access);
    const names = [leader.name, follower.name, other.name];
    const everyone = (word: object) => Object.fromEntries(names.map((name) => [name, word]));
    await expect.poll(() => lastSlot(clusterId), PATIENCE).toEqual(everyone(GOOD));
    const isWell = { collector: "probe", health: "ok", reason: null };
    await expect.poll(() => readState(clusterId), PATIENCE).toMatchObject(isWell);

    await whileFrozen(follower.pid, async () => {
      const silent = { s: "failed", l: "failed", reasons: expect.any(Array) };
      await expect.poll(() => lastSlot(clusterId), PATIENCE).toEqual({ ...everyone(GOOD), [follower.name]: silent });
      const slot = (await readSlots(clusterId)).find((one) => one[follower.name]?.s === "failed");
      expect(slot?.[follower.name]?.reasons.join(" ")).toContain(`${follower.endpoint} did not answer`);
      await expect.poll(async () => (await readState(clusterId))?.reason).toContain("1 of 3 members");
    });
    await expect.poll(() => lastSlot(clusterId), PATIENCE).toEqual(everyone(GOOD));

    await other.kill();
    const refused = `Connection refused by 127.0.0.1:${other.clientPort}: nothing listens there.`;
    const gone = { s: "failed", l: "failed", reasons: [`serializable: ${refused}`, `linearizable: ${refused}`] };
    await expect.poll(() => lastSlot(clusterId), PATIENCE).toEqual({ ...everyone(GOOD), [other.name]: gone });

    // Without a majority a member still answers from what it has, but cannot be sure that this is the newest.
    await follower.kill();
    const alone = { s: "ok", l: "failed", reasons: [expect.stringMatching(/^linearizable: /)] };
    await expect.poll(async () => (await lastSlot(clusterId))?.[leader.name], PATIENCE).toEqual(alone);
    await expect.poll(() => readState(clusterId), PATIENCE).toMatchObject({ health: "degraded" });

    const told = (await readSlots(clusterId)).length;
    await Promise.all(running.splice(0).map((stop) => stop()));
    await Promise.all([follower.restart(), other.restart()]);
    startProbing(clusterId, access);
    await expect.poll(() => lastSlot(clusterId), PATIENCE).toEqual(everyone(GOOD));
    expect((await readSlots(clusterId)).length).toBeGreaterThan(told);
  });

  test("a learner is asked for serializable reads only", async () => {
    const etcd = await startEtcd({ name: "voter", binary });
    const learner = await startEtcd({ name: "learner", binary, learnerOf: etcd });
    cleanUps.push(() => Promise.all([learner.stop(), etcd.stop()]));
    const clusterId = await probe({ endpoints: [etcd.endpoint] });
    await expect
      .poll(() => lastSlot(clusterId), PATIENCE)
      .toEqual({ voter: GOOD, learner: { s: "ok", l: "none", reasons: [] } });
  });

  test("a user that may not read the key is told so, and nothing counts as measured", async () => {
    const etcd = await startEtcd({ binary });
    cleanUps.push(() => etcd.stop());
    await etcd.etcdctl("role", "add", "narrow");
    await etcd.etcdctl("role", "grant-permission", "narrow", "--prefix=true", "read", "/registry/");
    await etcd.etcdctl("user", "add", "bob:secret");
    await etcd.etcdctl("user", "grant-role", "bob", "narrow");
    await etcd.etcdctl("user", "add", "root:secret");
    await etcd.etcdctl("user", "grant-role", "root", "root");
    await etcd.etcdctl("auth", "enable");
    const clusterId = await probe({ endpoints: [etcd.endpoint], username: "bob", password: "secret" });
    await expect.poll(async () => (await readState(clusterId))?.reason, PATIENCE).toContain(PROBE_KEY);
    expect(await readState(clusterId)).toMatchObject({ health: "failed", remedy: expect.stringContaining("read") });
    expect(await readSlots(clusterId)).toEqual([]);
  });
});

test("a member whose own URL leads nowhere is probed behind a configured endpoint", async () => {
  const all = await startEtcdCluster(2);
  cleanUps.push(() => Promise.all(all.map((each) => each.stop())));
  const access = { endpoints: all.map(({ endpoint }) => endpoint) };
  const clusterId = await probe(access);
  await testDb()
    .db.update(member)
    .set({ clientUrls: ["http://127.0.0.1:1"] })
    .where(eq(member.clusterId, clusterId));
  await Promise.all(running.splice(0).map((stop) => stop()));
  startProbing(clusterId, access);
  await expect.poll(() => lastSlot(clusterId), PATIENCE).toEqual({ m0: GOOD, m1: GOOD });
});

test("a member that has never been reached from here is not measured, and not called failed", async () => {
  const all = await startEtcdCluster(2);
  cleanUps.push(() => Promise.all(all.map((each) => each.stop())));
  const [first] = all as [TestEtcd];
  const access = { endpoints: [first.endpoint] };
  const clusterId = await probe(access);
  await testDb()
    .db.update(member)
    .set({ clientUrls: ["http://127.0.0.1:1"], at: null })
    .where(eq(member.name, "m1"));
  await Promise.all(running.splice(0).map((stop) => stop()));
  await testDb().db.delete(probeMinute).where(eq(probeMinute.clusterId, clusterId));
  startProbing(clusterId, access);
  await expect.poll(() => lastSlot(clusterId), PATIENCE).toEqual({ m0: GOOD });
  await expect
    .poll(() => readState(clusterId), PATIENCE)
    .toMatchObject({ health: "degraded", reason: expect.stringContaining("m1: Connection refused") });
});
