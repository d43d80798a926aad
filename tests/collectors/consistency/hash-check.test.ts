import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { and, eq } from "drizzle-orm";
import { afterAll, describe, expect, test } from "vitest";
import { ConsistencyCollector } from "@/collectors/consistency/consistency";
import { CostLedger } from "@/collectors/cost-meter";
import { MembersPoller } from "@/collectors/members/poll";
import { writeMembers } from "@/collectors/members/write";
import { cluster, keyspaceStatus, member, timelineEvent } from "@/lib/db/schema";
import { hashCheck } from "@/lib/db/schema-health";
import { log } from "@/lib/log";
import type { ClusterAccess } from "@/lib/model/questions";
import { useTestDb } from "@/tests/support/db";
import { startEtcd, startEtcdCluster, type TestEtcd } from "@/tests/support/etcd";
import { findEtcdVersions } from "@/tests/support/etcd-versions";

const testDb = useTestDb();
const cleanUps: (() => unknown)[] = [];
let clusters = 0;

afterAll(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp();
});

async function register(access: ClusterAccess): Promise<number> {
  const { db } = testDb();
  const [row] = await db
    .insert(cluster)
    .values({ name: `cluster ${++clusters}`, source: "settings", endpoints: access.endpoints })
    .returning({ id: cluster.id });
  const clusterId = row?.id as number;
  const poller = new MembersPoller(access);
  await writeMembers(db, clusterId, await poller.poll(new AbortController().signal));
  poller.close();
  return clusterId;
}

function openChecker(clusterId: number, access: ClusterAccess, hashCheckHours: number | null = null) {
  const { db } = testDb();
  const meter = new CostLedger(db, clusterId).of("hash");
  return new ConsistencyCollector({ db, clusterId, access, settings: { hashCheckHours }, meter, log });
}

async function readKind(clusterId: number, kind: "own-scan" | "inconsistency") {
  const isOfKind = and(eq(timelineEvent.clusterId, clusterId), eq(timelineEvent.kind, kind));
  return testDb().db.select().from(timelineEvent).where(isOfKind).orderBy(timelineEvent.at);
}

/** etcdctl's own hash of each member at a revision. */
async function hashesOf(members: readonly TestEtcd[], revision: number) {
  const answers = await Promise.all(
    members.map(async (each) =>
      JSON.parse(await each.etcdctl("endpoint", "hashkv", `--rev=${revision}`, "-w", "json")),
    ),
  );
  return answers.map(([{ HashKV }]) => String(HashKV.hash));
}

