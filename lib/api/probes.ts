import { queryOptions } from "@tanstack/react-query";
import * as z from "zod";
import { AnsweredRange, Origin, RangeParams } from "@/lib/api/common";
import { clusterPath, getJson } from "@/lib/api/get-json";
import { isOfCluster, seriesRefreshMs } from "@/lib/api/refresh";

/** `GET …/{cluster}/probes`: reads of one absent key at every member, every 5 s, as a client of etcd feels them. */
export const ProbesParams = RangeParams.extend({
  step: z.coerce.number().int().min(10).optional().describe("Seconds; never so fine that there are over 240 points"),
});
export type ProbesParams = z.infer<typeof ProbesParams>;

const figure = z.number().nullable();

/** One of the two reads. Milliseconds, of the reads that were answered. */
export const ProbeFigures = z.object({
  asked: z.number().describe("Reads asked for, answered or not"),
  failed: z.number().describe("Reads that failed or took longer than 4 s"),
  p50Ms: figure,
  p99Ms: figure,
  maxMs: figure,
});
export type ProbeFigures = z.infer<typeof ProbeFigures>;

/** A read over time, a value for each of `atMs`; null where nobody asked, or no read was answered. */
export const ProbeSeries = z.object({
  p50Ms: z.array(figure),
  maxMs: z.array(figure),
  failed: z.array(figure).describe("Null where nobody asked"),
});
export type ProbeSeries = z.infer<typeof ProbeSeries>;

export const ProbeMember = z.object({
  memberId: z.string(),
  name: z.string(),
  isLearner: z.boolean().describe("Asked for serializable reads only"),
  serializable: ProbeFigures.extend({ series: ProbeSeries }),
  linearizable: ProbeFigures.extend({ series: ProbeSeries }),
  failures: z
    .array(z.object({ at: z.string(), read: z.enum(["serializable", "linearizable"]), text: z.string() }))
    .describe("The newest ten, the newest first"),
});
export type ProbeMember = z.infer<typeof ProbeMember>;

export const ProbesAnswer = z.object({
  items: z.array(ProbeMember),
  nextCursor: z.null(),
  stepSeconds: z.number(),
  atMs: z.array(z.number()),
  key: z.string().describe("The key that is read; nothing is stored under it"),
  range: AnsweredRange,
  origin: Origin,
});
export type ProbesAnswer = z.infer<typeof ProbesAnswer>;

/** What reads took at every member. */
export function probesOptions(cluster: string, params: z.input<typeof ProbesParams>) {
  return queryOptions({
    queryKey: ["probes", cluster, params],
    queryFn: ({ signal }) => getJson<ProbesAnswer>(clusterPath(cluster, "/probes"), params, signal),
    refetchInterval: seriesRefreshMs(params),
    placeholderData: (previous, query) => (isOfCluster(query, cluster) ? previous : undefined),
  });
}
