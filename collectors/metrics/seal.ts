import { sql } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { eachFrame } from "@/lib/db/metric-rows";
import { ensurePartitions } from "@/lib/db/partitions";
import { metricHour, metricSeries } from "@/lib/db/schema-metrics";
import { log } from "@/lib/log";
import { MetricColumns } from "@/lib/model/metric-columns";
import { encodeMetricHour, HOUR_COLUMNS, HOUR_STEP_MS, METRIC_HOUR_FORMAT } from "@/lib/model/metric-hour";
import type { MetricKind } from "@/lib/model/metrics";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** The last reading that reaches into an hour comes up to five minutes after it (`MAX_FRAME_SPAN_MS`). */
const GRACE_MS = 6 * 60_000;

interface DueHour {
  clusterId: number;
  targetId: number;
  hourMs: number;
}

/** Seals the hours that are over and not sealed yet, of every target. What fails does not hold up the rest. */
export async function sealMetricsDue(db: Db, nowMs: number): Promise<void> {
  for (const due of await listDue(db, nowMs)) {
    try {
      await sealHour(db, due, nowMs);
    } catch (error) {
      log.warn({ ...due, error: String(error) }, "metrics could not be sealed, will be tried again");
    }
  }
}

async function listDue(db: Db, nowMs: number): Promise<DueHour[]> {
  const endMs = Math.floor((nowMs - GRACE_MS) / HOUR_MS) * HOUR_MS;
  const rows = await db.execute<{ cluster_id: string; target_id: number; hour_ms: string }>(sql`
    select target.cluster_id, target.target_id, extract(epoch from series.hour) * 1000 as hour_ms
    from metric_target as target cross join lateral generate_series(
      (select date_trunc('hour', min(at), 'UTC') from metric_frame where cluster_id = target.cluster_id),
      ${new Date(endMs - HOUR_MS).toISOString()}::timestamptz, interval '1 hour') as series(hour)
    where exists (select from metric_frame as frame where frame.cluster_id = target.cluster_id
        and frame.at >= series.hour and frame.at < series.hour + interval '1 hour' and frame.target_id = target.target_id)
      and not exists (select from metric_hour as sealed where sealed.cluster_id = target.cluster_id
        and sealed.at = series.hour and sealed.target_id = target.target_id)
    order by 3, 1, 2`);
  return rows.map((row) => ({
    clusterId: Number(row.cluster_id),
    targetId: row.target_id,
    hourMs: Number(row.hour_ms),
  }));
}

/** One hour of a target by minutes. */
async function sealHour(db: Db, { clusterId, targetId, hourMs }: DueHour, nowMs: number): Promise<void> {
  const range = { fromMs: hourMs, toMs: hourMs + HOUR_MS };
  const kinds = await readKinds(db, clusterId);
  const grid = { fromMs: hourMs, stepMs: HOUR_STEP_MS, columns: HOUR_COLUMNS };
  const columns = new MetricColumns(grid, (id) => kinds.get(id));
  for await (const frame of eachFrame(db, clusterId, { targetIds: [targetId], range })) columns.add(frame);
  const payload = encodeMetricHour(columns, (id) => kinds.get(id) ?? "gauge");
  if (hourMs < nowMs - DAY_MS) await ensurePartitions(db, nowMs, hourMs);
  await db
    .insert(metricHour)
    .values({ clusterId, at: new Date(hourMs), targetId, format: METRIC_HOUR_FORMAT, payload })
    .onConflictDoNothing();
}

async function readKinds(db: Db, clusterId: number): Promise<Map<number, MetricKind>> {
  const rows = await db
    .select({ id: metricSeries.seriesId, kind: metricSeries.kind })
    .from(metricSeries)
    .where(sql`${metricSeries.clusterId} = ${clusterId}`);
  return new Map(rows.map(({ id, kind }) => [id, kind]));
}
