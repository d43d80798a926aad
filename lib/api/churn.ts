import { queryOptions } from "@tanstack/react-query";
import * as z from "zod";
import { AnsweredRange, Origin, RangeParams } from "@/lib/api/common";
import { clusterPath, getJson } from "@/lib/api/get-json";
import { countsRefreshMs, isOfCluster } from "@/lib/api/refresh";

/** `GET …/{cluster}/churn`: size against written bytes, prefix by prefix. */
export const ChurnParams = RangeParams.extend({
  parent: z.string().default("").describe("Whose children to compare; empty: the resources of the keyspace"),
  parentBase64: z.string().optional().describe("The parent's exact bytes; wins over `parent`"),
});
export type ChurnParams = z.infer<typeof ChurnParams>;

export const ChurnRow = z.object({
  prefix: z.string(),
  prefixBase64: z.string().nullable(),
  kind: z.enum(["prefix", "other", "rest"]).describe("`rest`: what is left of the parent without a row of its own"),
  keys: z.number(),
  liveBytes: z.number(),
  historyBytes: z.number().nullable(),
  liveShare: z.number().describe("Of the parent's live bytes, 0 to 1"),
  /** Averages over the watched part of the range; null where nothing of it was watched. */
  writtenBytesPerSecond: z.number().nullable(),
  writtenShare: z.number().nullable().describe("Of the parent's written bytes, 0 to 1; null: none, or not watched"),
  writesPerSecond: z.number().nullable(),
  growthBytes: z.number().nullable().describe("Change of the live bytes over the range; null: not known"),
  hasChildren: z.boolean(),
  origin: Origin,
});
export type ChurnRow = z.infer<typeof ChurnRow>;

export const ChurnAnswer = z.object({
  /** The parent itself; null when the tree has no such prefix, or before the first scan. */
  parent: ChurnRow.nullable(),
  /** They add up to the parent; the largest first. */
  items: z.array(ChurnRow),
  nextCursor: z.null(),
  state: z.enum(["baseline", "live", "resync", "unknown"]),
  revision: z.number().nullable(),
  at: z.string().nullable(),
  lagMs: z.number().nullable(),
  range: AnsweredRange,
});
export type ChurnAnswer = z.infer<typeof ChurnAnswer>;

/** Size against written bytes, prefix by prefix. */
export function churnOptions(cluster: string, params: z.input<typeof ChurnParams>) {
  return queryOptions({
    queryKey: ["churn", cluster, params],
    queryFn: ({ signal }) => getJson<ChurnAnswer>(clusterPath(cluster, "/churn"), params, signal),
    refetchInterval: countsRefreshMs(params),
    placeholderData: (previous, query) => (isOfCluster(query, cluster) ? previous : undefined),
  });
}
