import { desc, eq } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { CostLedger } from "@/collectors/cost-meter";
import { EtcdConnection } from "@/collectors/etcd/connection";
import { openLeasesCollector } from "@/collectors/leases/leases";
import { lookAtLeases, SAMPLE_LEASES } from "@/collectors/leases/look";
import { cluster, collectorCost, collectorState } from "@/lib/db/schema";
import { leaseSample } from "@/lib/db/schema-metrics";
import { log } from "@/lib/log";
import type { ClusterAccess } from "@/lib/model/questions";
import { useTestDb } from "@/tests/support/db";
import { startEtcd, type TestEtcd } from "@/tests/support/etcd";
import { findEtcdVersions } from "@/tests/support/etcd-versions";

const testDb = useTestDb();
const versions = await findEtcdVersions();
const cleanUps: (() => unknown)[] = [];
const running: (() => Promise<void>)[] = [];
const unheard = new AbortController().signal;
let clusters = 0;

function connect(etcd: TestEtcd): EtcdConnection {
  const connection = EtcdConnection.open(etcd.endpoint, { endpoints: [etcd.endpoint] });
  cleanUps.push(() => connection.close());
  return connection;
}

async function grant(etcd: TestEtcd, ttlSeconds: number): Promise<string> {
  const answer = await etcd.etcdctl("lease", "grant", String(ttlSeconds));
  return /lease (\w+) granted/.exec(answer)?.[1] as string;
}

/** The leases as etcdctl lists them, hex text. */
async function listTruth(etcd: TestEtcd): Promise<string[]> {
  const lines = (await etcd.etcdctl("lease", "list")).trim().split("\n");
  return lines.slice(1).filter((line) => line !== "");
}

/** Granted seconds and number of keys of a lease as etcdctl says them. */
async function readTruth(etcd: TestEtcd, id: string): Promise<{ granted: number; keys: number }> {
  const answer = await etcd.etcdctl("lease", "timetolive", id, "--keys");
  const [, granted, keys = ""] = /granted with TTL\((\d+)s\).*?attached keys\(\[(.*)\]\)/.exec(answer) ?? [];
  return { granted: Number(granted), keys: keys === "" ? 0 : keys.split(" ").length };
}

/** Registers a cluster and runs its collector until the test ends. */
async function collect(access: ClusterAccess, enabled = true): Promise<number> {
  const { db } = testDb();
  const [row] = await db
    .insert(cluster)
    .values({ name: `cluster ${++clusters}`, source: "settings", endpoints: access.endpoints })
    .returning({ id: cluster.id });
  const clusterId = row?.id as number;
  const costs = new CostLedger(db, clusterId);
  const source = { enabled, settings: {}, secrets: {} };
  const stop = new AbortController();
  const ended = openLeasesCollector({ db, clusterId, access, source, log, costs }).run(stop.signal);
  running.push(async () => {
    stop.abort();
    await ended;
    await costs.flush();
  });
  return clusterId;
}

async function stopAll() {
  await Promise.all(running.splice(0).map((stop) => stop()));
}

async function readSample(clusterId: number) {
  const [sample] = await testDb()
    .db.select()
    .from(leaseSample)
    .where(eq(leaseSample.clusterId, clusterId))
    .orderBy(desc(leaseSample.at))
    .limit(1);
  return sample;
}

async function readState(clusterId: number) {
  const [state] = await testDb().db.select().from(collectorState).where(eq(collectorState.clusterId, clusterId));
  return state;
}

async function untilHealth(clusterId: number, health: string) {
  await expect.poll(async () => (await readState(clusterId))?.health).toBe(health);
  return (await readState(clusterId)) as NonNullable<Awaited<ReturnType<typeof readState>>>;
}

afterEach(stopAll);
afterAll(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp();
});

describe.each(versions)("etcd $version", ({ binary }) => {
  let etcd: TestEtcd;
  beforeAll(async () => {
    etcd = await startEtcd({ binary });
    cleanUps.push(() => etcd.stop());
    const held = await grant(etcd, 600);
    for (let index = 0; index < 12; index++) await etcd.etcdctl("put", `/many/${index}`, "x", `--lease=${held}`);
    await etcd.etcdctl("put", "/one", "x", `--lease=${await grant(etcd, 3_600)}`);
    await grant(etcd, 600); // an orphan
    const emptied = await grant(etcd, 600);
    await etcd.etcdctl("put", "/gone", "x", `--lease=${emptied}`);
    await etcd.etcdctl("del", "/gone");
  });

  test("a look equals what etcdctl says of the same leases", async () => {
    const ids = await listTruth(etcd);
    const truth = await Promise.all(ids.map((id) => readTruth(etcd, id)));
    const look = await lookAtLeases(connect(etcd), unheard);
    expect(look.leases).toBe(ids.length);
    expect(look.sampledLeases).toBe(ids.length);
    expect(look.distribution.keys).toBe(truth.reduce((sum, { keys }) => sum + keys, 0));
    expect(look.distribution.orphans).toBe(truth.filter(({ keys }) => keys === 0).length);
    const kinds = [...new Set(truth.map(({ granted }) => granted))].sort((a, b) => a - b);
    expect(look.distribution.grantedTtls).toEqual(
      kinds.map((ttlSeconds) => ({ ttlSeconds, leases: truth.filter(({ granted }) => granted === ttlSeconds).length })),
    );
    expect(look.distribution.remainingTenths.reduce((sum, leases) => sum + leases, 0)).toBe(ids.length);
    expect(look.distribution.withheld).toBe(0);
    expect([ids.length, look.distribution.keys, look.distribution.orphans]).toEqual([4, 13, 2]); // by how they were made
  });

  test("an id is the same 16 hex digits that etcdctl prints", async () => {
    const { sample } = await connect(etcd).leaseList(1_000);
    const ids = (await listTruth(etcd)).map((id) => id.padStart(16, "0"));
    expect([...sample].sort()).toEqual(ids.sort());
  });

  test("a lease that is gone by the time it is asked for counts as expired", async () => {
    const id = await grant(etcd, 600);
    await etcd.etcdctl("lease", "revoke", id);
    expect((await connect(etcd).leaseKeys(id, true)).ttlSeconds).toBe(-1);
  });

  test("the collector writes the look, its state and its cost; switched off, nothing", async () => {
    const clusterId = await collect({ endpoints: [etcd.endpoint] });
    const off = await collect({ endpoints: [etcd.endpoint] }, false);
    await untilHealth(clusterId, "ok");
    expect(await readSample(clusterId)).toMatchObject({ leases: 4, sampledLeases: 4, distribution: { orphans: 2 } });
    await stopAll();
    const costs = await testDb().db.select().from(collectorCost).where(eq(collectorCost.clusterId, clusterId));
    // Status, the list, and the four leases.
    expect(costs).toMatchObject([{ purpose: "leases", requests: 6 }]);
    expect(await readState(off)).toBeUndefined();
  });
});

