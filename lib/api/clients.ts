import { queryOptions } from "@tanstack/react-query";
import * as z from "zod";
import { AnsweredRange, Origin, RangeParams } from "@/lib/api/common";
import { clusterPath, getJson } from "@/lib/api/get-json";
import { isOfCluster, seriesRefreshMs } from "@/lib/api/refresh";
import { TrafficFigures, TrafficFilter, TrafficSourceState } from "@/lib/api/traffic";
import { TRAFFIC_DIMENSIONS, TRAFFIC_SOURCES } from "@/lib/model/traffic";

export const CLIENT_DIMENSIONS = ["userAgent", "user", "sourceAddress"] as const;
export const CLIENT_SORTS = ["trouble", "requests", "change", "errors", "busySeconds", "responseBytes"] as const;

/** `GET …/{cluster}/clients`: who calls. `trouble`: abusive patterns first, then what is new or suddenly louder. */
export const ClientsParams = RangeParams.extend(TrafficFilter.shape).extend({
  groupBy: z
    .string()
    .transform((text) => text.split(","))
    .pipe(z.array(z.enum(TRAFFIC_DIMENSIONS)).min(1))
    .default([...CLIENT_DIMENSIONS])
    .describe("Any of the traffic dimensions, separated by commas"),
  sort: z.enum(CLIENT_SORTS).default("trouble"),
  limit: z.coerce.number().int().min(1).max(5_000).default(200),
});
export type ClientsParams = z.infer<typeof ClientsParams>;

/** The abusive patterns that are named. */
export const CLIENT_PATTERNS = [
  "unpaged-lists",
  "uncached-lists",
  "relist-loop",
  "tight-get-loop",
  "tight-update-loop",
  "watch-churn",
  "throttled-storm",
  "conflict-storm",
  "denied-storm",
  "dominant",
] as const;
export type ClientPattern = (typeof CLIENT_PATTERNS)[number];

/** A pattern found at a client, with its numbers and what helps. */
export const ClientFinding = z.object({
  pattern: z.enum(CLIENT_PATTERNS),
  /** "lists all pods 19 times a minute, unpaged" */
  title: z.string(),
  /** The numbers it rests on, one sentence. */
  evidence: z.string(),
  /** What to do, one sentence. */
  remedy: z.string(),
  sourceUrl: z.string(),
  /** What of the client it is about. */
  verb: z.string().nullable(),
  resource: z.string().nullable(),
});
export type ClientFinding = z.infer<typeof ClientFinding>;

const Slice = z.object({ name: z.string(), requests: z.number(), share: z.number() });

export const ClientRow = TrafficFigures.extend({
  verb: z.string().nullable(),
  resource: z.string().nullable(),
  namespace: z.string().nullable(),
  user: z.string().nullable(),
  userAgent: z.string().nullable(),
  sourceAddress: z.string().nullable(),
  code: z.number().nullable(),
  isOther: z.boolean(),
  /** What the keyspace says the address or the user is: "node ip-10-20-1-18", "pod logging/shipper-x"; null: not told. */
  resolvedName: z.string().nullable(),
  topVerbs: z.array(Slice),
  topResources: z.array(Slice),
  /** Requests per second in the range before, as long; null: not observed. */
  requestsPerSecondBefore: z.number().nullable(),
  isNew: z.boolean().describe("Not seen before the range"),
  firstSeenAt: z.string().nullable().describe("Within what is kept"),
  lastSeenAt: z.string().nullable(),
  perMinute: z.array(z.number().nullable()).describe("Requests per second over the range, at most 60 points"),
  findings: z.array(ClientFinding),
  source: z.enum(TRAFFIC_SOURCES),
  origin: Origin,
});
export type ClientRow = z.infer<typeof ClientRow>;

export const ClientsAnswer = z.object({
  groupBy: z.array(z.enum(TRAFFIC_DIMENSIONS)),
  items: z.array(ClientRow),
  nextCursor: z.null(),
  total: TrafficFigures.nullable(),
  source: z.enum(TRAFFIC_SOURCES).nullable(),
  sources: z.array(TrafficSourceState),
  range: AnsweredRange,
  before: AnsweredRange.nullable().describe("The range it is compared with"),
});
export type ClientsAnswer = z.infer<typeof ClientsAnswer>;

/** `GET …/{cluster}/prefixes/clients?prefix=`: who writes a prefix and who reads it. */
export const PrefixClientsParams = RangeParams.extend({
  prefix: z.string().default(""),
  prefixBase64: z.string().optional(),
});
export type PrefixClientsParams = z.infer<typeof PrefixClientsParams>;

export const PrefixClient = z.object({
  name: z.string(),
  userAgent: z.string().nullable(),
  user: z.string().nullable(),
  sourceAddress: z.string().nullable(),
  requests: z.number(),
  share: z.number(),
  confidence: z.enum(["high", "medium", "low"]),
  /** Why it is so sure, one sentence. */
  why: z.string(),
  source: z.enum(TRAFFIC_SOURCES),
  origin: Origin,
});
export type PrefixClient = z.infer<typeof PrefixClient>;
export const PrefixClientsAnswer = z.object({
  writers: z.array(PrefixClient),
  readers: z.array(PrefixClient),
  /** Why there are none, and what to do; null: there are some. */
  reason: z.string().nullable(),
  remedy: z.string().nullable(),
  range: AnsweredRange,
});
export type PrefixClientsAnswer = z.infer<typeof PrefixClientsAnswer>;

/** Who calls. */
export function clientsOptions(cluster: string, params: Record<string, unknown>) {
  return queryOptions({
    queryKey: ["clients", cluster, params],
    queryFn: ({ signal }) => getJson<ClientsAnswer>(clusterPath(cluster, "/clients"), params, signal),
    refetchInterval: seriesRefreshMs(params as RangeParams),
    placeholderData: (previous, query) => (isOfCluster(query, cluster) ? previous : undefined),
  });
}

/** Who writes and who reads a prefix. */
export function prefixClientsOptions(cluster: string, params: z.input<typeof PrefixClientsParams>) {
  return queryOptions({
    queryKey: ["prefix-clients", cluster, params],
    queryFn: ({ signal }) => getJson<PrefixClientsAnswer>(clusterPath(cluster, "/prefixes/clients"), params, signal),
    refetchInterval: seriesRefreshMs(params),
    placeholderData: (previous, query) => (isOfCluster(query, cluster) ? previous : undefined),
  });
}
