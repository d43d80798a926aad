import { randomBytes } from "node:crypto";
import { eq, sql } from "drizzle-orm";
import { beforeAll, beforeEach, expect, test } from "vitest";
import {
  addCluster,
  ClusterNameTakenError,
  declareClusters,
  putCluster,
  readClusterAccess,
  removeCluster,
  removeOrphanedRows,
  updateCluster,
} from "@/lib/db/clusters";
import { cluster, collectorState, hotKey, keyspaceFrame, prefix, question } from "@/lib/db/schema";
import { type TestDb, useTestDb } from "@/tests/support/db";

const key = randomBytes(32);
const full = {
  endpoints: ["https://a:2379", "https://b:2379"],
  caPem: "ca",
  certPem: "cert",
  keyPem: "private",
  serverName: "etcd.internal",
  username: "root",
  password: "hunter2",
};

const testDb = useTestDb();
let open: TestDb;

beforeAll(() => {
  open = testDb();
});
beforeEach(() => open.db.delete(cluster));

test("a cluster's access comes back whole, its secrets sealed in between", async () => {
  const id = await addCluster(open.db, { name: "prod", source: "settings", access: full }, key);
  const row = await readRow(id);
  expect(readClusterAccess(row, key)).toEqual(full);
  expect(row.keySealed?.includes("private")).toBe(false);
  expect(row.passwordSealed?.includes("hunter2")).toBe(false);
  const plain = await addCluster(
    open.db,
    { name: "b", source: "settings", access: { endpoints: ["http://b:2379"] } },
    key,
  );
  expect(readClusterAccess(await readRow(plain), key)).toEqual({ endpoints: ["http://b:2379"] });
});

test("a name is given once", async () => {
  const access = { endpoints: ["http://a:2379"] };
  const id = await addCluster(open.db, { name: "a", source: "settings", access }, key);
  await expect(addCluster(open.db, { name: "a", source: "settings", access }, key)).rejects.toThrow(
    'A cluster named "a" is already registered',
  );
  await addCluster(open.db, { name: "b", source: "settings", access }, key);
  await expect(updateCluster(open.db, id, { name: "b" })).rejects.toThrow(ClusterNameTakenError);
  expect(await updateCluster(open.db, id, { name: "c", paused: true })).toBe(true);
  expect(await readRow(id)).toMatchObject({ name: "c", paused: true });
  expect(await updateCluster(open.db, id + 1_000, { paused: true })).toBe(false);
});

test("removing a cluster leaves nothing of it, and everything of the others", async () => {
  const [gone, kept] = [await addNamed("gone"), await addNamed("kept")];
  for (const id of [gone, kept]) await fill(id);
  expect(await removeCluster(open.db, gone)).toBe(true);
  expect(await removeCluster(open.db, gone)).toBe(false);
  expect(await countRows(gone)).toBe(0);
  expect(await countRows(kept)).toBe(5);

  await fill(gone); // a worker that had not heard yet
  await removeOrphanedRows(open.db);
  expect(await countRows(gone)).toBe(0);
  expect(await countRows(kept)).toBe(5);
});

test("the configuration file adds, changes, and lets go", async () => {
  const access = { endpoints: ["http://a:2379"] };
  await declareClusters(
    open.db,
    [
      { name: "a", access },
      { name: "b", access: full },
    ],
    key,
  );
  expect(await summaries()).toEqual(["a file", "b file"]);
  const before = await open.db.execute(sql`select xmin::text, name from cluster order by name`);
  await declareClusters(
    open.db,
    [
      { name: "a", access: { endpoints: ["http://z:2379"] } },
      { name: "b", access: full },
    ],
    key,
  );
  const after = await open.db.execute(sql`select xmin::text, name from cluster order by name`);
  expect(after[0]?.xmin).not.toBe(before[0]?.xmin);
  expect(after[1]?.xmin).toBe(before[1]?.xmin); // unchanged, so not written and not announced
  await declareClusters(open.db, [{ name: "b", access: full }], key);
  expect(await summaries()).toEqual(["a settings paused", "b file"]);
  await declareClusters(
    open.db,
    [
      { name: "a", access },
      { name: "b", access: full },
    ],
    key,
  );
  expect(await summaries()).toEqual(["a file", "b file"]);
});

test("a demo gives way to a declared cluster of its name", async () => {
  const demo = await addCluster(open.db, { name: "demo", source: "demo", access: { endpoints: ["http://x:1"] } }, key);
  await fill(demo);
  const id = await putCluster(open.db, { name: "demo", source: "settings", access: full }, key);
  expect(id).not.toBe(demo);
  expect(await countRows(demo)).toBe(0);
  expect(await summaries()).toEqual(["demo settings"]);
});

function addNamed(name: string): Promise<number> {
  return addCluster(open.db, { name, source: "settings", access: { endpoints: ["http://a:2379"] } }, key);
}

async function readRow(id: number) {
  const [row] = await open.db.select().from(cluster).where(eq(cluster.id, id));
  if (!row) throw new Error(`no cluster ${id}`);
  return row;
}

async function summaries(): Promise<string[]> {
  const rows = await open.db.select().from(cluster).orderBy(cluster.name);
  return rows.map((row) => `${row.name} ${row.source}${row.paused ? " paused" : ""}`);
}

/** Five rows of a cluster: one in each of as many tables. */
async function fill(clusterId: number): Promise<void> {
  const at = new Date();
  const figures = { keys: 1, keyBytes: 1, valueBytes: 1, puts: 1, creates: 1, deletes: 0, writtenBytes: 1 };
  await open.db.insert(prefix).values({ clusterId, slot: 0, prefix: Buffer.of(), isOther: false });
  await open.db.insert(hotKey).values({ clusterId, keyId: 1, key: Buffer.from("a") });
  await open.db.insert(collectorState).values({ clusterId, collector: "keyspace", health: "ok", since: at, at });
  await open.db
    .insert(keyspaceFrame)
    .values({ clusterId, at, observedMs: 1, revision: 1, ...figures, isFull: true, format: 1, payload: Buffer.of(0) });
  await open.db.insert(question).values({ clusterId, kind: "read-key", params: {} });
}

/** Rows of a cluster over all tables that the catalog says have a cluster id. */
async function countRows(clusterId: number): Promise<number> {
  const tables = await open.db.execute<{ name: string }>(sql`
    select relname as name from pg_class join pg_attribute on attrelid = pg_class.oid and attname = 'cluster_id'
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition`);
  expect(tables.length).toBeGreaterThan(9);
  let rows = 0;
  for (const { name } of tables) {
    const [counted] = await open.db.execute<{ rows: number }>(
      sql`select count(*)::int as rows from ${sql.identifier(name)} where cluster_id = ${clusterId}`,
    );
    rows += counted?.rows ?? 0;
  }
  return rows;
}