describe("many leases", () => {
  let etcd: TestEtcd;
  const LEASES = 2_400;
  beforeAll(async () => {
    etcd = await startEtcd();
    cleanUps.push(() => etcd.stop());
    const connection = await import("etcd3").then(({ Etcd3 }) => new Etcd3({ hosts: etcd.endpoint }));
    cleanUps.push(() => connection.close());
    for (let from = 0; from < LEASES; from += 100) {
      await Promise.all(
        Array.from({ length: 100 }, async (_, at) => {
          const { ID } = await connection.leaseClient.leaseGrant({ TTL: 900 });
          // Every fourth is an orphan.
          if ((from + at) % 4 !== 0)
            await connection
              .put(`/leased/${from + at}`)
              .value("x")
              .lease(ID);
        }),
      );
    }
  });

  test("all are counted, 200 are asked, and the share of orphans is near the truth", async () => {
    expect(await listTruth(etcd)).toHaveLength(LEASES);
    const look = await lookAtLeases(connect(etcd), unheard);
    expect(look.leases).toBe(LEASES);
    expect(look.sampledLeases).toBe(SAMPLE_LEASES);
    // A quarter of them, within seven standard deviations of a draw of 200.
    expect(Math.abs(look.distribution.orphans - SAMPLE_LEASES / 4)).toBeLessThan(43);
    expect(look.distribution.orphans + look.distribution.keys).toBe(SAMPLE_LEASES);
  });

  test("a sample stops when its answers have become as long as they may", async () => {
    const look = await lookAtLeases(connect(etcd), unheard, 1_000);
    expect(look.leases).toBe(LEASES);
    expect(look.sampledLeases).toBeGreaterThan(0);
    expect(look.sampledLeases).toBeLessThan(SAMPLE_LEASES);
  });
});

describe.each(versions)("what goes wrong, etcd $version", ({ binary, version }) => {
  test("keys that may not be read: their leases are told apart, and the remedy named", async () => {
    const etcd = await startEtcd({ binary, auth: { rootPassword: "secret" } });
    cleanUps.push(() => etcd.stop());
    await etcd.etcdctl("role", "add", "part");
    await etcd.etcdctl("role", "grant-permission", "part", "--prefix=true", "read", "/open/");
    await etcd.etcdctl("user", "add", "reader:pw");
    await etcd.etcdctl("user", "grant-role", "reader", "part");
    await etcd.etcdctl("put", "/open/1", "x", `--lease=${await grant(etcd, 600)}`);
    await etcd.etcdctl("put", "/closed/1", "x", `--lease=${await grant(etcd, 600)}`);
    const clusterId = await collect({ endpoints: [etcd.endpoint], username: "reader", password: "pw" });
    // etcd 3.4.23 lets anyone list any lease's keys; 3.5.16 only those who may read them.
    if (version.startsWith("3.4")) {
      await untilHealth(clusterId, "ok");
      expect(await readSample(clusterId)).toMatchObject({ leases: 2, distribution: { keys: 2, withheld: 0 } });
    } else {
      const state = await untilHealth(clusterId, "degraded");
      expect(state.reason).toBe(
        'Of 2 leases asked for, 1 holds keys that user "reader" may not read: how many is not known.',
      );
      expect(state.remedy).toContain("etcdctl user grant-role reader etcdscope");
      expect(await readSample(clusterId)).toMatchObject({
        leases: 2,
        distribution: { grantedTtls: [{ ttlSeconds: 600, leases: 2 }], keys: 1, orphans: 0, withheld: 1 },
      });
    }
    const root = await collect({ endpoints: [etcd.endpoint], username: "root", password: "secret" });
    await untilHealth(root, "ok");
    expect(await readSample(root)).toMatchObject({ leases: 2, distribution: { keys: 2, orphans: 0 } });
  });
});

test("an etcd that is away is explained, and looked at again when it is back", async () => {
  const etcd = await startEtcd();
  cleanUps.push(() => etcd.stop());
  await grant(etcd, 600);
  await etcd.pause();
  const clusterId = await collect({ endpoints: [etcd.endpoint] });
  const failed = await untilHealth(clusterId, "failed");
  expect(failed.reason).toBe(`Connection refused by 127.0.0.1:${etcd.clientPort}: nothing listens there.`);
  await etcd.restart();
  await untilHealth(clusterId, "ok");
  expect(await readSample(clusterId)).toMatchObject({ leases: 1, distribution: { orphans: 1 } });
});
