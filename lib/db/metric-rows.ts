import { and, asc, eq, gte, inArray, lt, min } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { metricFrame, metricHour, metricSeries, metricTarget } from "@/lib/db/schema-metrics";
import type { MetricFrame } from "@/lib/model/metric-columns";
import { decodeMetricFrame } from "@/lib/model/metric-frame";
import { decodeMetricHour, type MetricHour } from "@/lib/model/metric-hour";
import type { MetricSource } from "@/lib/model/metrics";
import type { TimeRange } from "@/lib/model/time-range";

/** No frame spans more time between two readings: what is further apart is a gap. */
export const MAX_FRAME_SPAN_MS = 300_000;
const BATCH_ROWS = 500;

/** A series of the dictionary. */
export type MetricSeriesRow = Pick<typeof metricSeries.$inferSelect, "seriesId" | "name" | "labels" | "kind">;
/** Where metrics of a cluster are read, and how that goes. */
export type MetricTargetRow = typeof metricTarget.$inferSelect;

/** The targets of a source, oldest first. */
export async function listTargetRows(db: Db, clusterId: number, source: MetricSource): Promise<MetricTargetRow[]> {
  return db
    .select()
    .from(metricTarget)
    .where(and(eq(metricTarget.clusterId, clusterId), eq(metricTarget.source, source)))
    .orderBy(asc(metricTarget.targetId));
}

/** The series of some names, in the order of their ids. Served by `metric_series_by_name`. */
export async function listSeriesRows(
  db: Db,
  clusterId: number,
  { source, names }: { source: MetricSource; names: readonly string[] },
): Promise<MetricSeriesRow[]> {
  if (names.length === 0) return [];
  const { seriesId, name, labels, kind } = metricSeries;
  return db
    .select({ seriesId, name, labels, kind })
    .from(metricSeries)
    .where(
      and(
        eq(metricSeries.clusterId, clusterId),
        eq(metricSeries.source, source),
        inArray(metricSeries.name, [...names]),
      ),
    )
    .orderBy(asc(seriesId));
}

/** Frames with something to say of `range`, in the order of time, some hundred at once. Served by the primary key. */
export async function* eachFrame(
  db: Db,
  clusterId: number,
  { targetIds, range }: { targetIds: readonly number[]; range: TimeRange },
): AsyncGenerator<MetricFrame & { targetId: number }> {
  if (targetIds.length === 0) return;
  // The last frames reach out of the range and have begun in it.
  const untilMs = range.toMs + MAX_FRAME_SPAN_MS;
  let sinceMs = range.fromMs;
  for (;;) {
    const rows = await listFrameRows(db, clusterId, { targetIds, range: { fromMs: sinceMs, toMs: untilMs } });
    const page = rows.length < BATCH_ROWS ? rows : withoutLastInstant(rows);
    for (const row of page) {
      const [fromMs, atMs] = [row.fromAt?.getTime() ?? null, row.at.getTime()];
      if (atMs >= range.toMs && (fromMs ?? atMs) >= range.toMs) continue;
      yield { targetId: row.targetId, fromMs, atMs, cells: decodeMetricFrame(row.format, row.payload) };
    }
    if (rows.length < BATCH_ROWS) return;
    sinceMs = (rows.at(-1)?.at ?? new Date(untilMs)).getTime();
  }
}

function listFrameRows(
  db: Db,
  clusterId: number,
  { targetIds, range }: { targetIds: readonly number[]; range: TimeRange },
) {
  const { at, targetId, fromAt, format, payload } = metricFrame;
  const isInRange = and(gte(at, new Date(range.fromMs)), lt(at, new Date(range.toMs)));
  return db
    .select({ at, targetId, fromAt, format, payload })
    .from(metricFrame)
    .where(and(eq(metricFrame.clusterId, clusterId), isInRange, inArray(targetId, [...targetIds])))
    .orderBy(asc(at), asc(targetId))
    .limit(BATCH_ROWS);
}

/** Rows of one instant are read together, so that the next page can begin with it. */
function withoutLastInstant<Row extends { at: Date }>(rows: readonly Row[]): readonly Row[] {
  const last = rows.at(-1)?.at.getTime();
  const whole = rows.filter((row) => row.at.getTime() !== last);
  if (whole.length === 0) throw new Error(`more than ${BATCH_ROWS} readings at one instant`);
  return whole;
}

/** Which hours of which targets are sealed, of those that begin in `range`. */
export async function listSealedHours(
  db: Db,
  clusterId: number,
  range: TimeRange,
): Promise<{ atMs: number; targetId: number }[]> {
  const rows = await db
    .select({ at: metricHour.at, targetId: metricHour.targetId })
    .from(metricHour)
    .where(
      and(
        eq(metricHour.clusterId, clusterId),
        gte(metricHour.at, new Date(range.fromMs)),
        lt(metricHour.at, new Date(range.toMs)),
      ),
    )
    .orderBy(asc(metricHour.at), asc(metricHour.targetId));
  return rows.map(({ at, targetId }) => ({ atMs: at.getTime(), targetId }));
}

/** Sealed hours of one instant, the `wanted` series of each. */
export async function readSealedHour(
  db: Db,
  clusterId: number,
  { atMs, targetIds, wanted }: { atMs: number; targetIds: readonly number[]; wanted: ReadonlySet<number> },
): Promise<{ targetId: number; hour: MetricHour }[]> {
  const { at, targetId, format, payload } = metricHour;
  const rows = await db
    .select({ targetId, format, payload })
    .from(metricHour)
    .where(and(eq(metricHour.clusterId, clusterId), eq(at, new Date(atMs)), inArray(targetId, [...targetIds])))
    .orderBy(asc(targetId));
  return rows.map((row) => ({ targetId: row.targetId, hour: decodeMetricHour(row.format, row.payload, wanted) }));
}

/** When the oldest frame that is still kept was read; null when there is none. */
export async function findOldestFrame(db: Db, clusterId: number): Promise<number | null> {
  const [row] = await db
    .select({ at: min(metricFrame.at) })
    .from(metricFrame)
    .where(eq(metricFrame.clusterId, clusterId));
  return row?.at?.getTime() ?? null;
}
