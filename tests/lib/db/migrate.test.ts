import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type OpenDb, openDb } from "@/lib/db/client";
import { migrateDb } from "@/lib/db/migrate";
import { dropExpiredPartitions, ensurePartitions } from "@/lib/db/partitions";
import { cluster, question } from "@/lib/db/schema";
import { startScratchPostgres } from "./scratch-db";

const GLOBAL_TABLES = ["cluster", "worker", "question", "retention", "webhook"];
const DAY_MS = 86_400_000;

let server: Awaited<ReturnType<typeof startScratchPostgres>>;
let databaseUrl: string;
let open: OpenDb;

beforeAll(async () => {
  server = await startScratchPostgres();
  databaseUrl = await server.createDatabase();
  // Two at once, as worker and web of two machines may start: the lock makes the second wait.
  await Promise.all([migrateDb(databaseUrl), migrateDb(databaseUrl)]);
  open = openDb(databaseUrl, { max: 3 });
});
afterAll(async () => {
  await open?.close();
  await server?.stop();
});

test("the cluster id leads every primary key and unique index of a per-cluster table", async () => {
  const indexes = await open.db.execute<{ table: string; index: string; lead: string | null }>(sql`
    select relation.relname as table, index.relname as index, attribute.attname as lead
    from pg_index
    join pg_class relation on relation.oid = indrelid
    join pg_class index on index.oid = indexrelid
    left join pg_attribute attribute on attribute.attrelid = indrelid and attribute.attnum = indkey[0]
    where relation.relnamespace = 'public'::regnamespace and (indisunique or indisprimary)`);
  const perCluster = indexes.filter((row) => !GLOBAL_TABLES.includes(row.table));
  expect(perCluster.length).toBeGreaterThan(10);
  expect(perCluster.filter((row) => row.lead !== "cluster_id")).toEqual([]);
});

test("every per-cluster table has a primary key", async () => {
  const without = await open.db.execute(sql`
    select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
    and not exists (select 1 from pg_index where indrelid = pg_class.oid and indisprimary)`);
  expect([...without]).toEqual([]);
});

test("measurements are partitioned by time, with bounds in UTC and no default partition", async () => {
  const rows = await open.db.execute<{ parent: string; bound: string }>(sql`
    select parent.relname as parent, pg_get_expr(child.relpartbound, child.oid) as bound
    from pg_inherits join pg_class parent on parent.oid = inhparent join pg_class child on child.oid = inhrelid
    where parent.relkind = 'p'`);
  expect(new Set(rows.map((row) => row.parent))).toEqual(
    new Set([
      ...["keyspace_frame", "hot_minute", "member_sample", "prefix_hour", "prefix_day"],
      ...["sealed_hour", "sealed_day", "collector_cost", "timeline_event"],
      ...["metric_frame", "metric_hour", "traffic_minute", "traffic_hour", "ingest_fault", "log_signal"],
      ...["connection_sample", "lease_sample", "probe_minute", "hash_check", "spike"],
    ]),
  );
  for (const { bound } of rows)
    expect(bound).toMatch(/^FOR VALUES FROM \('\S+ 00:00:00\+00'\) TO \('\S+ 00:00:00\+00'\)$/);
});

test("partitions are made ahead once and dropped at the end of their retention", async () => {
  const nowMs = Date.UTC(2031, 0, 31, 23, 30);
  await ensurePartitions(open.db, nowMs, nowMs - 9 * DAY_MS);
  const made = await partitionsOf("keyspace_frame_2031%");
  expect(made[0]).toBe("keyspace_frame_20310122");
  expect(made.at(-1)).toBe("keyspace_frame_20310204");
  expect(await partitionsOf("prefix_hour_2031%")).toEqual([
    "prefix_hour_203101",
    "prefix_hour_203102",
    "prefix_hour_203103",
  ]);
  await ensurePartitions(open.db, nowMs, nowMs - 9 * DAY_MS);
  expect(await partitionsOf("keyspace_frame_2031%")).toEqual(made);

  await dropExpiredPartitions(open.db, nowMs);
  // Frames are kept for a day: the 29th ended 1 day and 23.5 hours ago, the 30th 23.5 hours ago.
  expect((await partitionsOf("keyspace_frame_%"))[0]).toBe("keyspace_frame_20310130");
  expect((await partitionsOf("sealed_hour_%"))[0]).toBe("sealed_hour_20310122");
  expect((await partitionsOf("prefix_hour_%"))[0]).toBe("prefix_hour_203101");
  await ensurePartitions(open.db, Date.now());
});

test("changes are announced", async () => {
  const heard: string[] = [];
  for (const channel of ["cluster", "question", "answer"]) {
    await open.sql.listen(channel, (payload) => heard.push(`${channel} ${payload}`));
  }
  await open.db.insert(cluster).values({ name: "a", source: "settings", endpoints: ["http://a:2379"] });
  await open.db.update(cluster).set({ paused: true });
  await open.db.delete(cluster);
  const [asked] = await open.db
    .insert(question)
    .values({ kind: "read-key", params: {} })
    .returning({ id: question.id });
  await open.db.update(question).set({ answer: {} });
  await open.db.update(question).set({ answeredAt: new Date() });
  await open.db.update(question).set({ answeredAt: new Date() });
  await expect
    .poll(() => heard)
    .toEqual(["cluster ", "cluster ", "cluster ", `question ${asked?.id}`, `answer ${asked?.id}`]);
});

async function partitionsOf(pattern: string): Promise<string[]> {
  const rows = await open.db.execute<{ relname: string }>(
    sql`select relname from pg_class where relispartition and relkind = 'r' and relname like ${pattern} order by 1`,
  );
  return rows.map((row) => row.relname);
}
