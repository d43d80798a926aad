import { sql } from "drizzle-orm";
import type { Db } from "@/lib/db/client";

const DAY_MS = 86_400_000;

/** The partitioned tables: the length of a partition, how far ahead they are made, and how long they are kept. */
const PARTITIONED = [
  { table: "keyspace_frame", period: "day", aheadMs: 4 * DAY_MS, keepMs: 8 * DAY_MS },
  { table: "hot_minute", period: "day", aheadMs: 4 * DAY_MS, keepMs: 8 * DAY_MS },
  { table: "member_sample", period: "day", aheadMs: 4 * DAY_MS, keepMs: 8 * DAY_MS },
  { table: "prefix_hour", period: "month", aheadMs: 45 * DAY_MS, keepMs: 400 * DAY_MS },
] as const;

/** Makes the partitions that rows from `sinceMs` (a day ago, unless given) until some days ahead will need. */
export async function ensurePartitions(db: Db, nowMs: number, sinceMs = nowMs - DAY_MS): Promise<void> {
  const since = new Date(sinceMs).toISOString();
  for (const { table, period, aheadMs } of PARTITIONED) {
    const until = new Date(nowMs + aheadMs).toISOString();
    await db.execute(sql`select ensure_partitions(${table}, ${period}, ${since}::timestamptz, ${until}::timestamptz)`);
  }
}

/** Drops partitions whose newest row is past its retention. Answers how many were dropped. */
export async function dropExpiredPartitions(db: Db, nowMs: number): Promise<number> {
  let dropped = 0;
  for (const { table, period, keepMs } of PARTITIONED) {
    const before = new Date(nowMs - keepMs).toISOString();
    const rows = await db.execute<{ dropped: number }>(
      sql`select drop_partitions(${table}, ${period}, ${before}::timestamptz) as dropped`,
    );
    dropped += rows[0]?.dropped ?? 0;
  }
  return dropped;
}

/** Drops the keys of the hot-key dictionary that no kept minute names any more. */
export async function dropUnnamedHotKeys(db: Db): Promise<void> {
  await db.execute(sql`
    delete from hot_key where (cluster_id, key_id) not in (
      select cluster_id, unnest(key_ids) from hot_minute
    )`);
}
