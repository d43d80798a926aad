import { setImmediate as nextTurn } from "node:timers/promises";
import { sql } from "drizzle-orm";
import type { CellDictionary, CellSource } from "@/collectors/traffic/cell-dictionary";
import { HOUR_CELLS, HOUR_MS, MINUTE_MS, OLDEST_EVENT_MS } from "@/collectors/traffic/limits";
import { mergeCells } from "@/collectors/traffic/merge-cells";
import type { TrafficStore, Turn } from "@/collectors/traffic/traffic-store";
import type { Db } from "@/lib/db/client";
import { trafficHour } from "@/lib/db/schema-sources";
import { log } from "@/lib/log";
import type { TrafficFigures } from "@/lib/model/traffic";
import { addFigures } from "@/lib/model/traffic-cells";
import { decodeTrafficFrame, encodeTrafficFrame, TRAFFIC_FORMAT } from "@/lib/model/traffic-frame";

/** The last minute of an hour is written some time after the hour's end. */
const GRACE_MS = 2 * MINUTE_MS;
/** So far back hours are always looked at; further back where a minute has been written since. */
const LOOK_BACK_MS = 3 * HOUR_MS;

/** Seals the hours of traffic that are over and not sealed, or have got more minutes since. What fails holds up nothing. */
export async function sealTrafficHours(store: TrafficStore, nowMs: number): Promise<void> {
  const sinceMs = Math.max(nowMs - OLDEST_EVENT_MS - HOUR_MS, store.takeOldestUnsealedMs());
  const due = await listDueHours(store.db, { sinceMs, nowMs }).catch((error) => {
    store.noteUnsealed(sinceMs);
    throw error;
  });
  for (const { clusterId, source, hourMs } of due) {
    try {
      await store.turn(clusterId, (turn) => sealHour(store, turn, { source, hourMs }));
    } catch (error) {
      store.noteUnsealed(hourMs);
      const hour = new Date(hourMs).toISOString();
      log.warn({ clusterId, source, hour, error: String(error) }, "traffic could not be sealed, will be tried again");
    }
    await nextTurn();
  }
}

interface DueHour {
  clusterId: number;
  source: CellSource;
  hourMs: number;
}

/** Fewer minutes than were sealed are no reason to seal again: their partition may have been dropped. */
async function listDueHours(db: Db, { sinceMs, nowMs }: { sinceMs: number; nowMs: number }): Promise<DueHour[]> {
  const since = new Date(toHour(Math.min(sinceMs, nowMs - LOOK_BACK_MS))).toISOString();
  const until = new Date(toHour(nowMs - GRACE_MS)).toISOString();
  const rows = await db.execute<{ cluster_id: string; source: CellSource; hour_ms: string }>(sql`
    with minutes as (
      select cluster_id, source, date_trunc('hour', at, 'UTC') as hour, sum(events) as events, sum(observed_ms) as observed_ms
      from traffic_minute where at >= ${since}::timestamptz and at < ${until}::timestamptz group by 1, 2, 3)
    select minutes.cluster_id, minutes.source, extract(epoch from minutes.hour) * 1000 as hour_ms from minutes
    left join traffic_hour as sealed on sealed.cluster_id = minutes.cluster_id and sealed.source = minutes.source
      and sealed.at = minutes.hour and sealed.at >= ${since}::timestamptz
    where sealed.at is null or (minutes.events, minutes.observed_ms) <> (sealed.events, sealed.observed_ms)
      and minutes.events >= sealed.events and minutes.observed_ms >= sealed.observed_ms
    order by minutes.hour, minutes.cluster_id`);
  return rows.map((row) => ({ clusterId: Number(row.cluster_id), source: row.source, hourMs: Number(row.hour_ms) }));
}

async function sealHour(
  store: TrafficStore,
  turn: Turn,
  { source, hourMs }: Omit<DueHour, "clusterId">,
): Promise<void> {
  store.requirePartitions(hourMs);
  const hour = { observedMs: 0, events: 0, foldedCells: 0, cells: new Map<number, TrafficFigures>() };
  for (let minuteMs = hourMs; minuteMs < hourMs + HOUR_MS; minuteMs += MINUTE_MS) {
    const minute = await readMinute(turn, source, minuteMs);
    if (minute === null) continue;
    hour.observedMs += minute.observedMs;
    hour.events += minute.events;
    hour.foldedCells += minute.foldedCells;
    addCells(hour.cells, minute.cells);
    if (hour.cells.size > 2 * HOUR_CELLS)
      hour.foldedCells += await fold(turn.dictionary, hour.cells, { source, hourMs });
    await nextTurn();
  }
  hour.foldedCells += await fold(turn.dictionary, hour.cells, { source, hourMs });
  const { clusterId, tx } = turn;
  const { observedMs, events, foldedCells } = hour;
  const payload = encodeTrafficFrame(hour.cells);
  const row = { observedMs, events, foldedCells, format: TRAFFIC_FORMAT, payload };
  await tx
    .insert(trafficHour)
    .values({ clusterId, at: new Date(hourMs), source, ...row })
    .onConflictDoUpdate({ target: [trafficHour.clusterId, trafficHour.at, trafficHour.source], set: row });
}

interface StoredMinute {
  observedMs: number;
  events: number;
  foldedCells: number;
  cells: Map<number, TrafficFigures>;
}

async function readMinute({ tx, clusterId }: Turn, source: CellSource, minuteMs: number): Promise<StoredMinute | null> {
  const [row] = await tx.execute<{
    observed_ms: number;
    events: string;
    folded_cells: number;
    format: number;
    payload: Buffer;
  }>(sql`
    select observed_ms, events, folded_cells, format, payload from traffic_minute
    where cluster_id = ${clusterId} and source = ${source} and at = ${new Date(minuteMs).toISOString()}::timestamptz`);
  if (row === undefined) return null;
  const { observed_ms: observedMs, events, folded_cells: foldedCells, format, payload } = row;
  const minute = { observedMs, events: Number(events), foldedCells };
  try {
    return { ...minute, cells: decodeTrafficFrame(format, payload) };
  } catch (error) {
    log.error({ clusterId, source, at: minuteMs, error: String(error) }, "a minute is damaged, its hour lacks it");
    return { ...minute, cells: new Map() };
  }
}

function addCells(into: Map<number, TrafficFigures>, cells: ReadonlyMap<number, TrafficFigures>): void {
  for (const [cellId, figures] of cells) {
    const there = into.get(cellId);
    if (there === undefined) into.set(cellId, figures);
    else addFigures(there, figures);
  }
}

/** Folds what an hour has no room for, in place; answers how many cells. */
async function fold(
  dictionary: CellDictionary,
  cells: Map<number, TrafficFigures>,
  { source, hourMs }: { source: CellSource; hourMs: number },
): Promise<number> {
  if (cells.size <= HOUR_CELLS) return 0;
  const merge = { source, atMs: hourMs, limit: HOUR_CELLS, before: cells, added: new Map() };
  return (await mergeCells(dictionary, merge)).foldedCells;
}

function toHour(atMs: number): number {
  return Math.floor(atMs / HOUR_MS) * HOUR_MS;
}
