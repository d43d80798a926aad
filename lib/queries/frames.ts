import { and, eq, gte, lt, sql } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { keyspaceFrame } from "@/lib/db/schema";
import { decodeFrame, emptyFrameCells, FRAME_MEASURES, type FrameCells, type FrameMeasure } from "@/lib/model/frame";
import type { TimeRange } from "@/lib/model/time-range";

const HOUR_MS = 3_600_000;

/** One frame, its cells unpacked. */
export interface Frame {
  atMs: number;
  observedMs: number;
  /** Lists every slot that holds keys: a slot it does not list holds nothing. */
  isFull: boolean;
  cells: FrameCells;
}

/** The frames whose slices begin in `range`, oldest first, an hour at a time so that a day does not fill the memory. */
export async function* readFrames(db: Db, clusterId: number, range: TimeRange): AsyncGenerator<Frame> {
  for (const part of hoursOf(range)) {
    const rows = await db
      .select({
        at: keyspaceFrame.at,
        observedMs: keyspaceFrame.observedMs,
        isFull: keyspaceFrame.isFull,
        format: keyspaceFrame.format,
        payload: keyspaceFrame.payload,
      })
      .from(keyspaceFrame)
      .where(inFrames(clusterId, part))
      .orderBy(keyspaceFrame.at);
    for (const { at, observedMs, isFull, format, payload } of rows) {
      yield { atMs: at.getTime(), observedMs, isFull, cells: decodeFrame(format, payload) };
    }
  }
}

/** The same with the totals of the whole keyspace alone (slot 0), which need no unpacking. */
export async function* readRootFrames(db: Db, clusterId: number, range: TimeRange): AsyncGenerator<Frame> {
  const columns = { at: keyspaceFrame.at, observedMs: keyspaceFrame.observedMs };
  const measures = Object.fromEntries(FRAME_MEASURES.map((measure) => [measure, keyspaceFrame[measure]])) as {
    [Measure in FrameMeasure]: (typeof keyspaceFrame)[Measure];
  };
  const rows = await db
    .select({ ...columns, ...measures })
    .from(keyspaceFrame)
    .where(inFrames(clusterId, range))
    .orderBy(keyspaceFrame.at);
  for (const row of rows) {
    const cells = emptyFrameCells(1);
    for (const measure of FRAME_MEASURES) cells[measure][0] = row[measure];
    yield { atMs: row.at.getTime(), observedMs: row.observedMs, isFull: true, cells };
  }
}

/** The first full frame whose slice begins in `range`, or null. */
export async function readFirstFullFrame(db: Db, clusterId: number, range: TimeRange): Promise<Frame | null> {
  const [row] = await db
    .select({ at: keyspaceFrame.at })
    .from(keyspaceFrame)
    .where(and(inFrames(clusterId, range), eq(keyspaceFrame.isFull, true)))
    .orderBy(keyspaceFrame.at)
    .limit(1);
  if (!row) return null;
  const fromMs = row.at.getTime();
  for await (const frame of readFrames(db, clusterId, { fromMs, toMs: fromMs + 1 })) return frame;
  return null;
}

/** The start of the newest full frame before `beforeMs`: from there on every slot's figures are known. */
export async function findFullFrameBefore(db: Db, clusterId: number, beforeMs: number): Promise<number | null> {
  const [row] = await db
    .select({ at: keyspaceFrame.at })
    .from(keyspaceFrame)
    .where(
      and(
        eq(keyspaceFrame.clusterId, clusterId),
        lt(keyspaceFrame.at, new Date(beforeMs)),
        eq(keyspaceFrame.isFull, true),
      ),
    )
    .orderBy(sql`${keyspaceFrame.at} desc`)
    .limit(1);
  return row?.at.getTime() ?? null;
}

/** How many frames each hour of `range` has and how long they watched; hours without frames are left out. */
export async function listFrameHours(db: Db, clusterId: number, range: TimeRange) {
  const hour = sql<number>`floor(extract(epoch from ${keyspaceFrame.at}) / 3600)`;
  const rows = await db
    .select({
      hour: hour.mapWith(Number),
      frames: sql`count(*)`.mapWith(Number),
      observedMs: sql`sum(${keyspaceFrame.observedMs})`.mapWith(Number),
    })
    .from(keyspaceFrame)
    .where(inFrames(clusterId, range))
    .groupBy(sql`1`)
    .orderBy(sql`1`);
  return rows.map(({ hour, frames, observedMs }) => ({ hourMs: hour * HOUR_MS, frames, observedMs }));
}

/** Condition: frames of the cluster whose slices begin in `range`. */
export function inFrames(clusterId: number, { fromMs, toMs }: TimeRange) {
  const { at } = keyspaceFrame;
  return and(eq(keyspaceFrame.clusterId, clusterId), gte(at, new Date(fromMs)), lt(at, new Date(toMs)));
}

function* hoursOf({ fromMs, toMs }: TimeRange): Generator<TimeRange> {
  for (let at = fromMs; at < toMs; ) {
    const end = Math.min(toMs, Math.floor(at / HOUR_MS) * HOUR_MS + HOUR_MS);
    yield { fromMs: at, toMs: end };
    at = end;
  }
}
