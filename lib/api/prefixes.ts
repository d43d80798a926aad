import { queryOptions } from "@tanstack/react-query";
import * as z from "zod";
import { AnsweredRange, Origin, RangeParams } from "@/lib/api/common";
import { clusterPath, getJson } from "@/lib/api/get-json";
import { isOfCluster, LIVE_REFRESH_MS, seriesRefreshMs } from "@/lib/api/refresh";

export const PREFIX_SORTS = [
  "liveBytes",
  "keys",
  "keyBytes",
  "valueBytes",
  "largestValueBytes",
  "putsPerSecond",
  "createsPerSecond",
  "deletesPerSecond",
  "writesPerSecond",
  "writtenBytesPerSecond",
  "growthBytes",
  "historyBytes",
  "leasedKeys",
  "prefix",
] as const;

/** `GET …/{cluster}/prefixes`: the children of a prefix. */
export const PrefixesParams = RangeParams.extend({
  parent: z
    .string()
    .default("")
    .describe("Text form of the parent prefix; empty for the roots. `\\xNN` stands for a byte"),
  parentBase64: z.string().optional().describe("The parent's exact bytes; wins over `parent`"),
  sort: z.enum(PREFIX_SORTS).default("liveBytes"),
  order: z.enum(["asc", "desc"]).optional().describe("Default: desc, for `prefix` asc"),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  cursor: z.string().optional(),
});
export type PrefixesParams = z.infer<typeof PrefixesParams>;

export const PrefixRow = z.object({
  prefix: z.string(),
  prefixBase64: z.string().nullable(),
  kind: z.enum(["prefix", "key", "other"]).describe("`other` stands for all children without a row of their own"),
  keys: z.number(),
  keyBytes: z.number(),
  valueBytes: z.number(),
  liveBytes: z.number(),
  historyBytes: z
    .number()
    .nullable()
    .describe("Key and value bytes of superseded revisions and tombstones not compacted; null: `historyReason`"),
  historyRevisions: z.number().nullable().describe("How many of them there are"),
  heldBytes: z.number().nullable().describe("liveBytes + historyBytes"),
  leasedKeys: z.number().nullable().describe("Keys attached to a lease; null: not counted"),
  largestValueBytes: z.number(),
  share: z.number().describe("Of the parent's live bytes, 0 to 1"),
  /** Rates are averages over the watched part of the range; null where nothing of it was watched, or for a key. */
  putsPerSecond: z.number().nullable(),
  createsPerSecond: z.number().nullable(),
  deletesPerSecond: z.number().nullable(),
  writesPerSecond: z.number().nullable().describe("puts + deletes"),
  writtenBytesPerSecond: z.number().nullable(),
  /** Change over the range, or since the first full frame in it when nobody watched at its start; null: not known. */
  growthBytes: z.number().nullable(),
  growthKeys: z.number().nullable(),
  oldestModRevision: z.number().nullable(),
  newestModRevision: z.number().nullable(),
  newestModAt: z.string().nullable().describe("When that revision was written, to 10 s; null: before `clockSince`"),
  hasChildren: z.boolean(),
  origin: Origin,
});
export type PrefixRow = z.infer<typeof PrefixRow>;

export const PrefixesAnswer = z.object({
  /** The parent itself, as a row; null when no key begins with it. */
  parent: PrefixRow.nullable(),
  items: z.array(PrefixRow),
  nextCursor: z.string().nullable(),
  state: z.enum(["baseline", "live", "resync", "unknown"]),
  revision: z.number().nullable(),
  at: z.string().nullable(),
  lagMs: z.number().nullable(),
  clockSince: z.string().nullable().describe("Where the clock of revisions begins"),
  historyReason: z.string().nullable().describe("Why history is not known, in plain words; null while it is"),
  compactRevision: z.number().nullable().describe("What etcd has compacted up to; null: not known"),
  range: AnsweredRange,
});
export type PrefixesAnswer = z.infer<typeof PrefixesAnswer>;

