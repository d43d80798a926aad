import { queryOptions } from "@tanstack/react-query";
import * as z from "zod";
import { AnsweredRange, Origin, RangeParams } from "@/lib/api/common";
import { clusterPath, getJson } from "@/lib/api/get-json";
import { isOfCluster, seriesRefreshMs } from "@/lib/api/refresh";
import { HEALTH_SIGNAL_NAMES, type HealthSignalName } from "@/lib/model/health-signals";

/** Names that measures had before there was a catalogue of them. */
const EARLIER_NAMES: ReadonlyMap<string, HealthSignalName> = new Map([
  ["dbSizeBytes", "dbSize"],
  ["dbSizeInUseBytes", "dbSizeInUse"],
]);
const NAMES: ReadonlySet<string> = new Set(HEALTH_SIGNAL_NAMES);
const MAX_MEASURES = 40;

/** What a reader calls a measure; null: there is none of that name. */
export function toSignalName(name: string): HealthSignalName | null {
  return EARLIER_NAMES.get(name) ?? (NAMES.has(name) ? (name as HealthSignalName) : null);
}

/** The measures that `measure` names, each once. */
export function listMeasures(measure: string): HealthSignalName[] {
  const names = measure.split(",").map((name) => toSignalName(name.trim()));
  return [...new Set(names.filter((name) => name !== null))];
}

const Measure = z
  .string()
  .max(2_000)
  .refine((text) => text.split(",").length <= MAX_MEASURES, `more than ${MAX_MEASURES} measures`)
  .refine((text) => text.split(",").every((name) => toSignalName(name.trim()) !== null), "no such measure")
  .describe(`One of these, or several with commas between: ${HEALTH_SIGNAL_NAMES.join(", ")}`);

const YesNo = z.enum(["true", "false"]);

/** `GET …/{cluster}/members/series`: signals of every member over time. */
export const MemberSeriesParams = RangeParams.extend({
  measure: Measure.default("dbSize"),
  step: z.coerce.number().int().min(10).optional().describe("Seconds; a range has at most about 240 steps"),
  split: YesNo.default("true").describe(
    "Also apart by peer, gRPC method or operation, where a measure has such a label",
  ),
  total: YesNo.default("false").describe("Also all members together, as series with an empty member id"),
});
export type MemberSeriesParams = z.infer<typeof MemberSeriesParams>;

const Unit = z.enum(["milliseconds", "perSecond", "bytesPerSecond", "bytes", "count", "ratio"]);

export const MemberSeries = z.object({
  measure: z.enum(HEALTH_SIGNAL_NAMES),
  memberId: z.string().describe("Empty: all members together"),
  name: z.string(),
  split: z.string().nullable().describe("The peer, gRPC method or operation; null: all of them together"),
  values: z.array(z.number().nullable()).describe("Null: nothing was observed"),
  /** A quantile of all observations of the range, the mean rate, the median of a gauge; null: nothing was observed. */
  whole: z.number().nullable(),
});
export type MemberSeries = z.infer<typeof MemberSeries>;

export const MemberSeriesAnswer = z.object({
  measures: z.array(z.object({ measure: z.enum(HEALTH_SIGNAL_NAMES), label: z.string(), unit: Unit })),
  stepSeconds: z.number(),
  atMs: z.array(z.number()),
  series: z.array(MemberSeries),
  range: AnsweredRange,
  origin: Origin,
});
export type MemberSeriesAnswer = z.infer<typeof MemberSeriesAnswer>;

/** Signals of every member over time. */
export function memberSeriesOptions(cluster: string, params: z.input<typeof MemberSeriesParams>) {
  return queryOptions({
    queryKey: ["member-series", cluster, params],
    queryFn: ({ signal }) => getJson<MemberSeriesAnswer>(clusterPath(cluster, "/members/series"), params, signal),
    refetchInterval: seriesRefreshMs(params),
    placeholderData: (previous, query) => (isOfCluster(query, cluster) ? previous : undefined),
  });
}
