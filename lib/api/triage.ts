import { queryOptions } from "@tanstack/react-query";
import * as z from "zod";
import { Origin } from "@/lib/api/common";
import { clusterPath, getJson } from "@/lib/api/get-json";
import { isOfCluster } from "@/lib/api/refresh";
import { SpikeItem } from "@/lib/api/spikes";
import { TimelineItem } from "@/lib/api/timeline";
import { HEALTH_UNITS } from "@/lib/model/health-signals";
import { TRIAGE_STAGES, TRIAGE_VERDICTS } from "@/lib/model/triage";

const instant = z.iso.datetime({ offset: true }).optional();

/**
 * `GET …/{cluster}/triage`: why it is slow. Without `from` and `to` the window is the running or latest spike of
 * latency, else the last ten minutes; without a baseline the calm is the same length just before, spikes left out.
 */
export const TriageParams = z.object({ from: instant, to: instant, baselineFrom: instant, baselineTo: instant });
export type TriageParams = z.infer<typeof TriageParams>;

export const TriageUnit = z.enum(HEALTH_UNITS);
export type TriageUnit = z.infer<typeof TriageUnit>;

const Subject = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("cluster") }),
  z.object({ kind: z.literal("member"), memberId: z.string(), name: z.string() }),
  z.object({ kind: z.literal("prefix"), prefix: z.string() }),
  z.object({
    kind: z.literal("client"),
    name: z.string(),
    userAgent: z.string().nullable(),
    user: z.string().nullable(),
    sourceAddress: z.string().nullable(),
  }),
  z.object({ kind: z.literal("verb"), verb: z.string() }),
]);
export type TriageSubjectItem = z.infer<typeof Subject>;

/** One check of the catalogue and what it found. */
export const TriageCheck = z.object({
  rule: z.string().describe("`L01` … `L35`"),
  name: z.string(),
  title: z.string(),
  stage: z.enum(TRIAGE_STAGES),
  verdict: z.enum(TRIAGE_VERDICTS),
  text: z.string().describe("One sentence with its numbers"),
  subject: Subject,
  figure: z.object({ label: z.string(), value: z.number(), calm: z.number().nullable(), unit: TriageUnit }).nullable(),
  thresholds: z.array(
    z.object({
      tier: z.enum(["documentation", "alert"]),
      value: z.number(),
      unit: TriageUnit,
      source: z.string(),
      sourceUrl: z.string().nullable(),
    }),
  ),
  startedAt: z.string().nullable(),
  next: z.array(z.string()),
  needs: z.string().nullable().describe("With `no-data`: what would provide it"),
  /** The series of `series` that shows it; null: none. */
  seriesId: z.string().nullable(),
  explainedBy: z.string().nullable().describe("The rule whose cause explains this one"),
});
export type TriageCheck = z.infer<typeof TriageCheck>;

/** What moved, and when. */
export const TriageMover = z.object({
  kind: z.enum(["member", "prefix", "client", "verb", "cluster"]),
  subject: Subject,
  label: z.string().describe("What of it: `Writes`, `WAL fsync p99`"),
  unit: TriageUnit,
  calm: z.number().nullable(),
  window: z.number().nullable(),
  /** Seconds before (negative) or after the latency moved; null: it did not move, or latency did not. */
  leadSeconds: z.number().nullable(),
  seriesId: z.string().nullable(),
  origin: Origin,
});
export type TriageMover = z.infer<typeof TriageMover>;

/** A line on the axis all charts of the page share. */
export const TriageSeries = z.object({
  id: z.string(),
  label: z.string(),
  /** The prefix, member or client; null: the cluster. */
  of: z.string().nullable(),
  unit: TriageUnit,
  /** `latency` is drawn first; `suspect` are the movers, the strongest first. */
  role: z.enum(["latency", "suspect", "other"]),
  values: z.array(z.number().nullable()),
  limits: z.array(z.object({ value: z.number(), label: z.string() })).describe("Thresholds to draw"),
  origin: Origin,
});
export type TriageSeries = z.infer<typeof TriageSeries>;

const Range = z.object({ from: z.string(), to: z.string() });

export const TriageAnswer = z.object({
  window: Range,
  calm: Range,
  /** Where the window comes from: the reader, a spike that was detected, or just the last minutes. */
  picked: z.enum(["asked", "spike", "recent"]),
  spike: SpikeItem.nullable(),
  headline: z.object({
    tone: z.enum(["bad", "warn", "good", "unknown"]),
    title: z.string().describe("The answer in a sentence"),
    lede: z.string(),
  }),
  onset: z.string().nullable().describe("When latency left its calm band"),
  /** All checks: likely causes first, the strongest first. */
  items: z.array(TriageCheck),
  nextCursor: z.null(),
  counts: z.object({ likelyCause: z.number(), contributing: z.number(), ruledOut: z.number(), noData: z.number() }),
  movers: z.array(TriageMover),
  axis: z.object({ atMs: z.array(z.number()), stepSeconds: z.number() }),
  series: z.array(TriageSeries),
  /** Prefixes by steps of the axis, writes per second: the strip under the charts. */
  heatStrip: z.array(z.object({ prefix: z.string(), values: z.array(z.number().nullable()) })),
  timeline: z.array(TimelineItem),
  /** Spikes found around the window, the newest first. */
  spikes: z.array(SpikeItem),
  /** Which sources told something of this time. */
  sources: z.array(
    z.object({ name: z.string(), tells: z.string(), isHeard: z.boolean(), reason: z.string().nullable() }),
  ),
  at: z.string(),
  origin: Origin,
});
export type TriageAnswer = z.infer<typeof TriageAnswer>;

const REFRESH_MS = 15_000;

/** Why it is slow, in a window. One that is over is not asked again. */
export function triageOptions(cluster: string, params: TriageParams) {
  return queryOptions({
    queryKey: ["triage", cluster, params],
    queryFn: ({ signal }) => getJson<TriageAnswer>(clusterPath(cluster, "/triage"), params, signal),
    refetchInterval: params.to === undefined ? REFRESH_MS : false,
    placeholderData: (previous, query) => (isOfCluster(query, cluster) ? previous : undefined),
  });
}
