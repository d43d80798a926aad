import { sql } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { hotMinute } from "@/lib/db/schema";
import type { TimeRange } from "@/lib/model/time-range";

/** Hot minutes are many: of a longer range single keys are not looked at. */
const LONGEST_MS = 6 * 3_600_000;
const MINUTE_MS = 60_000;
/** One write a second for ten minutes: fewer are no hot loop. */
const LEAST_WRITES = 600;
const MOST_KEYS = 20;

/** A key that was written very often, and its writes minute by minute where it was among the hottest. */
export interface PatternKey {
  key: Buffer;
  minutes: { atMs: number; writes: number }[];
}

/** The keys that may be in a hot loop. Served by the primary key of `hot_minute`. */
export async function listPatternKeys(db: Db, clusterId: number, range: TimeRange): Promise<PatternKey[]> {
  if (range.toMs - range.fromMs > LONGEST_MS) return [];
  const from = new Date(Math.ceil(range.fromMs / MINUTE_MS) * MINUTE_MS).toISOString();
  const to = new Date(range.toMs).toISOString();
  const rows = await db.execute<{
    key_id: number;
    key: Buffer;
    minute: Date | string;
    writes: string;
    bytes: string;
  }>(sql`
    with listed as materialized (
      select hot_minute.minute, each.key_id, each.writes
      from ${hotMinute}
      cross join lateral unnest(hot_minute.key_ids, hot_minute.writes) as each(key_id, writes)
      where hot_minute.cluster_id = ${clusterId}
        and hot_minute.minute >= ${from}::timestamptz and hot_minute.minute < ${to}::timestamptz
    ), hottest as (
      select key_id, sum(writes) as writes from listed
      group by key_id having sum(writes) >= ${LEAST_WRITES} order by 2 desc, 1 limit ${MOST_KEYS}
    )
    select listed.key_id, hot_key.key, listed.minute, listed.writes
    from hottest join listed using (key_id)
    join hot_key on hot_key.cluster_id = ${clusterId} and hot_key.key_id = listed.key_id
    order by hottest.writes desc, listed.key_id, listed.minute`);
  const keys = new Map<number, PatternKey>();
  for (const row of rows) {
    const known = keys.get(row.key_id) ?? { key: row.key, minutes: [] };
    keys.set(row.key_id, known);
    const atMs = new Date(row.minute).getTime();
    known.minutes.push({ atMs, writes: Number(row.writes) });
  }
  return [...keys.values()];
}
