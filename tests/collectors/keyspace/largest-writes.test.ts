import { gte } from "drizzle-orm";
import { Etcd3, type IRequestOp } from "etcd3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EtcdConnection } from "@/collectors/etcd/connection";
import type { WatchBatch } from "@/collectors/etcd/watch";
import { Follower } from "@/collectors/keyspace/follower";
import { KeyspaceModel } from "@/collectors/keyspace/keyspace-model";
import { WriteTap } from "@/collectors/keyspace/write-tap";
import { ensurePartitions } from "@/lib/db/partitions";
import { keyspaceFrame } from "@/lib/db/schema";
import { runTestCollector } from "@/tests/support/collector";
import { useTestDb } from "@/tests/support/db";
import { startEtcd, type TestEtcd } from "@/tests/support/etcd";
import { findEtcdVersions } from "@/tests/support/etcd-versions";

const VALUE = Buffer.alloc(1024 ** 2, "v");
const testDb = useTestDb();
beforeAll(() => ensurePartitions(testDb().db, Date.now()));

describe.each(await findEtcdVersions())("the largest writes of etcd $version", ({ binary }) => {
  let etcd: TestEtcd;
  let client: Etcd3;

  beforeAll(async () => {
    etcd = await startEtcd({ binary, extraArgs: ["--max-request-bytes", String(32 * 1024 ** 2)] });
    client = new Etcd3({ hosts: etcd.endpoint });
  });
  afterAll(async () => {
    client?.close();
    await etcd?.stop();
  });

  test.each([
    { puts: 1, valueBytes: 1 },
    { puts: 1, valueBytes: 1024 ** 2 },
    { puts: 50, valueBytes: 300 },
    { puts: 128, valueBytes: 1 },
    { puts: 128, valueBytes: 100_000 }, // more than etcd puts into one message: told in fragments
  ])("$puts puts of $valueBytes B in one revision", async ({ puts, valueBytes }) => {
    const revision = await put(`/txn-${puts}-${valueBytes}`, puts, valueBytes);
    const model = await followTo(revision, { after: revision - 1 });
    expect(model.largestWrites.take()).toEqual({ largestRevisionPuts: puts, largestPutBytes: valueBytes });
    expect(model.largestWrites.take()).toEqual({ largestRevisionPuts: 0, largestPutBytes: 0 });
  });

  test("a delete of a range, as when a lease ends, puts nothing", async () => {
    await put("/range", 77, 10);
    const answer = await client.kv.deleteRange({ key: Buffer.from("/range"), range_end: Buffer.from("/range~") });
    const revision = Number(answer.header.revision);
    const model = await followTo(revision, { after: revision - 1 });
    expect(model.largestWrites.take()).toEqual({ largestRevisionPuts: 0, largestPutBytes: 0 });
  });

  test("several revisions of a message are not added up", async () => {
    const first = await put("/several", 3, 5);
    let last = first;
    for (let round = 0; round < 20; round++) last = await put("/several", 3, 5);
    const model = await followTo(last, { after: first - 1 });
    expect(model.largestWrites.take()).toEqual({ largestRevisionPuts: 3, largestPutBytes: 5 });
  });

  test("what a resumed watch tells again is not counted again, and nobody hears it twice", async () => {
    const first = await put("/resumed", 60, 2_000);
    const model = await followTo(first, { after: first - 1 });
    model.largestWrites.take();
    const tap = new WriteTap();
    const heard: number[] = [];
    tap.add({ hear: (_, kv) => void heard.push(kv.modRevision), complete: () => undefined, end: () => undefined });
    const last = await put("/resumed", 2, 9);
    await followTo(last, { model, tellFrom: first, tap });
    expect(model.largestWrites.take()).toEqual({ largestRevisionPuts: 2, largestPutBytes: 9 });
    expect(heard).toEqual([last, last]);
  });

  test("frames say so, and 0 where nothing was written", async () => {
    const { db } = testDb();
    const access = { endpoints: [etcd.endpoint] };
    const settings = { scanShare: 1, frameMs: 1_000 };
    const { collector, stop } = runTestCollector({ db, access, settings, clusterId: etcd.clientPort });
    try {
      await expect.poll(() => collector.live() !== null).toBe(true);
      const since = new Date();
      await put("/frames", 99, 12_345);
      const read = async () => {
        const rows = await db
          .select()
          .from(keyspaceFrame)
          .where(gte(keyspaceFrame.at, new Date(+since - 1_000)));
        return rows
          .filter(({ clusterId }) => clusterId === etcd.clientPort)
          .map(({ puts, largestRevisionPuts, largestPutBytes }) => [puts, largestRevisionPuts, largestPutBytes]);
      };
      await expect.poll(read).toEqual(
        expect.arrayContaining([
          [99, 99, 12_345],
          [0, 0, 0],
        ]),
      );
    } finally {
      await stop();
    }
  });

  /** So many puts in one transaction; answers its revision. */
  async function put(prefix: string, puts: number, valueBytes: number): Promise<number> {
    const success = Array.from({ length: puts }, (_, i): IRequestOp => {
      return { request_put: { key: Buffer.from(`${prefix}/${i}`), value: VALUE.subarray(0, valueBytes) } };
    });
    const { header } = await client.kv.txn({ compare: [], success, failure: [] });
    return Number(header.revision);
  }

  /** A model that has followed up to a revision; `tellFrom` has the watch repeat what the model knows. */
  async function followTo(
    revision: number,
    { after = 0, model = modelAt(after), tellFrom = 0, tap = new WriteTap() },
  ): Promise<KeyspaceModel> {
    const connection = EtcdConnection.open(etcd.endpoint, { endpoints: [etcd.endpoint] });
    const watch = connection.watch.bind(connection);
    let told = 0;
    if (tellFrom > 0) connection.watch = (request) => counted(watch({ ...request, startRevision: tellFrom }));
    const follower = new Follower(model, connection, tap);
    const followed = follower.run().catch(() => undefined);
    try {
      await expect.poll(() => model.revision).toBe(revision);
    } finally {
      follower.close();
      await followed;
      connection.close();
    }
    if (tellFrom > 0) expect(told).toBeGreaterThan(60); // it was told again
    return model;

    function counted(stream: ReturnType<typeof watch>): ReturnType<typeof watch> {
      const iterate = stream[Symbol.asyncIterator].bind(stream);
      stream[Symbol.asyncIterator] = async function* (): AsyncGenerator<WatchBatch, void, void> {
        for await (const batch of iterate()) {
          if (batch.kind === "events") told += batch.events;
          yield batch;
        }
      };
      return stream;
    }
  }
});

function modelAt(revision: number): KeyspaceModel {
  const model = new KeyspaceModel();
  model.completeRevision(revision);
  return model;
}
