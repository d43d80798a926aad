import type { TrafficSeriesAnswer, TrafficSeriesParams } from "@/lib/api/traffic";
import type { Db } from "@/lib/db/client";
import type { TimeRange } from "@/lib/model/time-range";
import { toQueryRange, toStepMs } from "@/lib/queries/query-range";
import { answerTraffic } from "@/lib/queries/traffic-answer";
import { groupCells, type TrafficGroups } from "@/lib/queries/traffic-groups";
import { HOUR_MS, MINUTE_MS } from "@/lib/queries/traffic-heads";
import type { TrafficReading } from "@/lib/queries/traffic-reading";
import { TrafficTable } from "@/lib/queries/traffic-table";

/** Requests over time by one dimension: the largest values of it, and the rest together. Null where nobody was heard. */
export async function readTrafficSeries(
  db: Db,
  clusterId: number,
  params: TrafficSeriesParams,
  nowMs: number,
): Promise<TrafficSeriesAnswer> {
  const { by, measure, source } = params;
  const asked = toQueryRange(params, nowMs);
  const stepMs = Math.max(MINUTE_MS, toStepMs(asked));
  const range = { fromMs: Math.floor(asked.fromMs / stepMs) * stepMs, toMs: asked.toMs };
  const question = { range, groupBy: [by], filter: params, source, stepMs: toBlockMs(stepMs), nowMs };
  const answering = await answerTraffic(db, clusterId, question);
  const columns = toColumns(range, stepMs, answering.reading);
  return {
    by,
    measure,
    source: answering.source,
    stepSeconds: stepMs / 1_000,
    atMs: columns.atMs,
    series: answering.reading ? toSeries(answering.reading, params, columns) : [],
    range: answering.range,
    origin: answering.reading?.origin ?? "sampled",
  };
}

/** What a step is put together from: few lengths, so that blocks once unpacked serve several ranges. */
function toBlockMs(stepMs: number): number {
  return [HOUR_MS, HOUR_MS / 4, 5 * MINUTE_MS].find((blockMs) => stepMs % blockMs === 0) ?? MINUTE_MS;
}

interface Columns {
  atMs: number[];
  /** Of each slice of the reading; -1: none. */
  columnOf: Int32Array;
  observedMs: Float64Array;
}

function toColumns(range: TimeRange, stepMs: number, reading: TrafficReading | null): Columns {
  const count = Math.max(1, Math.ceil((range.toMs - range.fromMs) / stepMs));
  const observedMs = new Float64Array(count);
  const slices = reading?.slices ?? [];
  const columnOf = Int32Array.from(slices, (slice) => {
    const column = Math.floor((slice.fromMs - range.fromMs) / stepMs);
    return column >= 0 && column < count ? column : -1;
  });
  for (const [slice, { observedMs: ms }] of slices.entries()) {
    const column = columnOf[slice] as number;
    if (column >= 0) (observedMs[column] as number) += ms;
  }
  return { atMs: Array.from({ length: count }, (_, i) => range.fromMs + i * stepMs), columnOf, observedMs };
}

const WEIGHTS = {
  requestsPerSecond: "requests",
  errorsPerSecond: "errors",
  latencyP99Ms: "requests",
  responseBytesPerSecond: "responseBytes",
} as const;

function toSeries(
  reading: TrafficReading,
  { by, measure, top, ...filter }: TrafficSeriesParams,
  columns: Columns,
): TrafficSeriesAnswer["series"] {
  const groups = groupCells(reading.cells, { groupBy: [by], filter });
  const shown = pickGroups(reading, groups, { weight: WEIGHTS[measure], by, top });
  const width = columns.atMs.length;
  const rest = shown.length;
  const placeOf = new Int32Array(groups.other + 1).fill(rest);
  for (const [place, group] of shown.entries()) placeOf[group] = place;
  const table = new TrafficTable((rest + 1) * width, reading.latencyBuckets);
  reading.addTo(table, (cell, slice) => {
    const group = groups.groupOf[cell] as number;
    const column = columns.columnOf[slice] as number;
    return group < 0 || column < 0 ? -1 : (placeOf[group] as number) * width + column;
  });
  const valuesOf = (place: number) =>
    columns.atMs.map((_, column) =>
      toValue(table, place * width + column, { reading, measure, observedMs: columns.observedMs[column] as number }),
    );
  const series: TrafficSeriesAnswer["series"] = shown.map((group, place) => ({
    name: String(groups.identities[group]?.[by]),
    values: valuesOf(place),
  }));
  const hasRest = columns.atMs.some((_, column) => table.of(rest * width + column, "requests") > 0);
  return hasRest ? [...series, { name: null, values: valuesOf(rest) }] : series;
}

/** The heaviest groups that have a name. */
function pickGroups(
  reading: TrafficReading,
  { groupOf, identities, other }: TrafficGroups,
  { weight, by, top }: { weight: "requests" | "errors" | "responseBytes"; by: TrafficSeriesParams["by"]; top: number },
): number[] {
  const totals = new TrafficTable(other + 1, reading.latencyBuckets);
  reading.addTo(totals, (cell) => groupOf[cell] as number);
  return identities
    .map((identity, group) => ({ name: identity[by], group, weight: totals.of(group, weight) }))
    .filter((one) => one.name !== null && one.weight > 0)
    .sort((a, b) => b.weight - a.weight || (String(a.name) < String(b.name) ? -1 : 1))
    .slice(0, top)
    .map(({ group }) => group);
}

function toValue(
  table: TrafficTable,
  row: number,
  {
    reading,
    measure,
    observedMs,
  }: { reading: TrafficReading; measure: TrafficSeriesParams["measure"]; observedMs: number },
): number | null {
  if (observedMs === 0) return null;
  const { tells, quantileMicros } = reading;
  const perSecond = (count: number) => count / (observedMs / 1_000);
  if (measure === "requestsPerSecond") return perSecond(table.of(row, "requests"));
  if (measure === "errorsPerSecond") return tells.errors ? perSecond(table.of(row, "errors")) : null;
  if (measure === "responseBytesPerSecond") return tells.bytes ? perSecond(table.of(row, "responseBytes")) : null;
  const buckets = tells.latency ? table.bucketsOf(row) : null;
  const micros = buckets && buckets.size > 0 ? quantileMicros(buckets, 0.99) : null;
  return micros === null ? null : micros / 1_000;
}
