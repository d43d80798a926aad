import { queryOptions } from "@tanstack/react-query";
import * as z from "zod";
import { Origin, RangeParams } from "@/lib/api/common";
import { clusterPath, getJson } from "@/lib/api/get-json";
import { isOfCluster, seriesRefreshMs } from "@/lib/api/refresh";
import { SPIKE_SIGNAL_NAMES } from "@/lib/model/spikes";

/** `GET …/{cluster}/spikes`: latencies and rates that left their usual band. */
export const SpikesParams = RangeParams.extend({
  limit: z.coerce.number().int().min(1).max(500).default(100).describe("The newest of the range"),
});
export type SpikesParams = z.infer<typeof SpikesParams>;

export const SpikeItem = z.object({
  signal: z.enum(SPIKE_SIGNAL_NAMES),
  isLatency: z.boolean(),
  subjectKind: z.enum(["member", "prefix", "client", "verb"]),
  subject: z.string(),
  label: z.string().describe("The subject's name for the reader"),
  unit: z.enum(["milliseconds", "perSecond", "bytesPerSecond"]),
  onset: z.string(),
  endedAt: z.string().nullable().describe("Null: it goes on"),
  peak: z.number(),
  peakAt: z.string(),
  median: z.number().describe("What is usual"),
  mad: z.number().describe("Median absolute deviation of what is usual"),
  baseline: z.enum(["hour-of-week", "hour-of-day", "recent"]).describe("What usual was taken from"),
});
export type SpikeItem = z.infer<typeof SpikeItem>;

export const SpikesAnswer = z.object({
  /** The newest first. */
  items: z.array(SpikeItem),
  nextCursor: z.null(),
  range: z.object({ from: z.string(), to: z.string() }),
  /** Up to when spikes have been looked for; null: never yet. */
  checkedAt: z.string().nullable(),
  origin: Origin,
});
export type SpikesAnswer = z.infer<typeof SpikesAnswer>;

/** Spikes of a range. */
export function spikesOptions(cluster: string, params: z.input<typeof SpikesParams>) {
  return queryOptions({
    queryKey: ["spikes", cluster, params],
    queryFn: ({ signal }) => getJson<SpikesAnswer>(clusterPath(cluster, "/spikes"), params, signal),
    refetchInterval: seriesRefreshMs(params),
    placeholderData: (previous, query) => (isOfCluster(query, cluster) ? previous : undefined),
  });
}
