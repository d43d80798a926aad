import { sql } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { readRetention } from "@/lib/db/retention";
import type { RetentionLevel } from "@/lib/model/retention";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** What cannot be sealed is not kept for ever. */
const UNSEALED_LIFE_MS = 7 * DAY_MS;

/** The partitioned tables: the length of a partition, how far ahead they are made, and the level they are kept with. */
export const PARTITIONED: readonly {
  table: string;
  period: "day" | "month";
  aheadMs: number;
  level: RetentionLevel;
}[] = [
  { table: "keyspace_frame", period: "day", aheadMs: 4 * DAY_MS, level: "frames" },
  { table: "sealed_hour", period: "day", aheadMs: 4 * DAY_MS, level: "minutes" },
  { table: "hot_minute", period: "day", aheadMs: 4 * DAY_MS, level: "minutes" },
  { table: "member_sample", period: "day", aheadMs: 4 * DAY_MS, level: "minutes" },
  { table: "probe_minute", period: "day", aheadMs: 4 * DAY_MS, level: "minutes" },
  { table: "metric_frame", period: "day", aheadMs: 4 * DAY_MS, level: "frames" },
  { table: "metric_hour", period: "day", aheadMs: 4 * DAY_MS, level: "minutes" },
  { table: "traffic_minute", period: "day", aheadMs: 4 * DAY_MS, level: "minutes" },
  { table: "ingest_fault", period: "day", aheadMs: 4 * DAY_MS, level: "minutes" },
  { table: "log_signal", period: "day", aheadMs: 4 * DAY_MS, level: "minutes" },
  { table: "connection_sample", period: "day", aheadMs: 4 * DAY_MS, level: "minutes" },
  { table: "lease_sample", period: "day", aheadMs: 4 * DAY_MS, level: "minutes" },
  { table: "traffic_hour", period: "month", aheadMs: 45 * DAY_MS, level: "hours" },
  { table: "sealed_day", period: "month", aheadMs: 45 * DAY_MS, level: "hours" },
  { table: "prefix_hour", period: "month", aheadMs: 45 * DAY_MS, level: "hours" },
  { table: "collector_cost", period: "month", aheadMs: 45 * DAY_MS, level: "hours" },
  { table: "timeline_event", period: "month", aheadMs: 45 * DAY_MS, level: "hours" },
  { table: "hash_check", period: "month", aheadMs: 45 * DAY_MS, level: "hours" },
  { table: "spike", period: "month", aheadMs: 45 * DAY_MS, level: "hours" },
  { table: "prefix_day", period: "month", aheadMs: 45 * DAY_MS, level: "days" },
];

interface SealedInto {
  table: string;
  /** The hour a row is of. */
  column: string;
}

/** Frames whose hours are sealed elsewhere: they are not dropped before. */
const SEALED_INTO: Readonly<Record<string, SealedInto>> = {
  keyspace_frame: { table: "sealed_hour", column: "hour" },
  metric_frame: { table: "metric_hour", column: "at" },
};

/** Makes the partitions that rows from `sinceMs` (a day ago, unless given) until some days ahead will need. */
export async function ensurePartitions(db: Db, nowMs: number, sinceMs = nowMs - DAY_MS): Promise<void> {
  const since = new Date(sinceMs).toISOString();
  for (const { table, period, aheadMs } of PARTITIONED) {
    const until = new Date(nowMs + aheadMs).toISOString();
    await db.execute(sql`select ensure_partitions(${table}, ${period}, ${since}::timestamptz, ${until}::timestamptz)`);
  }
}

/**
 * Drops partitions whose newest row is past its retention; frames only once their hours are sealed. Answers how many
 * were dropped.
 */
export async function dropExpiredPartitions(db: Db, nowMs: number): Promise<number> {
  const retention = await readRetention(db);
  let dropped = 0;
  for (const { table, period, level } of PARTITIONED) {
    let beforeMs = nowMs - retention[level] * HOUR_MS;
    const sealed = SEALED_INTO[table];
    if (sealed) beforeMs = await notBeforeSealed(db, { table, sealed, beforeMs, nowMs });
    const before = new Date(beforeMs).toISOString();
    const rows = await db.execute<{ dropped: number }>(
      sql`select drop_partitions(${table}, ${period}, ${before}::timestamptz) as dropped`,
    );
    dropped += rows[0]?.dropped ?? 0;
  }
  return dropped;
}

/** `beforeMs`, or the first hour before it that has frames and is not sealed. */
async function notBeforeSealed(
  db: Db,
  { table, sealed, beforeMs, nowMs }: { table: string; sealed: SealedInto; beforeMs: number; nowMs: number },
): Promise<number> {
  const sealedAt = sql`sealed.${sql.identifier(sealed.column)}`;
  const [unsealed] = await db.execute<{ hour_ms: string | null }>(sql`
    select extract(epoch from min(series.hour)) * 1000 as hour_ms
    from cluster cross join lateral generate_series(
      ${new Date(nowMs - UNSEALED_LIFE_MS).toISOString()}::timestamptz, ${new Date(beforeMs).toISOString()}::timestamptz,
      interval '1 hour') as slice(at)
    cross join lateral (select date_trunc('hour', slice.at, 'UTC') as hour) as series
    where exists (select from ${sql.identifier(table)} as frame
        where frame.cluster_id = cluster.id and frame.at >= series.hour and frame.at < series.hour + interval '1 hour')
      and not exists (select from ${sql.identifier(sealed.table)} as sealed
        where sealed.cluster_id = cluster.id and ${sealedAt} = series.hour)`);
  return unsealed?.hour_ms ? Math.min(beforeMs, Number(unsealed.hour_ms)) : beforeMs;
}

/** Drops the keys of the hot-key dictionary that no kept minute names any more. */
export async function dropUnnamedHotKeys(db: Db): Promise<void> {
  await db.execute(sql`
    delete from hot_key where (cluster_id, key_id) not in (
      select cluster_id, unnest(key_ids) from hot_minute
    )`);
}