export const SERIES_MEASURES = [
  "liveBytes",
  "keys",
  "historyBytes",
  "puts",
  "creates",
  "deletes",
  "writes",
  "writtenBytes",
] as const;

/** `GET …/{cluster}/prefixes/series`: one prefix over time, and its heaviest children. */
export const SeriesParams = RangeParams.extend({
  prefix: z.string().default(""),
  prefixBase64: z.string().optional(),
  measure: z.enum(SERIES_MEASURES).default("liveBytes"),
  step: z.coerce.number().int().min(10).optional().describe("Seconds a point; default: about 240 points"),
  children: z.coerce.number().int().min(0).max(12).default(0).describe("How many of the heaviest children to add"),
});
export type SeriesParams = z.infer<typeof SeriesParams>;

export const SeriesAnswer = z.object({
  measure: z.enum(SERIES_MEASURES),
  unit: z.enum(["bytes", "keys", "perSecond", "bytesPerSecond"]),
  stepSeconds: z.number(),
  /** Start of each bucket, epoch milliseconds. */
  atMs: z.array(z.number()),
  series: z.array(
    z.object({
      prefix: z.string(),
      prefixBase64: z.string().nullable(),
      kind: z.enum(["prefix", "other", "rest"]).describe("`rest`: the parent less the children listed"),
      /** Gauges: at the end of the bucket; counters: per second. Null: nobody watched. */
      values: z.array(z.number().nullable()),
    }),
  ),
  range: AnsweredRange,
  origin: Origin,
});
export type SeriesAnswer = z.infer<typeof SeriesAnswer>;

/** `GET …/{cluster}/prefixes/search`: prefixes that contain a text, shortest first; for the command palette. */
export const PrefixSearchParams = z.object({
  q: z.string().min(1).max(512),
  limit: z.coerce.number().int().min(1).max(50).default(20),
});
export type PrefixSearchParams = z.infer<typeof PrefixSearchParams>;
export const PrefixSearchAnswer = z.object({
  items: z.array(
    z.object({ prefix: z.string(), prefixBase64: z.string().nullable(), keys: z.number(), liveBytes: z.number() }),
  ),
  nextCursor: z.null(),
});
export type PrefixSearchAnswer = z.infer<typeof PrefixSearchAnswer>;

/** The children of a prefix. */
export function prefixesOptions(cluster: string, params: z.input<typeof PrefixesParams>) {
  return queryOptions({
    queryKey: ["prefixes", cluster, params],
    queryFn: ({ signal }) => getJson<PrefixesAnswer>(clusterPath(cluster, "/prefixes"), params, signal),
    refetchInterval: LIVE_REFRESH_MS,
    placeholderData: (previous, query) => (isOfCluster(query, cluster) ? previous : undefined),
  });
}

/** One prefix over time. */
export function seriesOptions(cluster: string, params: z.input<typeof SeriesParams>) {
  return queryOptions({
    queryKey: ["series", cluster, params],
    queryFn: ({ signal }) => getJson<SeriesAnswer>(clusterPath(cluster, "/prefixes/series"), params, signal),
    refetchInterval: seriesRefreshMs(params),
    placeholderData: (previous, query) => (isOfCluster(query, cluster) ? previous : undefined),
  });
}

/** Prefixes that contain `params.q`. Asks nothing while that is empty. */
export function prefixSearchOptions(cluster: string, params: z.input<typeof PrefixSearchParams>) {
  return queryOptions({
    queryKey: ["prefix-search", cluster, params],
    queryFn: ({ signal }) => getJson<PrefixSearchAnswer>(clusterPath(cluster, "/prefixes/search"), params, signal),
    enabled: params.q !== "",
    placeholderData: (previous, query) => (isOfCluster(query, cluster) ? previous : undefined),
  });
}
