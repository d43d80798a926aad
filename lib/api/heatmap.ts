import { queryOptions } from "@tanstack/react-query";
import * as z from "zod";
import { AnsweredRange, Origin, RangeParams } from "@/lib/api/common";
import { COMPARE_PRESETS } from "@/lib/api/compare";
import { clusterPath, getBytes } from "@/lib/api/get-json";
import { isOfCluster, seriesRefreshMs } from "@/lib/api/refresh";
import { decodeHeatMatrix, HEAT_MEASURES } from "@/lib/model/heat-matrix";

/** `GET …/{cluster}/heatmap`: prefixes by time. */
export const HeatmapParams = RangeParams.extend({
  measure: z
    .enum(HEAT_MEASURES)
    .default("writes")
    .describe(
      "`writes` (puts + deletes), `writtenBytes` and `deletes` are per second; `historyBytes` at a column's end",
    ),
  prefix: z.string().default("").describe("Text form of the prefix to look below; empty for everything"),
  prefixBase64: z.string().optional().describe("The prefix's exact bytes; wins over `prefix`"),
  rows: z.coerce.number().int().min(1).max(1000).default(500).describe("The most rows; colder siblings are merged"),
  columns: z.coerce.number().int().min(1).max(2000).optional().describe("The most columns; default: 720"),
  compare: z
    .union([z.enum(COMPARE_PRESETS), z.iso.datetime({ offset: true })])
    .optional()
    .describe("Answer the difference to the same length of time so much earlier, or up to that instant"),
  format: z.enum(["binary", "json"]).default("binary"),
});
export type HeatmapParams = z.infer<typeof HeatmapParams>;

const HEAD = {
  measure: z.enum(HEAT_MEASURES),
  unit: z.enum(["perSecond", "bytesPerSecond", "bytes"]),
  prefix: z.string(),
  prefixBase64: z.string().nullable(),
  rows: z
    .array(
      z.object({
        prefix: z.string(),
        prefixBase64: z.string().nullable(),
        kind: z.enum(["prefix", "rest"]).describe("`rest`: the prefix less the rows below it that stand before"),
        depth: z.number(),
      }),
    )
    .describe("In the order of keys; together they are the whole prefix"),
  atMs: z.array(z.number()).describe("Start of each column, epoch milliseconds"),
  observedMs: z.array(z.number()).describe("How long each column was watched; 0: a gap"),
  stepMs: z.number(),
  origin: Origin,
  min: z.number().nullable(),
  max: z.number().nullable(),
  range: AnsweredRange,
  compare: z.object({ from: z.string(), to: z.string(), shiftMs: z.number() }).nullable(),
};

/** The answer with `format=json`. */
export const HeatmapAnswer = z.object({
  ...HEAD,
  values: z.array(z.array(z.number().nullable())).describe("A list a row; null: nobody watched, or not known"),
});
export type HeatmapAnswer = z.infer<typeof HeatmapAnswer>;

/** The type of a binary answer. */
export const HEATMAP_TYPE = "application/vnd.etcdscope.heatmap";
/** What a binary answer is, for the API's own description. */
export const HEATMAP_LAYOUT =
  "Little-endian: the bytes `HEAT`, uint32 format (1), uint32 length of the head; the head as JSON, padded with spaces " +
  "to a multiple of four bytes: all fields of the JSON answer but `values`; then a float32 for each cell, row by row. " +
  "NaN: nobody watched, or not known.";

/** Prefixes by time, as a matrix. */
export function heatmapOptions(cluster: string, params: z.input<typeof HeatmapParams>) {
  return queryOptions({
    queryKey: ["heatmap", cluster, params],
    queryFn: async ({ signal }) =>
      decodeHeatMatrix(await getBytes(clusterPath(cluster, "/heatmap"), { ...params, format: "binary" }, signal)),
    refetchInterval: seriesRefreshMs(params),
    placeholderData: (previous, query) => (isOfCluster(query, cluster) ? previous : undefined),
    structuralSharing: false,
  });
}
