import type { Db } from "@/lib/db/client";
import type { MetricRow } from "@/lib/model/metrics";
import type { TimeRange } from "@/lib/model/time-range";
import { type KeyspaceWrites, readKeyspaceWrites } from "@/lib/queries/keyspace-writes";
import { readMetrics } from "@/lib/queries/metrics";
import type { Samples } from "@/lib/queries/samples";
import { metricStepMs, toOwnBuckets, toSlices, toWholeSteps } from "@/lib/queries/traffic-metric-grid";
import type { ReadSlice, Telling, TrafficReading } from "@/lib/queries/traffic-reading";
import { SeriesCells, toSeriesReading } from "@/lib/queries/traffic-series-reading";

const HANDLED = "grpc_server_handled_total";
const HANDLING = "grpc_server_handling_seconds"; // only with --metrics=extensive
/** A share of the slices that must have been watched, before the keyspace's writes stand for those of the metrics. */
const MIN_WATCHED_RATIO = 0.9;

/** gRPC's status codes by the names that metrics give them; each stands at its number. */
const GRPC_CODES = [
  ...["OK", "Canceled", "Unknown", "InvalidArgument", "DeadlineExceeded", "NotFound", "AlreadyExists"],
  ...["PermissionDenied", "ResourceExhausted", "FailedPrecondition", "Aborted", "OutOfRange", "Unimplemented"],
  ...["Internal", "Unavailable", "DataLoss", "Unauthenticated"],
];

/** A gRPC method as our own verbs are written: `DeleteRange` → `delete-range`. */
export function toGrpcVerb(method: string): string {
  return method.replace(/(?!^)[A-Z]/g, "-$&").toLowerCase();
}

export interface GrpcQuestion {
  range: TimeRange;
  /** Durations are not told by code. */
  byCode: boolean;
  /** Puts and deletes by prefix, counted from the keyspace, instead of the methods that did them. */
  byPrefix: boolean;
  nowMs: number;
  stepMs?: number;
}

/**
 * The calls of a range as etcd's members count them, all of them added up; `code` is gRPC's. Which keys they touch is not
 * told; with `byPrefix` the keyspace tells it of writes: its puts and deletes, those within transactions included, stand
 * there instead of the methods `put` and `delete-range`, exact.
 */
export async function readGrpcTraffic(db: Db, clusterId: number, question: GrpcQuestion): Promise<TrafficReading> {
  const { range, byCode, byPrefix, nowMs, stepMs: wantedMs = metricStepMs(range) } = question;
  const whole = toWholeSteps(range, wantedMs);
  const read = byPrefix ? await readKeyspaceWrites(db, clusterId, { range: whole, stepMs: wantedMs, nowMs }) : null;
  const names = [HANDLED, ...(byCode ? [] : [`${HANDLING}_bucket`, `${HANDLING}_sum`, `${HANDLING}_count`])];
  const samples = await readMetrics(db, clusterId, { source: "etcd", names, range: whole, stepMs: wantedMs });
  const slices = toSlices(samples);
  const writes = read && isWatched(read, slices) ? read : null;
  const cells = new SeriesCells(samples.columns);
  addCalls(cells, samples.rows, writes !== null);
  if (writes) addWrites(cells, writes);
  return toSeriesReading({ source: "metrics", cells: cells.cells, slices, tells: toTelling(byCode) });
}

/** How many calls of each method there were, by verb, and for how long that was observed. */
export async function readGrpcTotals(
  db: Db,
  clusterId: number,
  range: TimeRange,
): Promise<{ requests: Map<string, number>; observedMs: number }> {
  const stepMs = metricStepMs(range);
  const samples = await readMetrics(db, clusterId, { source: "etcd", names: [HANDLED], range, stepMs });
  const requests = new Map<string, number>();
  for (const { labels, values } of samples.rows) {
    const verb = toGrpcVerb(labels.grpc_method ?? "");
    requests.set(verb, (requests.get(verb) ?? 0) + values.reduce<number>((sum, value) => sum + (value ?? 0), 0));
  }
  return { requests, observedMs: toSlices(samples).reduce((sum, { observedMs }) => sum + observedMs, 0) };
}

