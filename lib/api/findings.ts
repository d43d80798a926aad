import { queryOptions } from "@tanstack/react-query";
import * as z from "zod";
import { Origin, RangeParams } from "@/lib/api/common";
import { clusterPath, getJson } from "@/lib/api/get-json";
import { isOfCluster, seriesRefreshMs } from "@/lib/api/refresh";
import { FINDING_SEVERITIES } from "@/lib/model/notifications";

/** `GET …/{cluster}/findings`: what holds, and what held in a range. */
export const FindingsParams = RangeParams.extend({
  state: z.enum(["open", "all"]).default("all").describe("`open`: only what holds now, whatever the range"),
  limit: z.coerce.number().int().min(1).max(500).default(100).describe("Open ones first, then the newest of the range"),
});
export type FindingsParams = z.infer<typeof FindingsParams>;

export const FindingItem = z.object({
  id: z.string(),
  rule: z.string().describe("`L01` … `L35`"),
  scope: z.string().describe("A member's id, a prefix, a client, a verb; empty: the whole cluster"),
  severity: z.enum(FINDING_SEVERITIES),
  title: z.string(),
  text: z.string().describe("One sentence with its numbers, as it was last found"),
  next: z.string().describe("What to do next"),
  openedAt: z.string(),
  checkedAt: z.string().describe("When it was last found to hold"),
  closedAt: z.string().nullable().describe("Null: it holds"),
});
export type FindingItem = z.infer<typeof FindingItem>;

export const FindingsAnswer = z.object({
  /** Those that hold first, the most severe first; then the newest first. */
  items: z.array(FindingItem),
  nextCursor: z.null(),
  range: z.object({ from: z.string(), to: z.string() }),
  open: z.number().int().describe("How many hold now"),
  origin: Origin,
});
export type FindingsAnswer = z.infer<typeof FindingsAnswer>;

/** What holds, and what held in a range. */
export function findingsOptions(cluster: string, params: z.input<typeof FindingsParams>) {
  return queryOptions({
    queryKey: ["findings", cluster, params],
    queryFn: ({ signal }) => getJson<FindingsAnswer>(clusterPath(cluster, "/findings"), params, signal),
    refetchInterval: seriesRefreshMs(params),
    placeholderData: (previous, query) => (isOfCluster(query, cluster) ? previous : undefined),
  });
}
