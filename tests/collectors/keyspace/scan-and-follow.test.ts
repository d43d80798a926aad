import { Etcd3 } from "etcd3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { EtcdConnection } from "@/collectors/etcd/connection";
import { Follower } from "@/collectors/keyspace/follower";
import { KeyspaceModel } from "@/collectors/keyspace/keyspace-model";
import { scanKeyspace } from "@/collectors/keyspace/scan";
import { startEtcd, type TestEtcd } from "../../support/etcd";

const KEYS = 4_000;

let etcd: TestEtcd;
let client: Etcd3;

beforeAll(async () => {
  etcd = await startEtcd();
  client = new Etcd3({ hosts: etcd.endpoint });
  await inBatches(KEYS, (i) =>
    client
      .put(`/registry/${i % 2 ? "pods" : "events"}/ns-${i % 13}/object-${i}`)
      .value("v".repeat(i % 900))
      .exec(),
  );
});

afterAll(async () => {
  client?.close();
  await etcd?.stop();
});

test("a scan overtaken by writes, deletes and compactions ends equal to etcd", async () => {
  const access = { endpoints: [etcd.endpoint] };
  const scanning = EtcdConnection.open(etcd.endpoint, access);
  const watching = EtcdConnection.open(etcd.endpoint, access);
  const model = new KeyspaceModel();
  const pin = await scanning.range(
    { key: Buffer.from([0]), rangeEnd: Buffer.from([0]), countOnly: true },
    () => undefined,
  );
  model.completeRevision(pin.revision);
  const follower = new Follower(model, watching);
  const followed = follower.run().catch((error) => error);
  // Only a watch that etcd has taken up is past the compactions to come.
  follower.askProgress(Date.now());
  await expect.poll(() => follower.completeAtMs).not.toBeNull();
  model.beginScan();
  const churning = churn();
  await expect.poll(() => model.revision).toBeGreaterThan(pin.revision);
  const seen = new Set<number>();
  const { revision } = await scanKeyspace({
    connection: scanning,
    minRevision: model.revision,
    boundaries: null,
    settings: { scanShare: 0.25 },
    load: (kv) => model.load(kv),
    onPage: (keys) => seen.add(keys),
    onHold: () => undefined,
    signal: AbortSignal.timeout(60_000),
  });
  expect(seen.size).toBeGreaterThan(5);
  expect(revision).toBeGreaterThan(pin.revision);
  const truth = await churning;
  await expect.poll(() => model.revision).toBe(truth.revision);
  model.endScan();
  follower.close();
  expect(await followed).toMatchObject({ message: expect.stringContaining("ended the watch without a reason") });
  scanning.close();
  watching.close();

  const figures = model.figures();
  for (const [prefix, expected] of truth.byPrefix) {
    const slot = model.tree.findPrefix(Buffer.from(prefix));
    expect({ prefix, keys: figures.keys[slot], valueBytes: figures.valueBytes[slot] }).toEqual({ prefix, ...expected });
  }
  expect(model.keys).toBe(truth.keys);
});

test("a scan between the boundaries of the one before reads the same keys, a page each, or two without pauses", async () => {
  const scanning = EtcdConnection.open(etcd.endpoint, { endpoints: [etcd.endpoint] });
  const listing = JSON.parse(await etcd.etcdctl("get", "", "--prefix", "--keys-only", "-w", "json"));
  const expected = (listing.kvs as { key: string }[]).map(({ key }) => key);
  const scan = async (boundaries: readonly Buffer[] | null, scanShare: number) => {
    const keys: string[] = [];
    let pages = 0;
    const scanned = await scanKeyspace({
      ...{ connection: scanning, minRevision: 1, boundaries, settings: { scanShare } },
      load: (kv) => keys.push(kv.copyKey().toString("base64")),
      onPage: () => pages++,
      onHold: () => undefined,
      signal: AbortSignal.timeout(60_000),
    });
    expect(keys).toEqual(expected);
    expect(scanned.keys).toBe(expected.length);
    return { ...scanned, pages };
  };
  const first = await scan(null, 1);
  for (const { scanShare, pagesAtOnce } of [
    { scanShare: 0.9, pagesAtOnce: 1 },
    { scanShare: 1, pagesAtOnce: 2 },
  ]) {
    const later = await scan(first.boundaries, scanShare);
    expect(later.boundaries).toEqual(first.boundaries);
    expect(later.pages).toBe(Math.ceil((first.boundaries.length + 1) / pagesAtOnce));
  }
  expect(first.boundaries.map((key) => key.toString("base64"))).toEqual(
    expected.filter((_, i) => i > 0 && i % 1_000 === 0),
  );
  scanning.close();
});

/** Writes, overwrites and deletes all over the keyspace with compactions between, then counts with etcdctl. */
async function churn() {
  for (let round = 0; round < 8; round++) {
    await inBatches(150, (i) =>
      client
        .put(`/registry/pods/ns-${i % 13}/object-${(i * 37 + round) % KEYS}`)
        .value("w".repeat(i))
        .exec(),
    );
    await inBatches(60, (i) =>
      client
        .delete()
        .key(`/registry/events/ns-${(i * 2 + round * 2) % 13}/object-${(i * 26 + round * 2) % KEYS}`)
        .exec(),
    );
    await client.put(`/registry/secrets/new-${round}`).value("x");
    const { header } = await client.get("/registry/none").exec();
    await etcd.etcdctl("compact", header.revision);
  }
  const listing = JSON.parse(await etcd.etcdctl("get", "", "--prefix", "-w", "json"));
  const byPrefix = new Map<string, { keys: number; valueBytes: number }>();
  for (const kv of listing.kvs as { key: string; value?: string }[]) {
    const key = Buffer.from(kv.key, "base64").toString();
    const parts = key.split("/");
    for (let depth = 2; depth < parts.length; depth++) {
      const prefix = `${parts.slice(0, depth).join("/")}/`;
      const count = byPrefix.get(prefix) ?? { keys: 0, valueBytes: 0 };
      count.keys++;
      count.valueBytes += Buffer.from(kv.value ?? "", "base64").length;
      byPrefix.set(prefix, count);
    }
  }
  return { revision: listing.header.revision as number, keys: listing.kvs.length as number, byPrefix };
}

async function inBatches(count: number, write: (i: number) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < count; from += 100) {
    await Promise.all(Array.from({ length: Math.min(100, count - from) }, (_, i) => write(from + i)));
  }
}
