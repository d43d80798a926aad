import { sql } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { hotMinute } from "@/lib/db/schema";
import type { TimeRange } from "@/lib/model/time-range";

const MINUTE_MS = 60_000;

/** A key among the most written ones of some minutes. */
export interface HotKeyCount {
  key: Buffer;
  /** Writes in the minutes that list the key. */
  writes: number;
  /** The most it can have had: other minutes say only how much an unlisted key had at most. */
  writesAtMost: number;
  writtenBytes: number;
}

/** The most written keys under a byte prefix, and the minutes in fact covered: none is split. */
export interface HotKeyCounts {
  range: TimeRange;
  observedSeconds: number;
  keys: HotKeyCount[];
}

/** The keys most often listed as hot in `range`, most writes first. Served by the primary key of `hot_minute`. */
export async function listHotKeys(
  db: Db,
  clusterId: number,
  { range, prefix, limit }: { range: TimeRange; prefix: Buffer; limit: number },
): Promise<HotKeyCounts> {
  const minutes = { fromMs: Math.floor(range.fromMs / MINUTE_MS) * MINUTE_MS, toMs: range.toMs };
  const from = new Date(minutes.fromMs).toISOString();
  const to = new Date(minutes.toMs).toISOString();
  const inRange = sql`${hotMinute.clusterId} = ${clusterId} and ${hotMinute.minute} >= ${from}::timestamptz
    and ${hotMinute.minute} < ${to}::timestamptz`;
  const [total] = await db
    .select({
      observedMs: sql`coalesce(sum(${hotMinute.observedMs}), 0)`.mapWith(Number),
      unlistedWrites: sql`coalesce(sum(${hotMinute.unlistedWrites}), 0)`.mapWith(Number),
    })
    .from(hotMinute)
    .where(inRange);
  const rows = await db.execute<{ key: Buffer; writes: string; written_bytes: string; unlisted_writes: string }>(sql`
    with counted as (
      select listed.key_id, sum(listed.writes) as writes, sum(listed.written_bytes) as written_bytes,
        sum(hot_minute.unlisted_writes) as unlisted_writes
      from hot_minute
      cross join lateral unnest(hot_minute.key_ids, hot_minute.writes, hot_minute.written_bytes)
        as listed(key_id, writes, written_bytes)
      where ${inRange}
      group by listed.key_id
    )
    select hot_key.key, counted.writes, counted.written_bytes, counted.unlisted_writes
    from counted join hot_key on hot_key.cluster_id = ${clusterId} and hot_key.key_id = counted.key_id
    where substring(hot_key.key from 1 for ${prefix.length}::int) = ${prefix}::bytea
    order by counted.writes desc, hot_key.key limit ${limit}`);
  const unlistedWrites = total?.unlistedWrites ?? 0;
  return {
    range: minutes,
    observedSeconds: (total?.observedMs ?? 0) / 1_000,
    keys: rows.map((row) => ({
      key: row.key,
      writes: Number(row.writes),
      writesAtMost: Number(row.writes) + unlistedWrites - Number(row.unlisted_writes),
      writtenBytes: Number(row.written_bytes),
    })),
  };
}
