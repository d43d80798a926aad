import type { Db } from "@/lib/db/client";
import type { MetricRow } from "@/lib/model/metrics";
import type { TimeRange } from "@/lib/model/time-range";
import { readMetrics } from "@/lib/queries/metrics";
import { metricStepMs, toOwnBuckets, toSlices, toWholeSteps } from "@/lib/queries/traffic-metric-grid";
import type { Telling, TrafficReading } from "@/lib/queries/traffic-reading";
import { SeriesCells, toSeriesReading } from "@/lib/queries/traffic-series-reading";

const REQUESTS = "apiserver_request_total";
const DURATION = "apiserver_request_duration_seconds";
const SIZES = "apiserver_response_sizes";

/** Apiservers count by HTTP method; audit and kubectl have other words. Server-side apply is a patch there, too. */
const VERBS: Readonly<Record<string, string>> = { POST: "create", PUT: "update", APPLY: "patch" };
/** These last as long as their client likes. */
const LONG_RUNNING = new Set(["WATCH", "WATCHLIST", "CONNECT", "PROXY"]);

/** What a delete reaches when it is not one object. */
const COLLECTIONS = new Set(["namespace", "cluster"]);

/**
 * The verb of audit for one of the apiserver's metrics: `POST` → `create`, `LIST` → `list`. That a collection was deleted
 * is told by the scope alone.
 */
export function toAuditVerb({ verb = "", scope = "" }: Readonly<Record<string, string>>): string {
  if (verb === "DELETE" && COLLECTIONS.has(scope)) return "deletecollection";
  return Object.hasOwn(VERBS, verb) ? (VERBS[verb] as string) : verb.toLowerCase();
}

/** A resource as kubectl writes it, of an apiserver's labels: `deployments.apps/scale`; a path where there is none. */
export function toResourceName({
  resource = "",
  group = "",
  subresource = "",
}: Readonly<Record<string, string>>): string | null {
  if (resource === "") return subresource === "" ? null : subresource;
  return `${resource}${group === "" ? "" : `.${group}`}${subresource === "" ? "" : `/${subresource}`}`;
}

/**
 * The requests of a range as the apiservers count them, all of them added up. They tell neither namespace nor client, and
 * nothing of what authentication or authorization refused: that is answered before it is counted.
 * Durations and sizes are not told by code: with `byCode` they are left out, as those of watches always are.
 */
export async function readApiserverTraffic(
  db: Db,
  clusterId: number,
  { range, byCode, stepMs = metricStepMs(range) }: { range: TimeRange; byCode: boolean; stepMs?: number },
): Promise<TrafficReading> {
  const names = [REQUESTS, ...(byCode ? [] : [`${DURATION}_bucket`, `${DURATION}_sum`, `${DURATION}_count`])];
  if (!byCode) names.push(`${SIZES}_sum`, `${SIZES}_count`);
  const whole = toWholeSteps(range, stepMs);
  const samples = await readMetrics(db, clusterId, { source: "apiserver", names, range: whole, stepMs });
  const cells = new SeriesCells(samples.columns);
  const histograms = new Map<string, { row: MetricRow; bounds: Map<number, MetricRow["values"]> }>();
  for (const row of samples.rows) {
    if (row.name === REQUESTS) addRequests(cells, row);
    else if (row.name === `${DURATION}_bucket`) noteBucket(histograms, row);
    else addSum(cells, row);
  }
  for (const { row, bounds } of histograms.values()) {
    const cell = cells.of(identityOf(row));
    for (const [bound, values] of toOwnBuckets(bounds)) cells.addBucket(cell, bound, values);
  }
  return toSeriesReading({
    source: "apiserver",
    cells: cells.cells,
    slices: toSlices(samples),
    tells: toTelling(byCode),
  });
}

function toTelling(byCode: boolean): Telling {
  const told = !byCode;
  return { errors: true, statuses: true, latency: told, bytes: told, etcdTime: false, lists: false };
}

function identityOf({ labels }: MetricRow) {
  return { verb: toAuditVerb(labels), resource: toResourceName(labels) };
}

function addRequests(cells: SeriesCells, row: MetricRow): void {
  const code = toCode(row.labels.code);
  const cell = cells.of({ ...identityOf(row), code });
  cells.add(cell, "requests", row.values);
  if (code === null || code < 400) return;
  cells.add(cell, "errors", row.values);
  if (code === 429) cells.add(cell, "throttled", row.values);
  if (code === 409) cells.add(cell, "conflicts", row.values);
}

function toCode(code: string | undefined): number | null {
  return code !== undefined && /^\d{3}$/.test(code) ? Number(code) : null;
}

function addSum(cells: SeriesCells, row: MetricRow): void {
  const cell = cells.of(identityOf(row));
  if (row.name === `${SIZES}_sum`) cells.add(cell, "responseBytes", row.values);
  if (row.name === `${SIZES}_count`) cells.add(cell, "sizedRequests", row.values);
  if (LONG_RUNNING.has(row.labels.verb ?? "")) return;
  if (row.name === `${DURATION}_sum`) cells.add(cell, "durationMicros", row.values, 1e6);
  if (row.name === `${DURATION}_count`) cells.add(cell, "timedRequests", row.values);
}

/** The buckets of one series of one target stand together: only those may be taken from each other. */
function noteBucket(
  histograms: Map<string, { row: MetricRow; bounds: Map<number, MetricRow["values"]> }>,
  row: MetricRow,
): void {
  const { le, ...labels } = row.labels;
  if (LONG_RUNNING.has(labels.verb ?? "")) return;
  const bound = le === "+Inf" ? Number.POSITIVE_INFINITY : Number(le);
  if (Number.isNaN(bound)) return;
  const name = JSON.stringify([row.targetId, Object.entries(labels).sort()]);
  const histogram = histograms.get(name) ?? { row, bounds: new Map() };
  histogram.bounds.set(bound, row.values);
  histograms.set(name, histogram);
}
