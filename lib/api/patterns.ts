import { queryOptions } from "@tanstack/react-query";
import * as z from "zod";
import { AnsweredRange, Origin, RangeParams } from "@/lib/api/common";
import { clusterPath, getJson } from "@/lib/api/get-json";
import { isOfCluster, seriesRefreshMs } from "@/lib/api/refresh";
import { PATTERN_FIGURES, PATTERNS } from "@/lib/model/pattern-types";

/** `GET …/{cluster}/patterns`: what stands out in a range, in plain words. */
export const PatternsParams = RangeParams.extend({
  prefix: z.string().default("").describe("Only this prefix and what lies below it; empty for the whole keyspace"),
  prefixBase64: z.string().optional(),
});
export type PatternsParams = z.infer<typeof PatternsParams>;

const SentencePart = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("prefix") }),
  z.object({ kind: z.literal("pattern") }),
  z.object({ kind: z.literal("text"), text: z.string() }),
  z.object({ kind: z.literal("instant"), at: z.string() }),
]);

export const PatternItem = z.object({
  pattern: z.enum(PATTERNS),
  severity: z.enum(["warning", "notice", "info"]).describe("`info`: how this cluster is, no fault"),
  prefix: z.string(),
  prefixBase64: z.string().nullable(),
  kind: z.enum(["prefix", "key"]),
  from: z.string(),
  to: z.string(),
  lasts: z.boolean().describe("Still so at the end of the range, which is now"),
  share: z.number().describe("Of the same thing in the whole keyspace, 0 to 1"),
  figures: z.partialRecord(z.enum(PATTERN_FIGURES), z.number()),
  sentence: z.array(SentencePart).describe("In parts, so that instants can be shown in the reader's time zone"),
});
export type PatternItem = z.infer<typeof PatternItem>;

export const PatternsAnswer = z.object({
  /** The most important first. */
  items: z.array(PatternItem),
  nextCursor: z.null(),
  prefixes: z.number().describe("How many prefixes were looked at: the heaviest by writes and by bytes"),
  stepSeconds: z.number().describe("What is shorter than this cannot be seen"),
  range: AnsweredRange,
  origin: Origin,
});
export type PatternsAnswer = z.infer<typeof PatternsAnswer>;

/** What stands out in a range. */
export function patternsOptions(cluster: string, params: z.input<typeof PatternsParams>) {
  return queryOptions({
    queryKey: ["patterns", cluster, params],
    queryFn: ({ signal }) => getJson<PatternsAnswer>(clusterPath(cluster, "/patterns"), params, signal),
    refetchInterval: seriesRefreshMs(params),
    placeholderData: (previous, query) => (isOfCluster(query, cluster) ? previous : undefined),
  });
}
