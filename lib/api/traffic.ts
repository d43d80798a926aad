import { queryOptions } from "@tanstack/react-query";
import * as z from "zod";
import { AnsweredRange, Origin, RangeParams } from "@/lib/api/common";
import { clusterPath, getJson } from "@/lib/api/get-json";
import { isOfCluster, seriesRefreshMs } from "@/lib/api/refresh";
import { TRAFFIC_DIMENSIONS, TRAFFIC_SOURCES } from "@/lib/model/traffic";

const Dimension = z.enum(TRAFFIC_DIMENSIONS);
const Source = z.enum(TRAFFIC_SOURCES);
const Dimensions = z
  .string()
  .transform((text) => text.split(","))
  .pipe(z.array(Dimension).min(1).max(TRAFFIC_DIMENSIONS.length))
  .describe(`Any of ${TRAFFIC_DIMENSIONS.join(", ")}, separated by commas`);

/** Only requests whose dimensions are these. An empty namespace: what has none. */
export const TrafficFilter = z.object({
  verb: z.string().max(200).optional(),
  resource: z.string().max(1_000).optional(),
  namespace: z.string().max(1_000).optional(),
  user: z.string().max(1_000).optional(),
  userAgent: z.string().max(1_000).optional(),
  sourceAddress: z.string().max(200).optional(),
  code: z.coerce.number().int().min(0).max(999).optional(),
});
export type TrafficFilter = z.infer<typeof TrafficFilter>;

export const TRAFFIC_SORTS = ["requests", "errors", "latencyP99Ms", "responseBytes", "busySeconds"] as const;

/** `GET …/{cluster}/traffic`. Without `source` the one that knows the asked dimensions best answers. */
export const TrafficParams = RangeParams.extend(TrafficFilter.shape).extend({
  groupBy: Dimensions.default(["verb", "resource"]),
  source: Source.optional(),
  sort: z.enum(TRAFFIC_SORTS).default("requests"),
  limit: z.coerce.number().int().min(1).max(5_000).default(500),
});
export type TrafficParams = z.infer<typeof TrafficParams>;

/** The figures of some requests; what the source cannot know is null. */
export const TrafficFigures = z.object({
  requests: z.number().describe("Estimated from sampled lines where `origin` says so"),
  requestsPerSecond: z.number().nullable().describe("Null: nothing of the range was observed"),
  share: z.number().nullable().describe("Of all requests that pass the filter, 0 to 1"),
  errors: z.number().nullable().describe("Answered 400 or above, or with a gRPC status other than OK"),
  throttled: z.number().nullable().describe("Answered 429"),
  conflicts: z.number().nullable().describe("Answered 409"),
  latencyP50Ms: z.number().nullable(),
  latencyP99Ms: z.number().nullable(),
  busySeconds: z.number().nullable().describe("How long the requests took, added up; watches not counted"),
  etcdSeconds: z.number().nullable().describe("Of the requests that tell it: their time in etcd"),
  responseBytes: z.number().nullable(),
  unpagedLists: z.number().nullable().describe("Lists without `limit`"),
  uncachedLists: z.number().nullable().describe("Lists without `resourceVersion`"),
});
export type TrafficFigures = z.infer<typeof TrafficFigures>;

/** The dimensions asked for; the others are null. In a row of `isOther`, what was not kept apart is null, too. */
export const TrafficIdentity = z.object({
  verb: z.string().nullable(),
  resource: z.string().nullable(),
  namespace: z.string().nullable(),
  user: z.string().nullable(),
  userAgent: z.string().nullable(),
  sourceAddress: z.string().nullable(),
  code: z.number().nullable(),
});
export type TrafficIdentity = z.infer<typeof TrafficIdentity>;

export const TrafficRow = TrafficIdentity.extend(TrafficFigures.shape).extend({
  isOther: z.boolean().describe("What had no row of its own, all together: rows always add up"),
  source: Source,
  origin: Origin,
});
export type TrafficRow = z.infer<typeof TrafficRow>;