describe.each(await findEtcdVersions())("etcd $version", ({ binary }) => {
  test("three members hold the same; hashes are etcdctl's own; a compaction changes nothing of that", async () => {
    const members = await startEtcdCluster(3, { binary });
    cleanUps.push(() => Promise.all(members.map((each) => each.stop())));
    const [first] = members as [TestEtcd];
    for (let index = 0; index < 20; index++) await first.etcdctl("put", `/key/${index % 5}`, `value ${index}`);
    const access = { endpoints: [first.endpoint] };
    const clusterId = await register(access);
    const checker = openChecker(clusterId, access);
    const answer = await checker.check();
    expect(answer.verdict).toBe("equal");
    expect(answer.results.map(({ hash }) => hash).sort()).toEqual((await hashesOf(members, answer.revision)).sort());
    const leader = (await testDb().db.select().from(member).where(eq(member.clusterId, clusterId))).find(
      ({ isLeader }) => isLeader,
    );
    expect(answer.results.at(-1)?.memberId).toBe(leader?.memberId);

    await first.etcdctl("compact", "10");
    const again = await checker.check();
    expect(again).toMatchObject({ verdict: "equal", results: again.results.map(() => ({ compactRevision: 10 })) });
    expect(await readKind(clusterId, "inconsistency")).toEqual([]);
    const scans = await readKind(clusterId, "own-scan");
    expect(scans).toHaveLength(2);
    for (const { at, until } of scans) expect(until?.getTime()).toBeGreaterThanOrEqual(at.getTime());
    const stored = await testDb().db.select().from(hashCheck).where(eq(hashCheck.clusterId, clusterId));
    expect(stored.map(({ revision, verdict }) => ({ revision, verdict }))).toEqual(
      [answer, again].map(({ revision, verdict }) => ({ revision, verdict })),
    );
  });

  test("a member that holds other data is found and named", async () => {
    const { members, odd } = await startDifferingMembers(binary);
    const access = { endpoints: [members[0]?.endpoint as string] };
    const clusterId = await register(access);
    const answer = await openChecker(clusterId, access).check();
    expect(answer.verdict).toBe("different");
    const [told] = await readKind(clusterId, "inconsistency");
    const same = members.filter((each) => each !== odd).map(({ name }) => name);
    expect(told?.text).toBe(
      `The members' data differ at revision ${answer.revision}: ${same.join(", ")} against ${odd.name}.`,
    );
  });

  test("a member that does not answer leaves the others compared; one alone has nobody to be compared with", async () => {
    const members = await startEtcdCluster(3, { binary });
    cleanUps.push(() => Promise.all(members.map((each) => each.stop())));
    const [first, , last] = members as [TestEtcd, TestEtcd, TestEtcd];
    await first.etcdctl("put", "/key", "value");
    const access = { endpoints: [first.endpoint] };
    const clusterId = await register(access);
    await last.kill();
    const answer = await openChecker(clusterId, access).check();
    expect(answer.verdict).toBe("equal");
    expect(answer.results.find(({ name }) => name === last.name)).toMatchObject({
      hash: null,
      failure: expect.stringContaining("Connection refused"),
    });
    const alone = await startEtcd({ binary });
    cleanUps.push(() => alone.stop());
    const single = { endpoints: [alone.endpoint] };
    expect((await openChecker(await register(single), single).check()).verdict).toBe("incomparable");
  });

  test("a user without the root role is told so", async () => {
    const etcd = await startEtcd({ binary });
    cleanUps.push(() => etcd.stop());
    await etcd.etcdctl("role", "add", "reader");
    await etcd.etcdctl("role", "grant-permission", "reader", "--prefix=true", "read", "");
    await etcd.etcdctl("user", "add", "bob:secret");
    await etcd.etcdctl("user", "grant-role", "bob", "reader");
    await etcd.etcdctl("user", "add", "root:secret");
    await etcd.etcdctl("user", "grant-role", "root", "root");
    await etcd.etcdctl("auth", "enable");
    const access = { endpoints: [etcd.endpoint], username: "bob", password: "secret" };
    const { results } = await openChecker(await register(access), access).check();
    expect(results).toMatchObject([{ hash: null, failure: expect.stringContaining("only a user with the root role") }]);
  });
});

test("it waits while our own scan runs, and while members are being defragmented", async () => {
  const { db } = testDb();
  const etcd = await startEtcd();
  cleanUps.push(() => etcd.stop());
  const access = { endpoints: [etcd.endpoint] };
  const clusterId = await register(access);
  const checker = openChecker(clusterId, access, 1);
  await db.insert(keyspaceStatus).values({ clusterId, phase: "baseline", updatedAt: new Date() });
  await expect(checker.check()).rejects.toThrow("etcdscope is reading the whole keyspace; ask again later");
  await db.update(keyspaceStatus).set({ phase: "live" }).where(eq(keyspaceStatus.clusterId, clusterId));
  const event = { clusterId, at: new Date(), kind: "defragmentation" as const, text: "m0 was defragmented." };
  await db.insert(timelineEvent).values(event);
  await expect(checker.check()).rejects.toThrow("a member has just been defragmented");
  await db.delete(timelineEvent).where(eq(timelineEvent.clusterId, clusterId));
  const stop = new AbortController();
  const running = checker.run(stop.signal); // due at once: there has been none
  const count = () => db.$count(hashCheck, eq(hashCheck.clusterId, clusterId));
  await expect.poll(count).toBe(1);
  stop.abort();
  await running;
});

/** A cluster in the file of one of whose members a value has been changed behind etcd's back, as by a bad disk. */
async function startDifferingMembers(binary: string): Promise<{ members: TestEtcd[]; odd: TestEtcd }> {
  const members = await startEtcdCluster(3, { binary });
  cleanUps.push(() => Promise.all(members.map((each) => each.stop())));
  const odd = members[2] as TestEtcd;
  await members[0]?.etcdctl("put", "/key", "written by all of them");
  await expect.poll(() => odd.etcdctl("get", "--consistency=s", "/key")).toContain("written by all of them");
  await odd.pause();
  const file = join(odd.dataDir, "member/snap/db");
  const bytes = await readFile(file, "latin1");
  expect(bytes).toContain("written by all of them");
  await writeFile(file, bytes.replaceAll("written by all of them", "written by none of them".slice(0, 22)), "latin1");
  await odd.restart();
  return { members, odd };
}
