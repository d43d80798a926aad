import { and, asc, eq, getTableColumns, gte, lt } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { prefixDay, prefixHour } from "@/lib/db/schema";
import { emptyFrameCells, FRAME_MEASURES } from "@/lib/model/frame";
import type { Frame } from "@/lib/model/frame-stretch";
import type { TimeRange } from "@/lib/model/time-range";

const ROOT_SLOT = 0;
/** So many prefixes have a row a day, the heaviest first: days are kept for years. */
export const MAX_DAY_ROWS = 10_000;

/** The hourly roll-ups of a range, each hour as a frame: they list what changed in the hour. */
export async function listHourRollUps(db: Db, clusterId: number, range: TimeRange): Promise<Frame[]> {
  const { clusterId: _, hour, ...columns } = getTableColumns(prefixHour);
  const rows = await db
    .select({ at: hour, ...columns })
    .from(prefixHour)
    .where(and(eq(prefixHour.clusterId, clusterId), gte(hour, new Date(range.fromMs)), lt(hour, new Date(range.toMs))))
    .orderBy(asc(hour), asc(prefixHour.slot));
  return toFrames(rows, false);
}

/** The hours of a range that have a roll-up: their starts, ascending. */
export async function listRolledUpHours(db: Db, clusterId: number, range: TimeRange): Promise<number[]> {
  const { hour, slot } = prefixHour;
  const inRange = and(gte(hour, new Date(range.fromMs)), lt(hour, new Date(range.toMs)));
  const rows = await db
    .select({ hour })
    .from(prefixHour)
    .where(and(eq(prefixHour.clusterId, clusterId), inRange, eq(slot, ROOT_SLOT)))
    .orderBy(asc(hour));
  return rows.map((row) => row.hour.getTime());
}

/** The daily roll-ups of a range, each day as a frame: of what a day had no room for, nothing is known. */
export async function listDayRollUps(db: Db, clusterId: number, range: TimeRange): Promise<Frame[]> {
  const { clusterId: _, day, ...columns } = getTableColumns(prefixDay);
  const rows = await db
    .select({ at: day, ...columns })
    .from(prefixDay)
    .where(and(eq(prefixDay.clusterId, clusterId), gte(day, new Date(range.fromMs)), lt(day, new Date(range.toMs))))
    .orderBy(asc(day), asc(prefixDay.slot));
  return toFrames(rows, true).map((frame) => ({ ...frame, isCut: frame.cells.length >= MAX_DAY_ROWS }));
}

type RollUpRow = Omit<typeof prefixHour.$inferSelect, "clusterId" | "hour"> & { at: Date };

/** Rows of the same instant, in the order of their slots, make a frame. */
function toFrames(rows: readonly RollUpRow[], isFull: boolean): Frame[] {
  const frames: Frame[] = [];
  for (let start = 0; start < rows.length; ) {
    const atMs = (rows[start] as RollUpRow).at.getTime();
    let end = start + 1;
    while (rows[end]?.at.getTime() === atMs) end++;
    frames.push(toFrame(rows.slice(start, end), atMs, isFull));
    start = end;
  }
  return frames;
}

function toFrame(rows: readonly RollUpRow[], atMs: number, isFull: boolean): Frame {
  const cells = emptyFrameCells(rows.length);
  for (const [i, row] of rows.entries()) {
    cells.slots[i] = row.slot;
    for (const measure of FRAME_MEASURES) cells[measure][i] = row[measure] ?? 0;
  }
  // Only the whole keyspace surely has a row, and only its own tells how long the time was watched.
  const { observedMs = 0, revision = 0, historyBytes = null } = rows.find(({ slot }) => slot === ROOT_SLOT) ?? {};
  return { atMs, observedMs, revision, isFull, hasHistory: historyBytes !== null, cells };
}