/** One source and what it can say about the range. */
export const TrafficSourceState = z.object({
  source: Source,
  knows: z.array(Dimension),
  observedSeconds: z.number(),
  origin: Origin,
  /** Why it says nothing, or less than it could, and what to do; null: nothing to say. */
  reason: z.string().nullable(),
  remedy: z.string().nullable(),
  /** The newest it has told, RFC 3339. */
  at: z.string().nullable(),
  /** `etcd-log`: by how much lines were scaled up to the totals of `metrics`; null: they were not. */
  scaleFactor: z.number().nullable(),
  /** Combinations that were folded for want of room, in the range. */
  foldedCells: z.number(),
});
export type TrafficSourceState = z.infer<typeof TrafficSourceState>;

export const TrafficAnswer = z.object({
  groupBy: z.array(Dimension),
  items: z.array(TrafficRow),
  nextCursor: z.null(),
  /** All requests that pass the filter. Null: no source answers. */
  total: TrafficFigures.nullable(),
  /** The source that answered; null: none can. */
  source: Source.nullable(),
  sources: z.array(TrafficSourceState),
  range: AnsweredRange,
});
export type TrafficAnswer = z.infer<typeof TrafficAnswer>;

export const TRAFFIC_MEASURES = [
  "requestsPerSecond",
  "errorsPerSecond",
  "latencyP99Ms",
  "responseBytesPerSecond",
] as const;

/** `GET …/{cluster}/traffic/series`: stacked by one dimension, the largest `top` and the rest. */
export const TrafficSeriesParams = RangeParams.extend(TrafficFilter.shape).extend({
  by: Dimension.default("verb"),
  measure: z.enum(TRAFFIC_MEASURES).default("requestsPerSecond"),
  source: Source.optional(),
  top: z.coerce.number().int().min(1).max(30).default(8),
});
export type TrafficSeriesParams = z.infer<typeof TrafficSeriesParams>;

export const TrafficSeriesAnswer = z.object({
  by: Dimension,
  measure: z.enum(TRAFFIC_MEASURES),
  source: Source.nullable(),
  stepSeconds: z.number(),
  atMs: z.array(z.number()),
  /** Null: not observed. `name` null: the rest. */
  series: z.array(z.object({ name: z.string().nullable(), values: z.array(z.number().nullable()) })),
  range: AnsweredRange,
  origin: Origin,
});
export type TrafficSeriesAnswer = z.infer<typeof TrafficSeriesAnswer>;

/** Lines of etcd's log that tell of trouble, by kind. */
export const LogSignalsAnswer = z.object({
  items: z.array(
    z.object({
      kind: z.string(),
      /** In words: "requests that took long to apply". */
      label: z.string(),
      lines: z.number(),
      worstMs: z.number().nullable(),
      meanMs: z.number().nullable(),
      lastAt: z.string(),
      example: z.string(),
      perMinute: z.array(z.number().nullable()),
    }),
  ),
  nextCursor: z.null(),
  range: AnsweredRange,
  origin: Origin,
});
export type LogSignalsAnswer = z.infer<typeof LogSignalsAnswer>;

/** Requests by what is asked for. */
export function trafficOptions(cluster: string, params: TrafficParams | Record<string, unknown>) {
  return queryOptions({
    queryKey: ["traffic", cluster, params],
    queryFn: ({ signal }) => getJson<TrafficAnswer>(clusterPath(cluster, "/traffic"), params, signal),
    refetchInterval: seriesRefreshMs(params as RangeParams),
    placeholderData: (previous, query) => (isOfCluster(query, cluster) ? previous : undefined),
  });
}

/** Requests over time, stacked by one dimension. */
export function trafficSeriesOptions(cluster: string, params: z.input<typeof TrafficSeriesParams>) {
  return queryOptions({
    queryKey: ["traffic-series", cluster, params],
    queryFn: ({ signal }) => getJson<TrafficSeriesAnswer>(clusterPath(cluster, "/traffic/series"), params, signal),
    refetchInterval: seriesRefreshMs(params),
    placeholderData: (previous, query) => (isOfCluster(query, cluster) ? previous : undefined),
  });
}

/** What etcd's log complained about. */
export function logSignalsOptions(cluster: string, params: RangeParams) {
  return queryOptions({
    queryKey: ["log-signals", cluster, params],
    queryFn: ({ signal }) => getJson<LogSignalsAnswer>(clusterPath(cluster, "/log-signals"), params, signal),
    refetchInterval: seriesRefreshMs(params),
    placeholderData: (previous, query) => (isOfCluster(query, cluster) ? previous : undefined),
  });
}
