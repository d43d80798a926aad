import { Etcd3 } from "etcd3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EtcdConnection } from "@/collectors/etcd/connection";
import { EtcdError } from "@/collectors/etcd/errors";
import { explainFailure } from "@/collectors/etcd/explain";
import { visitEvents, type WatchBatch, type WatchRequest, type WatchStream } from "@/collectors/etcd/watch";
import { startEtcd, type TestEtcd } from "@/tests/support/etcd";

const ALL_KEYS = { key: Buffer.from([0]), rangeEnd: Buffer.from([0]), fragment: true };
const cleanUps: (() => unknown)[] = [];

interface SeenEvent {
  type: "put" | "delete";
  key: string;
  mod: number;
  version: number;
  value: number;
}

function connect(etcd: TestEtcd, user: { username?: string; password?: string } = {}): EtcdConnection {
  const connection = EtcdConnection.open(etcd.endpoint, { endpoints: [etcd.endpoint], ...user });
  cleanUps.push(() => connection.close());
  return connection;
}

function eventsOf(batch: WatchBatch): SeenEvent[] {
  const events: SeenEvent[] = [];
  if (batch.kind !== "events") return events;
  visitEvents(batch, (type, kv) => {
    const { modRevision: mod, version, valueBytes: value } = kv;
    events.push({ type, key: kv.copyKey().toString(), mod, version, value });
  });
  expect(events).toHaveLength(batch.events);
  return events;
}

/** Reads a watch until `isEnough` says so, then closes it. */
async function collect(stream: WatchStream, isEnough: (batches: WatchBatch[]) => boolean): Promise<WatchBatch[]> {
  const batches: WatchBatch[] = [];
  for await (const batch of stream) {
    batches.push(batch);
    if (isEnough(batches)) break;
  }
  return batches;
}

async function collectEvents(stream: WatchStream, count: number): Promise<SeenEvent[]> {
  const events: SeenEvent[] = [];
  await collect(stream, (batches) => {
    events.push(...eventsOf(batches.at(-1) as WatchBatch));
    return events.length >= count;
  });
  return events;
}

afterAll(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp();
});

