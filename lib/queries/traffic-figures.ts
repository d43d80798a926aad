import type { TrafficFigures } from "@/lib/api/traffic";
import type { TrafficReading } from "@/lib/queries/traffic-reading";
import type { TrafficTable } from "@/lib/queries/traffic-table";

/** What the figures of a row are measured against. */
export interface FigureContext {
  reading: Pick<TrafficReading, "tells" | "quantileMicros">;
  observedSeconds: number;
  /** Of all that passes the filter. */
  totalRequests: number;
}

/** The figures of a row as the API tells them: null what the source cannot know, or what was not told of any request. */
export function toFigures(table: TrafficTable, row: number, context: FigureContext): TrafficFigures {
  const { reading, observedSeconds, totalRequests } = context;
  const { tells, quantileMicros } = reading;
  const requests = table.of(row, "requests");
  const buckets = tells.latency ? table.bucketsOf(row) : EMPTY;
  const quantileMs = (q: number) => {
    const micros = buckets.size === 0 ? null : quantileMicros(buckets, q);
    return micros === null ? null : micros / 1_000;
  };
  const seconds = (count: "timedRequests" | "tracedRequests", micros: "durationMicros" | "etcdMicros") =>
    table.of(row, count) > 0 ? table.of(row, micros) / 1e6 : null;
  return {
    requests,
    requestsPerSecond: observedSeconds > 0 ? requests / observedSeconds : null,
    share: totalRequests > 0 ? requests / totalRequests : null,
    errors: tells.errors ? table.of(row, "errors") : null,
    throttled: tells.statuses ? table.of(row, "throttled") : null,
    conflicts: tells.statuses ? table.of(row, "conflicts") : null,
    latencyP50Ms: quantileMs(0.5),
    latencyP99Ms: quantileMs(0.99),
    busySeconds: tells.latency ? seconds("timedRequests", "durationMicros") : null,
    etcdSeconds: tells.etcdTime ? seconds("tracedRequests", "etcdMicros") : null,
    responseBytes: tells.bytes && table.of(row, "sizedRequests") > 0 ? table.of(row, "responseBytes") : null,
    unpagedLists: tells.lists ? table.of(row, "unpagedLists") : null,
    uncachedLists: tells.lists ? table.of(row, "uncachedLists") : null,
  };
}

const EMPTY: ReadonlyMap<number, number> & Map<number, number> = new Map();
