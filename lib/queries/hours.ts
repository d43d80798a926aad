import { and, desc, eq, gte, lt, sql } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { prefixHour } from "@/lib/db/schema";
import type { TimeRange } from "@/lib/model/time-range";
import type { Gauge } from "@/lib/queries/gauges";
import { SlotSums } from "@/lib/queries/slot-sums";
import type { FrameSums } from "@/lib/queries/sum-frames";

export const HOUR_MS = 3_600_000;
const ROOT_SLOT = 0;
/** How far back the last change of a quiet prefix is looked for; beyond, its size at the time is unknown. */
const LOOK_BACK_MS = 7 * 24 * HOUR_MS;

/** What happened under each of `slots` in the hours that begin in `range`. */
export async function sumHours(
  db: Db,
  clusterId: number,
  range: TimeRange,
  slots: ReadonlySet<number>,
): Promise<FrameSums> {
  const rows = await db
    .select({
      slot: prefixHour.slot,
      observedMs: sql`sum(${prefixHour.observedMs})`.mapWith(Number),
      puts: sql`sum(${prefixHour.puts})`.mapWith(Number),
      creates: sql`sum(${prefixHour.creates})`.mapWith(Number),
      deletes: sql`sum(${prefixHour.deletes})`.mapWith(Number),
      writtenBytes: sql`sum(${prefixHour.writtenBytes})`.mapWith(Number),
    })
    .from(prefixHour)
    .where(and(inHours(clusterId, range), isOneOf([ROOT_SLOT, ...slots])))
    .groupBy(prefixHour.slot);
  const sums = new SlotSums();
  for (const { slot, observedMs: _, ...counts } of rows) sums.add(slot, counts);
  // Every written hour has a row of the root, and only of what was written to besides: the root's says who watched.
  return { sums, observedMs: rows.find(({ slot }) => slot === ROOT_SLOT)?.observedMs ?? 0 };
}

/** One prefix in one hour. */
export interface HourRow extends Gauge {
  hourMs: number;
  slot: number;
  observedMs: number;
  puts: number;
  creates: number;
  deletes: number;
  writtenBytes: number;
}

/** The hours of a few slots, oldest first. One index lookup for each hour and slot. */
export async function listHours(
  db: Db,
  clusterId: number,
  range: TimeRange,
  slots: readonly number[],
): Promise<HourRow[]> {
  const rows = await db.execute<Record<string, string>>(sql`
    select extract(epoch from row.hour) * 1000 as hour_ms, row.slot, row.observed_ms, row.keys, row.key_bytes,
      row.value_bytes, row.puts, row.creates, row.deletes, row.written_bytes
    from generate_series(${new Date(range.fromMs).toISOString()}::timestamptz,
      ${new Date(range.toMs - 1).toISOString()}::timestamptz, interval '1 hour') as wanted_hour
    cross join unnest(${toArray(slots)}::int[]) as wanted
    join prefix_hour as row on row.cluster_id = ${clusterId} and row.hour = wanted_hour and row.slot = wanted
    order by row.hour, row.slot`);
  return rows.map((row) => ({
    hourMs: Number(row.hour_ms),
    slot: Number(row.slot),
    observedMs: Number(row.observed_ms),
    keys: Number(row.keys),
    keyBytes: Number(row.key_bytes),
    valueBytes: Number(row.value_bytes),
    puts: Number(row.puts),
    creates: Number(row.creates),
    deletes: Number(row.deletes),
    writtenBytes: Number(row.written_bytes),
  }));
}

/**
 * What each of `slots` held when the hour at `hourMs` began. Null when nobody watched the hour before. A slot that is
 * not in the map had not been written to for a week, or is younger.
 */
export async function readGaugesAtHour(
  db: Db,
  clusterId: number,
  hourMs: number,
  slots: ReadonlySet<number>,
): Promise<Map<number, Gauge> | null> {
  const [watched] = await db
    .select({ hour: prefixHour.hour })
    .from(prefixHour)
    .where(and(inHours(clusterId, { fromMs: hourMs - HOUR_MS, toMs: hourMs }), eq(prefixHour.slot, ROOT_SLOT)));
  if (!watched) return null;
  const rows = await db
    .selectDistinctOn([prefixHour.slot], {
      slot: prefixHour.slot,
      keys: prefixHour.keys,
      keyBytes: prefixHour.keyBytes,
      valueBytes: prefixHour.valueBytes,
    })
    .from(prefixHour)
    .where(and(inHours(clusterId, { fromMs: hourMs - LOOK_BACK_MS, toMs: hourMs }), isOneOf([...slots])))
    .orderBy(prefixHour.slot, desc(prefixHour.hour));
  return new Map(rows.map(({ slot, ...gauge }) => [slot, gauge]));
}

/** The start of the hour an instant lies in. */
export function floorToHour(ms: number): number {
  return Math.floor(ms / HOUR_MS) * HOUR_MS;
}

/** The first full hour at or after an instant. */
export function ceilToHour(ms: number): number {
  return Math.ceil(ms / HOUR_MS) * HOUR_MS;
}

function inHours(clusterId: number, { fromMs, toMs }: TimeRange) {
  const { hour } = prefixHour;
  return and(eq(prefixHour.clusterId, clusterId), gte(hour, new Date(fromMs)), lt(hour, new Date(toMs)));
}

function isOneOf(slots: readonly number[]) {
  return sql`${prefixHour.slot} = any(${toArray(slots)}::int[])`;
}

/** A Postgres array literal: one parameter, however many slots. */
function toArray(slots: readonly number[]): string {
  return `{${slots.join(",")}}`;
}
