import { and, desc, eq, gte, lt, sql } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { listVersions, parseVersions } from "@/lib/db/row-versions";
import { keyspaceFrame } from "@/lib/db/schema";
import { decodeFrame } from "@/lib/model/frame";
import { type Frame, FrameStretch } from "@/lib/model/frame-stretch";
import type { TimeRange } from "@/lib/model/time-range";

const HOUR_MS = 3_600_000;

/** A frame as it was stored; another version means it was replaced. */
export type FrameRow = Frame & { version: string };

const version = sql<string>`xmin::text`;

/** When the frames of a range begin, and the version of each row. */
export async function listFrameVersions(db: Db, clusterId: number, range: TimeRange) {
  const [row] = await db
    .select({ versions: listVersions(keyspaceFrame.at) })
    .from(keyspaceFrame)
    .where(inFrames(clusterId, range));
  return parseVersions(row?.versions);
}

/** The frames whose slices begin in `range`, oldest first. Served by the primary key. */
export async function listFrames(db: Db, clusterId: number, range: TimeRange): Promise<FrameRow[]> {
  const rows = await db
    .select({
      version,
      at: keyspaceFrame.at,
      observedMs: keyspaceFrame.observedMs,
      revision: keyspaceFrame.revision,
      historyBytes: keyspaceFrame.historyBytes,
      isFull: keyspaceFrame.isFull,
      format: keyspaceFrame.format,
      payload: keyspaceFrame.payload,
    })
    .from(keyspaceFrame)
    .where(inFrames(clusterId, range))
    .orderBy(keyspaceFrame.at);
  return rows.map(({ at, historyBytes, format, payload, ...row }) => ({
    ...row,
    atMs: at.getTime(),
    hasHistory: historyBytes !== null,
    cells: decodeFrame(format, payload),
  }));
}

/** The start of the newest full frame before `beforeMs`: from there on every slot's figures are known. */
export async function findFullFrameBefore(db: Db, clusterId: number, beforeMs: number): Promise<number | null> {
  const { at, isFull } = keyspaceFrame;
  const [row] = await db
    .select({ at })
    .from(keyspaceFrame)
    .where(and(eq(keyspaceFrame.clusterId, clusterId), lt(at, new Date(beforeMs)), eq(isFull, true)))
    .orderBy(desc(at))
    .limit(1);
  return row?.at.getTime() ?? null;
}

/** The longest time that a frame of the range was watched, which is at most its length; 0 without frames. */
export async function findLongestFrame(db: Db, clusterId: number, range: TimeRange): Promise<number> {
  const [longest] = await db
    .select({ ms: sql`coalesce(max(${keyspaceFrame.observedMs}), 0)`.mapWith(Number) })
    .from(keyspaceFrame)
    .where(inFrames(clusterId, range));
  return longest?.ms ?? 0;
}

/** Condition: frames of the cluster whose slices begin in `range`. */
export function inFrames(clusterId: number, { fromMs, toMs }: TimeRange) {
  const { at } = keyspaceFrame;
  return and(eq(keyspaceFrame.clusterId, clusterId), gte(at, new Date(fromMs)), lt(at, new Date(toMs)));
}

/**
 * The frames of a range as a stretch, with what every slot held before it; null when none begins in it. Columns are
 * `columnMs` long, and no frame may be longer.
 */
export async function readFrameStretch(
  db: Db,
  clusterId: number,
  { range, columnMs }: { range: TimeRange; columnMs: number },
): Promise<FrameStretch | null> {
  const fullMs = await findFullFrameBefore(db, clusterId, range.fromMs + 1);
  const frames = await listFrames(db, clusterId, { fromMs: fullMs ?? range.fromMs, toMs: range.toMs });
  if (!frames.some(({ atMs }) => atMs >= range.fromMs)) return null;
  return new FrameStretch(frames, range.fromMs, columnMs, Math.ceil((range.toMs - range.fromMs) / columnMs));
}

/** The hours of `range` that have frames: their starts, ascending. */
export async function listFrameHours(db: Db, clusterId: number, { fromMs, toMs }: TimeRange): Promise<number[]> {
  const rows = await db.execute<{ hour_ms: string }>(sql`
    select extract(epoch from hour) * 1000 as hour_ms
    from generate_series(${new Date(floorToHour(fromMs)).toISOString()}::timestamptz,
      ${new Date(toMs - 1).toISOString()}::timestamptz, interval '1 hour') as hour
    where exists (select from keyspace_frame where cluster_id = ${clusterId} and at >= hour and at < hour + interval '1 hour')
    order by hour`);
  return rows.map((row) => Number(row.hour_ms));
}

function floorToHour(ms: number): number {
  return Math.floor(ms / HOUR_MS) * HOUR_MS;
}
