import { queryOptions } from "@tanstack/react-query";
import * as z from "zod";
import { Origin, RangeParams } from "@/lib/api/common";
import { clusterPath, getJson } from "@/lib/api/get-json";
import { isOfCluster } from "@/lib/api/refresh";
import { COST_PURPOSES } from "@/lib/model/cost";

const REFRESH_MS = 10_000; // the worker's books are written as often

/** `GET …/{cluster}/cost`: what reading a cluster cost it. */
export const CostParams = RangeParams;
export type CostParams = z.infer<typeof CostParams>;

/** What a cluster was asked for. */
export const CostFigures = z.object({
  requests: z.number(),
  keys: z.number().describe("Keys read"),
  receivedBytes: z.number().describe("Of the answers and of the messages on watches"),
  requestSeconds: z.number().describe("How long the answers took, watches not counted"),
  events: z.number().describe("Events told on watches"),
});
export type CostFigures = z.infer<typeof CostFigures>;

const Purpose = z.enum(COST_PURPOSES);

export const CostRow = CostFigures.extend({ purpose: Purpose, perHour: CostFigures });
export type CostRow = z.infer<typeof CostRow>;

export const CostHour = CostFigures.extend({ hour: z.string(), purpose: Purpose });
export type CostHour = z.infer<typeof CostHour>;

export const CostAnswer = z.object({
  /** Every purpose, in the same order always. */
  items: z.array(CostRow),
  nextCursor: z.null(),
  hours: z.array(CostHour).describe("The same by hour; an hour in which nothing was asked is not in it"),
  /** The hour that is running and the one before. */
  recent: CostFigures.extend({ from: z.string() }),
  range: z
    .object({ from: z.string(), to: z.string(), hours: z.number() })
    .describe("Whole hours: from the start of the first that was counted; `hours` is its length"),
  settings: z.object({
    paused: z.boolean(),
    scanShare: z.number().describe("Share of the time a scan may keep etcd busy"),
    frameSeconds: z.number(),
  }),
  boundaries: z
    .object({ at: z.string(), keys: z.number() })
    .nullable()
    .describe("Where the last whole scan cut its pages"),
  modelBytes: z.number().nullable().describe("Memory of the keyspace model in the worker"),
  at: z.string(),
  origin: Origin,
});
export type CostAnswer = z.infer<typeof CostAnswer>;

/** What reading a cluster cost it. */
export function costOptions(cluster: string, params: CostParams) {
  return queryOptions({
    queryKey: ["cost", cluster, params],
    queryFn: ({ signal }) => getJson<CostAnswer>(clusterPath(cluster, "/cost"), params, signal),
    refetchInterval: REFRESH_MS,
    placeholderData: (previous, query) => (isOfCluster(query, cluster) ? previous : undefined),
  });
}
