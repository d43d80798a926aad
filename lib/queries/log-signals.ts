import { and, asc, eq, gte, lt } from "drizzle-orm";
import type { RangeParams } from "@/lib/api/common";
import type { LogSignalsAnswer } from "@/lib/api/traffic";
import type { Db } from "@/lib/db/client";
import { logSignal, trafficMinute } from "@/lib/db/schema-sources";
import { logSignalLabel } from "@/lib/model/log-signals";
import type { TimeRange } from "@/lib/model/time-range";
import { toQueryRange } from "@/lib/queries/query-range";

const MINUTE_MS = 60_000;
const MAX_POINTS = 60;

/** What etcd's log complained about in a range, by kind, most lines first. Exact over the lines that came. */
export async function listLogSignals(
  db: Db,
  clusterId: number,
  params: RangeParams,
  nowMs: number,
): Promise<LogSignalsAnswer> {
  const range = toWholeMinutes(toQueryRange(params, nowMs));
  const where = (table: typeof logSignal | typeof trafficMinute) =>
    and(eq(table.clusterId, clusterId), gte(table.at, new Date(range.fromMs)), lt(table.at, new Date(range.toMs)));
  const rows = await db.select().from(logSignal).where(where(logSignal)).orderBy(asc(logSignal.at));
  const heard = await db
    .select({ at: trafficMinute.at, observedMs: trafficMinute.observedMs })
    .from(trafficMinute)
    .where(and(where(trafficMinute), eq(trafficMinute.source, "etcd-log")));
  const points = toPoints(range, heard);
  const kinds = new Map<string, Line[]>();
  for (const row of rows) {
    const lines = kinds.get(row.kind);
    if (lines) lines.push(row);
    else kinds.set(row.kind, [row]);
  }
  return {
    items: [...kinds]
      .map(([kind, lines]) => toItem(kind, lines, points))
      .sort((a, b) => b.lines - a.lines || (a.kind < b.kind ? -1 : 1)),
    nextCursor: null,
    range: {
      from: new Date(range.fromMs).toISOString(),
      to: new Date(Math.min(range.toMs, Math.max(nowMs, range.fromMs + MINUTE_MS))).toISOString(),
      observedSeconds: heard.reduce((sum, { observedMs }) => sum + observedMs, 0) / 1_000,
    },
    origin: "exact",
  };
}

type Line = typeof logSignal.$inferSelect;

/** Lines per minute over the range: where a point begins, how long it is, and how much of it was heard. */
interface Points {
  fromMs: number;
  stepMs: number;
  observedMs: number[];
}

function toPoints({ fromMs, toMs }: TimeRange, heard: readonly { at: Date; observedMs: number }[]): Points {
  const minutes = Math.max(1, Math.ceil((toMs - fromMs) / MINUTE_MS));
  const stepMs = Math.ceil(minutes / MAX_POINTS) * MINUTE_MS;
  const observedMs = new Array<number>(Math.ceil((minutes * MINUTE_MS) / stepMs)).fill(0);
  for (const { at, observedMs: ms } of heard) {
    const point = Math.floor((at.getTime() - fromMs) / stepMs);
    observedMs[point] = (observedMs[point] ?? 0) + ms;
  }
  return { fromMs, stepMs, observedMs };
}

function toItem(kind: string, lines: readonly Line[], points: Points): LogSignalsAnswer["items"][number] {
  const timed = lines.filter(({ totalMicros }) => totalMicros !== null);
  const worst = timed.reduce<Line | null>((most, line) => worse(most, line), null);
  const timedLines = timed.reduce((sum, line) => sum + line.lines, 0);
  const totalMicros = timed.reduce((sum, line) => sum + (line.totalMicros ?? 0), 0);
  const last = lines.at(-1) as Line;
  const counts = points.observedMs.map(() => 0);
  for (const { at, lines: many } of lines) {
    const point = Math.floor((at.getTime() - points.fromMs) / points.stepMs);
    counts[point] = (counts[point] ?? 0) + many;
  }
  return {
    kind,
    label: logSignalLabel(kind),
    lines: lines.reduce((sum, line) => sum + line.lines, 0),
    worstMs: worst?.worstMicros == null ? null : worst.worstMicros / 1_000,
    meanMs: timedLines === 0 ? null : totalMicros / timedLines / 1_000,
    lastAt: last.at.toISOString(),
    example: (worst ?? last).example,
    perMinute: counts.map((count, point) => {
      const observedMs = points.observedMs[point] as number;
      // A line that came is a minute that was heard, whatever else is known of it.
      if (observedMs === 0) return count === 0 ? null : (count * MINUTE_MS) / points.stepMs;
      return (count * MINUTE_MS) / observedMs;
    }),
  };
}

function worse(most: Line | null, line: Line): Line {
  return most === null || (line.worstMicros ?? 0) > (most.worstMicros ?? 0) ? line : most;
}

function toWholeMinutes({ fromMs, toMs }: TimeRange): TimeRange {
  return { fromMs: Math.floor(fromMs / MINUTE_MS) * MINUTE_MS, toMs: Math.ceil(toMs / MINUTE_MS) * MINUTE_MS };
}
