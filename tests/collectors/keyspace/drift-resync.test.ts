import { eq } from "drizzle-orm";
import { Etcd3 } from "etcd3";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { KeyspaceModel } from "@/collectors/keyspace/keyspace-model";
import { keyspaceStatus, timelineEvent } from "@/lib/db/schema";
import { runTestCollector } from "@/tests/support/collector";
import { useTestDb } from "@/tests/support/db";
import { startEtcd, type TestEtcd } from "@/tests/support/etcd";
import { readWithEtcdctl } from "@/tests/support/truth";

const KEYS = 60;
const CLUSTER_ID = 1;
/** The sampled check looks about every half minute, at one of some stretches. */
const SAMPLED = { timeout: 240_000 };
const SLOW = { timeout: 600_000 };

const testDb = useTestDb();
let etcd: TestEtcd;
let client: Etcd3;
let running: ReturnType<typeof runTestCollector>;

beforeAll(async () => {
  etcd = await startEtcd();
  client = new Etcd3({ hosts: etcd.endpoint });
  for (let i = 0; i < KEYS; i++) await client.put(`/drift/${i}`).value("v".repeat(i));
  // Every drift that was ever published, however short it stood there.
  await testDb().sql`create table published_drift (keys bigint)`;
  await testDb().sql.unsafe(`
    create function note_drift() returns trigger language plpgsql as $$
      begin insert into published_drift values (new.drift_keys); return new; end $$;
    create trigger note_drift after insert or update on keyspace_status for each row execute function note_drift()`);
  running = runTestCollector({ db: testDb().db, access: { endpoints: [etcd.endpoint] } });
});
afterAll(async () => {
  await running?.stop();
  client?.close();
  await etcd?.stop();
});

test("a key that the model lost is found by the count that every session begins with", SLOW, async () => {
  const model = await checkedModel();
  const [buffer, gone] = [Buffer.from("/drift/5"), { valueBytes: 0, version: 0, createRevision: 0 }];
  model.delete({ buffer, keyStart: 0, keyEnd: buffer.length, modRevision: model.revision, ...gone });
  const { header } = await client.put("/drift/later").value("x").exec();
  await expect.poll(() => model.revision).toBe(Number(header.revision));
  await etcd.pause(); // the watch goes on with the same model, but is a new session
  await etcd.restart();
  // On a machine that stood still, the comparison key by key may have been there first.
  await expectResync(model, /the model had 60 keys at revision|the key \/drift\/5 is in etcd but not in the model/);
});

test("a value length that is wrong in the model is found by the comparison key by key", SLOW, async () => {
  const model = await checkedModel();
  const key = Buffer.from("/drift/20");
  const node = model.tree.nodeOf(key, 0, key.length, false);
  const entry = model.table.find(node, key, model.tree.prefixLength(node), key.length);
  model.table.set(entry, { ...model.table.get(entry), valueBytes: 7 });
  await expectResync(model, /the key \/drift\/20 has valueBytes 20 in etcd, 7 in the model/);
});

/** The live model, once it has been compared with etcd and found equal. */
async function checkedModel(): Promise<KeyspaceModel> {
  await expect
    .poll(async () => {
      const { phase, driftKeys } = (await readStatus()) ?? {};
      return { phase, driftKeys };
    })
    .toEqual({ phase: "live", driftKeys: 0 });
  return running.collector.live()?.model as KeyspaceModel;
}

/** Drift is told and published, another model takes the place of `model`, and that one equals etcd. */
async function expectResync(model: KeyspaceModel, told: RegExp): Promise<void> {
  const before = await readEvents("resync");
  await expect.poll(async () => (await readEvents("drift")).join(), SAMPLED).toMatch(told);
  await expect.poll(async () => (await readEvents("resync")).length).toBe(before.length + 1);
  expect((await readEvents("resync")).join()).toMatch(told);
  expect(await checkedModel()).not.toBe(model);
  expect((await readPublished()).some((keys) => keys === 1)).toBe(true);
  await testDb().sql`delete from published_drift`;
  await expectModelEqualsEtcd();
}

async function expectModelEqualsEtcd(): Promise<void> {
  const { entries, revision } = await readWithEtcdctl(etcd);
  const model = running.collector.live()?.model as KeyspaceModel;
  await expect.poll(() => model.revision).toBe(revision);
  expect(model.keys).toBe(entries.size);
  for (const [key, entry] of entries) {
    expect(model.lookUp(Buffer.from(key, "latin1")), key).toEqual({ ...entry, isLive: true });
  }
}

async function readStatus() {
  const [row] = await testDb().db.select().from(keyspaceStatus).where(eq(keyspaceStatus.clusterId, CLUSTER_ID));
  return row;
}

async function readEvents(kind: "drift" | "resync"): Promise<string[]> {
  const events = await testDb().db.select().from(timelineEvent).where(eq(timelineEvent.kind, kind));
  return events.map(({ text }) => text);
}

async function readPublished(): Promise<(number | null)[]> {
  const rows = await testDb().sql`select keys::int from published_drift`;
  return rows.map(({ keys }) => keys);
}
