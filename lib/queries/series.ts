import type { SeriesAnswer, SeriesParams } from "@/lib/api/prefixes";
import type { Db } from "@/lib/db/client";
import type { FrameMeasure } from "@/lib/model/frame";
import { toKeyText } from "@/lib/model/key-text";
import type { TimeRange } from "@/lib/model/time-range";
import { toKeyBytes } from "@/lib/queries/key-bytes";
import { findNode, listChildNodes, type PrefixNode } from "@/lib/queries/prefix-nodes";
import { toQueryRange, toStepMs } from "@/lib/queries/query-range";
import { readSamples, type Samples } from "@/lib/queries/samples";
import { readWindow } from "@/lib/queries/window";

type Measure = SeriesParams["measure"];

/** What each measure is the sum of, and the unit of its points. */
const SHOWN: Record<Measure, { unit: SeriesAnswer["unit"]; parts: readonly FrameMeasure[] }> = {
  liveBytes: { unit: "bytes", parts: ["keyBytes", "valueBytes"] },
  keys: { unit: "keys", parts: ["keys"] },
  historyBytes: { unit: "bytes", parts: ["historyBytes"] },
  puts: { unit: "perSecond", parts: ["puts"] },
  creates: { unit: "perSecond", parts: ["creates"] },
  deletes: { unit: "perSecond", parts: ["deletes"] },
  writes: { unit: "perSecond", parts: ["puts", "deletes"] },
  writtenBytes: { unit: "bytesPerSecond", parts: ["writtenBytes"] },
};

/**
 * One prefix over time, and its heaviest children by the measure with the rest of it. History is kept of the tree's own
 * prefixes: of any other every point is null. Gauges are those at the end of a bucket.
 */
export async function readSeries(
  db: Db,
  clusterId: number,
  params: SeriesParams,
  nowMs: number,
): Promise<SeriesAnswer> {
  const bytes = toKeyBytes("prefix", params.prefix, params.prefixBase64);
  const range = toQueryRange(params, nowMs);
  const node = await findNode(db, clusterId, bytes);
  const children = node ? await listHeaviest(db, clusterId, { node, params, range, nowMs }) : [];
  const slots = node ? [node.slot, ...children.map(({ slot }) => slot)] : [];
  const { unit, parts } = SHOWN[params.measure];
  const question = { range, stepMs: toStepMs(range, params.step), measures: parts, slots };
  const samples = await readSamples(db, clusterId, question, nowMs);
  return {
    measure: params.measure,
    unit,
    stepSeconds: samples.stepMs / 1_000,
    atMs: samples.atMs,
    series: toSeries(bytes, children, { node, samples, measure: params.measure }),
    range: {
      from: new Date(samples.atMs[0] ?? range.fromMs).toISOString(),
      to: new Date(range.toMs).toISOString(),
      observedSeconds: samples.observedMs.reduce((sum, ms) => sum + ms, 0) / 1_000,
    },
    origin: "exact",
  };
}

async function listHeaviest(
  db: Db,
  clusterId: number,
  { node, params, range, nowMs }: { node: PrefixNode; params: SeriesParams; range: TimeRange; nowMs: number },
): Promise<PrefixNode[]> {
  if (params.children === 0) return [];
  const nodes = await listChildNodes(db, clusterId, node.slot);
  const weights = await weigh(db, clusterId, { nodes, params, range, nowMs });
  return nodes
    .map((child) => ({ child, weight: weights(child) }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight || a.child.slot - b.child.slot)
    .slice(0, params.children)
    .map(({ child }) => child);
}

/** Gauges weigh what they are now, counters what happened in the range. */
async function weigh(
  db: Db,
  clusterId: number,
  { nodes, params, range, nowMs }: { nodes: PrefixNode[]; params: SeriesParams; range: TimeRange; nowMs: number },
): Promise<(node: PrefixNode) => number> {
  const { measure } = params;
  if (measure === "keys") return (node) => node.keys;
  if (measure === "liveBytes") return (node) => node.keyBytes + node.valueBytes;
  if (measure === "historyBytes") return (node) => node.historyBytes ?? 0;
  const window = await readWindow(db, clusterId, { range, slots: new Set(nodes.map(({ slot }) => slot)), nowMs });
  return ({ slot }) => {
    const counts = window.counts(slot);
    return measure === "writes" ? counts.puts + counts.deletes : counts[measure];
  };
}

interface Drawn {
  node: PrefixNode | null;
  samples: Samples;
  measure: Measure;
}

function toSeries(bytes: Buffer, children: readonly PrefixNode[], drawn: Drawn): SeriesAnswer["series"] {
  const { node, samples, measure } = drawn;
  const valuesOf = (slot: number) => pointsOf(samples, measure, slot);
  const { text: prefix, base64: prefixBase64 } = toKeyText(bytes);
  const own = node ? valuesOf(node.slot) : samples.atMs.map(() => null);
  const series: SeriesAnswer["series"] = [{ prefix, prefixBase64, kind: "prefix", values: own }];
  if (children.length === 0) return series;
  const parts = children.map((child) => {
    const { text, base64 } = toKeyText(child.prefix);
    const kind = child.isOther ? ("other" as const) : ("prefix" as const);
    return { prefix: text, prefixBase64: base64, kind, values: valuesOf(child.slot) };
  });
  const rest = own.map((total, i) =>
    restOf(
      total,
      parts.map(({ values }) => values[i] ?? null),
    ),
  );
  return [...series, ...parts, { prefix, prefixBase64, kind: "rest", values: rest }];
}

/** Sums of rates that ought to cancel out leave a hair's breadth below zero. */
function restOf(total: number | null, parts: readonly (number | null)[]): number | null {
  if (total === null || parts.includes(null)) return null;
  return Math.max(0, total - parts.reduce<number>((sum, part) => sum + (part ?? 0), 0));
}

/** Gauges as they are, counts per watched second; null where nobody watched or it is not known. */
function pointsOf(samples: Samples, measure: Measure, slot: number): (number | null)[] {
  const { unit, parts } = SHOWN[measure];
  const isRate = unit === "perSecond" || unit === "bytesPerSecond";
  const start = samples.rowOf(slot) * samples.atMs.length;
  return samples.atMs.map((_, i) => {
    const value = parts.reduce((sum, part) => sum + (samples.of(part)[start + i] as number), 0);
    if (Number.isNaN(value)) return null;
    return isRate ? value / ((samples.observedMs[i] as number) / 1_000) : value;
  });
}
