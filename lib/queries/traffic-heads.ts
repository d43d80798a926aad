import { and, eq, gte, lt, type SQL, sql } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { trafficHour, trafficMinute } from "@/lib/db/schema-sources";
import type { TimeRange } from "@/lib/model/time-range";

/** Traffic that is told event by event. */
export type CellSource = "audit" | "etcd-log";

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;

/** What stored rows say of themselves without being unpacked, all rows of one stretch together. */
export interface TrafficHead {
  fromMs: number;
  observedMs: number;
  events: number;
  foldedCells: number;
  /** Another one means that a row was replaced. */
  version: string;
}

/** The minutes of a range, added up by stretches of `stepMs`, in the order of time. */
export async function listMinuteHeads(
  db: Db,
  clusterId: number,
  { source, range, stepMs }: { source: CellSource; range: TimeRange; stepMs: number },
): Promise<TrafficHead[]> {
  const { at } = trafficMinute;
  const from = sql`floor(extract(epoch from ${at}) * 1000 / ${stepMs}::float8) * ${stepMs}::float8`;
  const rows = await db
    .select({
      fromMs: from.mapWith(Number),
      observedMs: sql`sum(${trafficMinute.observedMs})`.mapWith(Number),
      events: sql`sum(${trafficMinute.events})`.mapWith(Number),
      foldedCells: sql`sum(${trafficMinute.foldedCells})`.mapWith(Number),
      version: sql<string>`md5(string_agg(extract(epoch from ${at}) || ' ' || traffic_minute.xmin::text, ',' order by ${at}))`,
    })
    .from(trafficMinute)
    .where(inRows(trafficMinute, clusterId, source, range))
    .groupBy(sql`1`)
    .orderBy(sql`1`);
  return rows;
}

/** The sealed hours that begin in a range, in the order of time. */
export async function listHourHeads(
  db: Db,
  clusterId: number,
  { source, range }: { source: CellSource; range: TimeRange },
): Promise<TrafficHead[]> {
  const rows = await db
    .select({
      at: trafficHour.at,
      observedMs: trafficHour.observedMs,
      events: trafficHour.events,
      foldedCells: trafficHour.foldedCells,
      version: sql<string>`traffic_hour.xmin::text`,
    })
    .from(trafficHour)
    .where(inRows(trafficHour, clusterId, source, range))
    .orderBy(trafficHour.at);
  return rows.map(({ at, ...head }) => ({ fromMs: at.getTime(), ...head }));
}

/** The oldest minute that is kept; null: none is. */
export async function findOldestMinute(db: Db, clusterId: number, source: CellSource): Promise<number | null> {
  const [row] = await db
    .select({ at: trafficMinute.at })
    .from(trafficMinute)
    .where(and(eq(trafficMinute.clusterId, clusterId), eq(trafficMinute.source, source)))
    .orderBy(trafficMinute.at)
    .limit(1);
  return row?.at.getTime() ?? null;
}

/** Condition: rows of a source that begin in `range`. Served by the primary keys. */
export function inRows(
  table: typeof trafficMinute | typeof trafficHour,
  clusterId: number,
  source: CellSource,
  { fromMs, toMs }: TimeRange,
): SQL | undefined {
  return and(
    eq(table.clusterId, clusterId),
    gte(table.at, new Date(fromMs)),
    lt(table.at, new Date(toMs)),
    eq(table.source, source),
  );
}
