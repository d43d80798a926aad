import { afterAll, describe, expect, test } from "vitest";
import { EtcdConnection } from "@/collectors/etcd/connection";
import { visitEvents } from "@/collectors/etcd/watch";
import { findCompactRevision } from "@/collectors/keyspace/compaction";
import { startEtcd } from "../../support/etcd";
import { findEtcdVersions } from "../../support/etcd-versions";

const cleanUps: (() => unknown)[] = [];
afterAll(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp();
});

describe.each(await findEtcdVersions())("etcd $version", ({ binary }) => {
  test("is asked for its compact revision, from whatever was known before", async () => {
    const { etcd, connection } = await start(binary);
    const find = (atLeast: number) => findCompactRevision(connection, { atLeast, signal: AbortSignal.timeout(30_000) });
    expect(await find(0)).toBe(0);
    for (let i = 0; i < 12; i++) await etcd.etcdctl("put", `key-${i % 3}`, "x");
    expect(await find(0)).toBe(0);
    for (const revision of [3, 7, 8, 13]) {
      const before = await find(0);
      await etcd.etcdctl("compact", String(revision));
      expect(await find(0)).toBe(revision);
      expect(await find(before)).toBe(revision);
      expect(await find(revision)).toBe(revision);
    }
    expect(await find(1_000)).toBe(1_000); // a member that lags knows nothing of it yet
  });

  test("tells with prevKv what a key was before each event", async () => {
    const { etcd, connection } = await start(binary);
    for (const value of ["1", "22", "333"]) await etcd.etcdctl("put", "key", value);
    await etcd.etcdctl("del", "key");
    await etcd.etcdctl("put", "key", "4444");
    const told: unknown[] = [];
    for await (const batch of connection.watch({ key: Buffer.from("key"), startRevision: 2, prevKv: true })) {
      if (batch.kind !== "events") continue;
      visitEvents(batch, (type, kv, before) => told.push([type, kv.valueBytes, before]));
      if (told.length === 5) break;
    }
    expect(told).toEqual([
      ["put", 1, null],
      ["put", 2, 1],
      ["put", 3, 2],
      ["delete", 0, 3],
      ["put", 4, null],
    ]);
  });
});

async function start(binary: string) {
  const etcd = await startEtcd({ binary });
  const connection = EtcdConnection.open(etcd.endpoint, { endpoints: [etcd.endpoint] });
  cleanUps.push(
    () => etcd.stop(),
    () => connection.close(),
  );
  return { etcd, connection };
}
