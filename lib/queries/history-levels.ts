import { sql } from "drizzle-orm";
import type { Db } from "@/lib/db/client";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** The levels that history is kept at, the finest first. A level also answers for what only finer ones know yet. */
export const HISTORY_LEVELS = ["frames", "minutes", "hours", "days"] as const;
export type HistoryLevel = (typeof HISTORY_LEVELS)[number];

/** How long a stored row of a level is: a level that begins within it knows as much as one that begins at its start. */
const ROW_MS: Record<HistoryLevel, number> = { frames: 1, minutes: HOUR_MS, hours: DAY_MS, days: DAY_MS };

/** Since when each level knows of a cluster, and how fine it is. */
export interface Coverage {
  sinceMs: Record<HistoryLevel, number>;
  unitMs: Record<HistoryLevel, number>;
}

/** One statement; each part of it takes the first row of an index. */
export async function readCoverage(db: Db, clusterId: number): Promise<Coverage> {
  const [row] = await db.execute<Record<string, string | null>>(sql`
    select extract(epoch from (select min(at) from keyspace_frame where cluster_id = ${clusterId})) * 1000 as frames,
      extract(epoch from (select min(hour) from sealed_hour where cluster_id = ${clusterId})) * 1000 as minutes,
      extract(epoch from (select min(day) from sealed_day where cluster_id = ${clusterId})) * 1000 as hours,
      extract(epoch from (select min(day) from prefix_day where cluster_id = ${clusterId})) * 1000 as days,
      (select frame_seconds from cluster where id = ${clusterId}) * 1000 as frame_ms`);
  const sinceMs = {} as Coverage["sinceMs"];
  let earliest = Number.POSITIVE_INFINITY;
  for (const level of HISTORY_LEVELS) {
    const since = row?.[level];
    earliest = Math.min(earliest, since === null || since === undefined ? Number.POSITIVE_INFINITY : Number(since));
    sinceMs[level] = earliest;
  }
  const frameMs = Number(row?.frame_ms ?? 10_000);
  return { sinceMs, unitMs: { frames: frameMs, minutes: MINUTE_MS, hours: HOUR_MS, days: DAY_MS } };
}

/**
 * The level that answers for buckets of `stepMs` from `fromMs` on: the coarsest that is fine enough, or a coarser one
 * where that reaches farther back into the range.
 */
export function pickLevel({ sinceMs, unitMs }: Coverage, stepMs: number, fromMs: number): HistoryLevel {
  const fitting = HISTORY_LEVELS.filter((level) => level === "frames" || unitMs[level] <= stepMs);
  const finest = HISTORY_LEVELS.indexOf(fitting.at(-1) ?? "frames");
  const answering = HISTORY_LEVELS.slice(finest).find((level, i, levels) => {
    const coarser = levels.slice(i + 1);
    const reachesFarther = (other: HistoryLevel) => sinceMs[other] < floorTo(sinceMs[level], ROW_MS[other]);
    return sinceMs[level] <= fromMs || !coarser.some(reachesFarther);
  });
  return answering ?? "days";
}

function floorTo(ms: number, stepMs: number): number {
  return Number.isFinite(ms) ? Math.floor(ms / stepMs) * stepMs : ms;
}
