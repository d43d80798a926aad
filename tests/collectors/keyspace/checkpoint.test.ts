import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openCheckpoint, writeCheckpoint } from "@/collectors/keyspace/checkpoint";
import { KeyRecordReader } from "@/collectors/keyspace/key-records";
import { type KeyFields, KeyspaceModel } from "@/collectors/keyspace/keyspace-model";

const OF = { etcdClusterId: "00ab", raftTerm: 3 };

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "etcdscope-checkpoint-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const anyKey = fc.record({
  key: fc.uint8Array({ minLength: 1, maxLength: 300 }),
  valueBytes: fc.nat(2 ** 31),
  createRevision: fc.integer({ min: 1, max: 2 ** 45 }),
  updates: fc.nat(2 ** 30),
  version: fc.integer({ min: 1, max: 2 ** 32 }),
  hasLease: fc.boolean(),
});
type AnyKey = typeof anyKey extends fc.Arbitrary<infer Value> ? Value : never;

test("whatever the keys are, they come back as they were", async () => {
  let file = 0;
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(anyKey, { maxLength: 60, selector: ({ key }) => String(key) }), async (keys) => {
      const path = join(directory, `any-${file++}`);
      const model = new KeyspaceModel();
      model.completeRevision(77);
      for (const key of keys) model.load(fieldsOf(key));
      expect(await writeCheckpoint(path, model, { ...OF, atOnce: true })).toEqual({ revision: 77, keys: keys.length });
      const checkpoint = await openCheckpoint(path);
      expect(checkpoint?.header).toEqual({ ...OF, revision: 77, keys: keys.length });
      const loaded: ReturnType<typeof plain>[] = [];
      await checkpoint?.load((kv) => loaded.push(plain(kv)));
      expect(loaded.sort(byKey)).toEqual(keys.map((key) => plain(fieldsOf(key))).sort(byKey));
    }),
    { numRuns: 40 },
  );
});

test("several blocks, written while the model goes on: together with the watch they are the model", async () => {
  const path = join(directory, "moving");
  const model = new KeyspaceModel();
  const keyOf = (i: number) => Buffer.from(`/registry/pods/namespace-${i % 7}/object-with-a-rather-long-name-${i}`);
  const put = (to: KeyspaceModel, i: number, modRevision: number, version: number) =>
    to.put(
      fieldsOf({
        key: keyOf(i),
        valueBytes: modRevision,
        createRevision: 1,
        updates: modRevision - 1,
        version,
        hasLease: false,
      }),
    );
  for (let i = 0; i < 40_000; i++) put(model, i, i + 1, 1);
  model.completeRevision(40_000);
  const replayed: [number, number][] = [];
  const writing = writeCheckpoint(path, model, { ...OF, atOnce: false });
  for (let revision = 40_001; revision <= 40_400; revision++) {
    const i = (revision * 37) % 40_000;
    put(model, i, revision, 2);
    replayed.push([i, revision]);
    model.completeRevision(revision);
    if (revision % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  const end = await writing;
  const checkpoint = await openCheckpoint(path);
  const restored = new KeyspaceModel();
  restored.completeRevision(checkpoint?.header.revision as number);
  restored.beginScan();
  await checkpoint?.load((kv) => restored.load(kv));
  for (const [i, revision] of replayed) {
    if (revision > (checkpoint?.header.revision as number)) put(restored, i, revision, 2);
    restored.completeRevision(revision);
  }
  restored.endScan();
  expect(end.revision).toBeGreaterThanOrEqual(40_000);
  expect(restored.keys).toBe(model.keys);
  expect(restored.figures().valueBytes[0]).toBe(model.figures().valueBytes[0]);
});

test("nonsense in a block with a right checksum is refused, not believed", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      let keys = 0;
      try {
        new KeyRecordReader().read(Buffer.from(bytes), () => keys++);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
      expect(keys).toBeLessThanOrEqual(bytes.length);
    }),
  );
});

function fieldsOf({ key, valueBytes, createRevision, updates, version, hasLease }: AnyKey): KeyFields {
  const place = { buffer: key, keyStart: 0, keyEnd: key.length };
  return { ...place, valueBytes, createRevision, modRevision: createRevision + updates, version, hasLease };
}

function plain(kv: KeyFields) {
  const { buffer, keyStart, keyEnd, ...figures } = kv;
  return { key: Buffer.from(buffer.subarray(keyStart, keyEnd)).toString("hex"), ...figures };
}

function byKey(a: { key: string }, b: { key: string }): number {
  return a.key < b.key ? -1 : 1;
}
