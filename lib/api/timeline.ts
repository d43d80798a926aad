import { queryOptions } from "@tanstack/react-query";
import * as z from "zod";
import { Origin, RangeParams } from "@/lib/api/common";
import { clusterPath, getJson } from "@/lib/api/get-json";
import { isOfCluster, seriesRefreshMs } from "@/lib/api/refresh";
import { TIMELINE_KINDS, type TimelineKind } from "@/lib/model/timeline";

/** `GET …/{cluster}/timeline`: what happened in a range. */
export const TimelineParams = RangeParams.extend({
  kinds: z
    .string()
    .refine((text) => text.split(",").every(isKind), `must be of ${TIMELINE_KINDS.join(", ")}`)
    .optional()
    .describe("Only these kinds, separated by commas; all unless given"),
  limit: z.coerce.number().int().min(1).max(1000).default(500).describe("The newest of the range, when there are more"),
});
export type TimelineParams = z.infer<typeof TimelineParams>;

function isKind(text: string): text is TimelineKind {
  return (TIMELINE_KINDS as readonly string[]).includes(text);
}

/** The kinds that `kinds` names; null: all. */
export function listWantedKinds({ kinds }: Pick<TimelineParams, "kinds">): TimelineKind[] | null {
  return kinds === undefined ? null : kinds.split(",").filter(isKind);
}

export const TimelineItem = z.object({
  at: z.string(),
  until: z.string().nullable().describe("Where it lasted; null: an instant"),
  kind: z.enum(TIMELINE_KINDS),
  memberId: z.string().nullable().describe("Null: the whole cluster"),
  text: z.string().describe("One sentence for the reader"),
});
export type TimelineItem = z.infer<typeof TimelineItem>;

export const TimelineAnswer = z.object({
  /** By time, the oldest first. */
  items: z.array(TimelineItem),
  nextCursor: z.null(),
  truncated: z.boolean().describe("Older events of the range are not in it"),
  range: z.object({ from: z.string(), to: z.string() }),
  origin: Origin,
});
export type TimelineAnswer = z.infer<typeof TimelineAnswer>;

/** What happened to a cluster in a range. */
export function timelineOptions(cluster: string, params: z.input<typeof TimelineParams>) {
  return queryOptions({
    queryKey: ["timeline", cluster, params],
    queryFn: ({ signal }) => getJson<TimelineAnswer>(clusterPath(cluster, "/timeline"), params, signal),
    refetchInterval: seriesRefreshMs(params),
    placeholderData: (previous, query) => (isOfCluster(query, cluster) ? previous : undefined),
  });
}
