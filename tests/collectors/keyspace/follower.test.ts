import { Etcd3 } from "etcd3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { EtcdConnection } from "@/collectors/etcd/connection";
import type { WatchBatch } from "@/collectors/etcd/watch";
import { Follower } from "@/collectors/keyspace/follower";
import { KeyspaceModel } from "@/collectors/keyspace/keyspace-model";
import { startEtcd, type TestEtcd } from "@/tests/support/etcd";

const PUTS = 128;
const TRANSACTIONS = 3;

let etcd: TestEtcd;
let client: Etcd3;

beforeAll(async () => {
  etcd = await startEtcd({ extraArgs: ["--max-request-bytes", String(32 * 1024 ** 2)] });
  client = new Etcd3({ hosts: etcd.endpoint });
});
afterAll(async () => {
  client?.close();
  await etcd?.stop();
});

test("a transaction of 128 puts told in fragments counts as one: no revision is ever half applied", async () => {
  const value = Buffer.alloc(200 * 1024, "x"); // three transactions of 25 MiB: more than etcd puts into a message
  for (let round = 0; round < TRANSACTIONS; round++) {
    const puts = Array.from({ length: PUTS }, (_, i) =>
      client.put(`/large/${round}/${i}`).value(value.subarray(round)),
    );
    await client
      .if("/none", "Version", "==", 0)
      .then(...puts)
      .commit();
  }
  const connection = EtcdConnection.open(etcd.endpoint, { endpoints: [etcd.endpoint] });
  const model = new KeyspaceModel();
  model.completeRevision(1);
  const keysAtRevision = noteRevisions(model);
  const isLast = noteFragments(connection);
  const follower = new Follower(model, connection);
  const followed = follower.run().catch(() => undefined);
  try {
    await expect.poll(() => model.revision).toBe(1 + TRANSACTIONS);
  } finally {
    follower.close();
    await followed;
    connection.close();
  }
  expect(isLast).toContain(false);
  expect(keysAtRevision).toEqual([
    [2, PUTS],
    [3, PUTS * 2],
    [4, PUTS * 3],
  ]);
  const bytes = Array.from({ length: TRANSACTIONS }, (_, round) => PUTS * (value.length - round));
  expect(model.figures().valueBytes[0]).toBe(bytes.reduce((sum, each) => sum + each, 0));
});

/** How many keys the model had whenever it called a revision complete. */
function noteRevisions(model: KeyspaceModel): [revision: number, keys: number][] {
  const seen: [number, number][] = [];
  const complete = model.completeRevision.bind(model);
  model.completeRevision = (revision) => {
    if (revision > model.revision) seen.push([revision, model.keys]);
    complete(revision);
  };
  return seen;
}

/** Of every message of events that the watch brings: whether it was the last of its revisions. */
function noteFragments(connection: EtcdConnection): boolean[] {
  const isLast: boolean[] = [];
  const watch = connection.watch.bind(connection);
  connection.watch = (request) => {
    const stream = watch(request);
    const iterate = stream[Symbol.asyncIterator].bind(stream);
    stream[Symbol.asyncIterator] = async function* (): AsyncGenerator<WatchBatch, void, void> {
      for await (const batch of iterate()) {
        if (batch.kind === "events") isLast.push(batch.isLast);
        yield batch;
      }
    };
    return stream;
  };
  return isLast;
}