describe("a watch", () => {
  let etcd: TestEtcd;
  let writer: Etcd3;
  let connection: EtcdConnection;
  const watch = (request: Partial<WatchRequest> & { signal?: AbortSignal } = {}) =>
    connection.watch({ ...ALL_KEYS, ...request });
  const revisionNow = async () => (await connection.status()).revision;

  beforeAll(async () => {
    etcd = await startEtcd({ extraArgs: ["--max-request-bytes", String(14 * 1024 ** 2)] });
    cleanUps.push(() => etcd.stop());
    writer = new Etcd3({ hosts: etcd.endpoint });
    cleanUps.push(() => writer.close());
    connection = connect(etcd);
  });

  test("tells puts, overwrites and deletes in order", async () => {
    const revision = await revisionNow();
    const stream = watch({ startRevision: revision + 1 });
    await writer.put("/order/a").value("one").exec();
    await writer.put("/order/a").value("second").exec();
    await writer.delete().key("/order/a").exec();
    expect(await collectEvents(stream, 3)).toEqual([
      { type: "put", key: "/order/a", mod: revision + 1, version: 1, value: 3 },
      { type: "put", key: "/order/a", mod: revision + 2, version: 2, value: 6 },
      { type: "delete", key: "/order/a", mod: revision + 3, version: 0, value: 0 },
    ]);
  });

  test("tells a transaction's changes under one revision", async () => {
    const revision = await revisionNow();
    const stream = watch({ startRevision: revision + 1 });
    const puts = Array.from({ length: 100 }, (_, index) => writer.put(`/txn/${index}`).value("v"));
    await writer
      .if("/txn/none", "Create", "==", 0)
      .then(...puts)
      .commit();
    await writer.delete().prefix("/txn/").exec();
    const events = await collectEvents(stream, 200);
    expect(events.slice(0, 100).every(({ type, mod }) => type === "put" && mod === revision + 1)).toBe(true);
    expect(events.slice(100).every(({ type, mod }) => type === "delete" && mod === revision + 2)).toBe(true);
    expect(new Set(events.map(({ key }) => key)).size).toBe(100);
  });

  test("tells the end of a lease as a delete", async () => {
    const stream = watch({ startRevision: (await revisionNow()) + 1 });
    const lease = writer.lease(60);
    await lease.put("/leased").value("x").exec();
    await lease.revoke();
    expect(await collectEvents(stream, 2)).toMatchObject([{ type: "put" }, { type: "delete", key: "/leased" }]);
  });

  test("only of the keys asked for", async () => {
    const stream = watch({ key: Buffer.from("/only/"), rangeEnd: Buffer.from("/only0") });
    const [created] = await collect(stream, () => true);
    expect(created).toMatchObject({ kind: "created" });
  });

  test("answers requests for progress, even the ones made before it was open", async () => {
    const stream = watch();
    stream.requestProgress();
    const batches = await collect(stream, (seen) => seen.some(({ kind }) => kind === "progress"));
    expect(batches.at(-1)).toEqual({ kind: "progress", revision: await revisionNow() });
  });

  test("says where it can start when its revision is compacted", async () => {
    for (let index = 0; index < 5; index++) await writer.put("/compacted").value(index).exec();
    const revision = await revisionNow();
    await etcd.etcdctl("compact", String(revision));
    const batches = await collect(watch({ startRevision: 2 }), () => false);
    expect(batches.at(-1)).toMatchObject({ kind: "canceled", compactRevision: revision });
  });

  test("in fragments, all of them but the last saying that more follow", async () => {
    const revision = await revisionNow();
    const value = Buffer.alloc(100 * 1024, "x");
    for (let round = 0; round < 3; round++) {
      const puts = Array.from({ length: 128 }, (_, index) => writer.put(`/large/${index}`).value(value));
      await writer
        .if("/large/none", "Create", "==", 0)
        .then(...puts)
        .commit();
    }
    // Behind on three transactions of 12.5 MiB: etcd would send them in one message.
    let events = 0;
    const fragments: boolean[] = [];
    for await (const batch of watch({ startRevision: revision + 1 })) {
      if (batch.kind !== "events") continue;
      const seen = eventsOf(batch);
      expect(seen.every((event) => event.value === value.length)).toBe(true);
      events += seen.length;
      fragments.push(batch.isLast);
      await new Promise((resolve) => setTimeout(resolve, 50)); // a slow reader loses nothing
      if (events === 384) break;
    }
    expect(events).toBe(384);
    expect(fragments).toContain(false);
    expect(fragments.at(-1)).toBe(true);
  });

  test("ends in silence when it is closed or its signal aborts", async () => {
    const closed = watch();
    const closeSoon = () => {
      setTimeout(() => closed.close(), 50);
      return false;
    };
    expect((await collect(closed, closeSoon)).map(({ kind }) => kind)).toEqual(["created"]);
    const stop = new AbortController();
    const aborted = watch({ signal: stop.signal });
    const abortSoon = () => {
      setTimeout(() => stop.abort(), 50);
      return false;
    };
    expect((await collect(aborted, abortSoon)).map(({ kind }) => kind)).toEqual(["created"]);
    expect(await collect(watch({ signal: AbortSignal.abort() }), () => false)).toEqual([]);
    const atOnce = watch();
    atOnce.close();
    expect(await collect(atOnce, () => false)).toEqual([]);
  });

  test("many thousand events for a slow reader, every one", async () => {
    const revision = await revisionNow();
    const stream = watch({ startRevision: revision + 1 });
    const rounds = 60;
    for (let round = 0; round < rounds; round++) {
      const puts = Array.from({ length: 100 }, (_, index) => writer.put(`/many/${index}`).value(`round ${round}`));
      await writer
        .if("/many/none", "Create", "==", 0)
        .then(...puts)
        .commit();
    }
    const events = await collectEvents(stream, rounds * 100);
    expect(events).toHaveLength(rounds * 100);
    expect(events.at(-1)).toMatchObject({ mod: revision + rounds });
    expect(events.every(({ mod }, index) => index === 0 || mod >= (events[index - 1] as SeenEvent).mod)).toBe(true);
  });

  test("fails with an EtcdError when etcd dies, also one that nobody reads yet", async () => {
    const read = watch();
    const unread = watch();
    setTimeout(() => void etcd.kill(), 100);
    await expect(collect(read, () => false)).rejects.toThrow(EtcdError);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await expect(collect(unread, () => false)).rejects.toThrow(EtcdError);
    await expect(collect(watch(), () => false)).rejects.toThrow(EtcdError);
  });
});

describe("a watch of a user", () => {
  let etcd: TestEtcd;
  beforeAll(async () => {
    etcd = await startEtcd({ auth: { rootPassword: "secret" } });
    cleanUps.push(() => etcd.stop());
    for (const [name, prefix] of [
      ["reader", ""],
      ["partial", "/some/"],
    ] as const) {
      await etcd.etcdctl("role", "add", name);
      await etcd.etcdctl("role", "grant-permission", name, "--prefix=true", "read", prefix);
      await etcd.etcdctl("user", "add", `${name}:right`);
      await etcd.etcdctl("user", "grant-role", name, name);
    }
  });

  test("is opened again with a new token when etcd no longer knows the old one", async () => {
    const connection = connect(etcd, { username: "reader", password: "right" });
    await connection.authenticate();
    await etcd.pause();
    await etcd.restart();
    await expect
      .poll(
        () =>
          connection.status().then(
            () => true,
            () => false,
          ),
        { timeout: 60_000 },
      )
      .toBe(true);
    const startRevision = (await connection.status()).revision + 1; // however late the watch is taken up
    const stream = connection.watch({ ...ALL_KEYS, startRevision });
    await etcd.etcdctl("put", "/some/key", "value");
    expect(await collectEvents(stream, 1)).toMatchObject([{ key: "/some/key" }]);
  });

  test("fails when the user may not read the keys", async () => {
    const user = { username: "partial", password: "right" };
    const stream = connect(etcd, user).watch(ALL_KEYS);
    const error = await collect(stream, () => false).catch((fault: unknown) => fault);
    expect(error).toMatchObject({ name: "EtcdError", method: "Watch" });
    const { reason } = await explainFailure(error, { endpoint: "", access: { endpoints: [etcd.endpoint], ...user } });
    expect(reason).toBe(`User "partial" may not read the whole keyspace of ${etcd.endpoint} (permission denied).`);
  });
});