function toTelling(byCode: boolean): Telling {
  return { errors: true, statuses: false, latency: !byCode, bytes: false, etcdTime: false, lists: false };
}

const COUNTED_BY_PREFIX = new Set(["put", "delete-range"]);

function addCalls(cells: SeriesCells, rows: readonly MetricRow[], leavesWritesOut: boolean): void {
  const histograms = new Map<string, { verb: string; bounds: Map<number, MetricRow["values"]> }>();
  for (const row of rows) {
    const verb = toGrpcVerb(row.labels.grpc_method ?? "");
    if (leavesWritesOut && COUNTED_BY_PREFIX.has(verb)) continue;
    if (row.name === HANDLED) addHandled(cells, verb, row);
    // A stream takes as long as its client likes.
    else if (row.labels.grpc_type !== "unary") continue;
    else if (row.name === `${HANDLING}_sum`) cells.add(cells.of({ verb }), "durationMicros", row.values, 1e6);
    else if (row.name === `${HANDLING}_count`) cells.add(cells.of({ verb }), "timedRequests", row.values);
    else noteBucket(histograms, verb, row);
  }
  for (const { verb, bounds } of histograms.values()) {
    for (const [bound, values] of toOwnBuckets(bounds)) cells.addBucket(cells.of({ verb }), bound, values);
  }
}

function addHandled(cells: SeriesCells, verb: string, { labels, values }: MetricRow): void {
  const code = GRPC_CODES.indexOf(labels.grpc_code ?? "");
  const cell = cells.of({ verb, code: code < 0 ? null : code });
  cells.add(cell, "requests", values);
  if (code !== 0) cells.add(cell, "errors", values);
}

function noteBucket(
  histograms: Map<string, { verb: string; bounds: Map<number, MetricRow["values"]> }>,
  verb: string,
  row: MetricRow,
): void {
  const { le, ...labels } = row.labels;
  const bound = le === "+Inf" ? Number.POSITIVE_INFINITY : Number(le);
  if (Number.isNaN(bound)) return;
  const name = JSON.stringify([row.targetId, Object.entries(labels).sort()]);
  const histogram = histograms.get(name) ?? { verb, bounds: new Map() };
  histogram.bounds.set(bound, row.values);
  histograms.set(name, histogram);
}

/** Both must speak of the same slices, and of nearly all the time the members were read. */
function isWatched({ samples }: KeyspaceWrites, slices: readonly ReadSlice[]): boolean {
  if (samples.atMs.length !== slices.length || samples.atMs[0] !== slices[0]?.fromMs) return false;
  const readMs = slices.reduce((sum, { observedMs }) => sum + observedMs, 0);
  return samples.observedMs.reduce((sum, ms) => sum + ms, 0) >= readMs * MIN_WATCHED_RATIO;
}

const WRITES = { puts: "put", deletes: "delete-range" } as const;

function addWrites(cells: SeriesCells, { samples, places }: KeyspaceWrites): void {
  for (const [measure, verb] of Object.entries(WRITES) as ["puts" | "deletes", string][]) {
    const whole = valuesOf(samples, measure, 0);
    const rest = [...whole];
    for (const { name, slots } of places) {
      for (const slot of slots) {
        const values = valuesOf(samples, measure, slot);
        for (const [column, value] of values.entries()) (rest[column] as number) -= value;
        cells.add(cells.of({ verb, resource: name, code: 0 }, "exact"), "requests", values);
      }
    }
    // Keys that hang on no prefix of their own, directly below those that were looked into.
    cells.add(cells.of({ verb, resource: null, code: 0 }, "exact"), "requests", rest);
  }
}

/** Zero where nobody watched: such a slice was not read either, or is the small part that `isWatched` lets pass. */
function valuesOf(samples: Samples, measure: "puts" | "deletes", slot: number): number[] {
  const start = samples.rowOf(slot) * samples.atMs.length;
  if (start < 0) return samples.atMs.map(() => 0);
  return samples.atMs.map((_, column) => samples.of(measure)[start + column] || 0);
}
