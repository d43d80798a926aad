import type { SeriesAnswer, SeriesParams } from "@/lib/api/prefixes";
import type { Db } from "@/lib/db/client";
import { toKeyText } from "@/lib/model/key-text";
import type { TimeRange } from "@/lib/model/time-range";
import { HOUR_MS } from "@/lib/queries/hours";
import { toKeyBytes } from "@/lib/queries/key-bytes";
import { findNode, listChildNodes, type PrefixNode } from "@/lib/queries/prefix-nodes";
import { type Buckets, toBuckets, toQueryRange } from "@/lib/queries/query-range";
import { readFrameBuckets, readHourBuckets, type SlotBuckets, type SlotPoint } from "@/lib/queries/slot-buckets";
import { isHourly, readWindow } from "@/lib/queries/window";

type Measure = SeriesParams["measure"];

const UNITS: Record<Measure, SeriesAnswer["unit"]> = {
  liveBytes: "bytes",
  keys: "keys",
  puts: "perSecond",
  creates: "perSecond",
  deletes: "perSecond",
  writes: "perSecond",
  writtenBytes: "bytesPerSecond",
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
  const hourly = isHourly(range, nowMs);
  const buckets = toBuckets(range, params.step, hourly ? HOUR_MS : undefined);
  const node = await findNode(db, clusterId, bytes);
  const children = node ? await listHeaviest(db, clusterId, { node, params, range, nowMs }) : [];
  const slots = node ? [node.slot, ...children.map(({ slot }) => slot)] : [];
  const read = hourly ? readHourBuckets : readFrameBuckets;
  const current = new Map((node ? [node, ...children] : []).map((known) => [known.slot, known]));
  const points = await read(db, clusterId, { buckets, range, slots, current: range.toMs >= nowMs ? current : null });
  return {
    measure: params.measure,
    unit: UNITS[params.measure],
    stepSeconds: buckets.stepMs / 1_000,
    atMs: buckets.atMs,
    series: toSeries(bytes, children, { node, points, measure: params.measure, buckets }),
    range: {
      from: new Date(buckets.fromMs).toISOString(),
      to: new Date(range.toMs).toISOString(),
      observedSeconds: points.observedMs.reduce((sum, ms) => sum + ms, 0) / 1_000,
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
  const window = await readWindow(db, clusterId, { range, slots: new Set(nodes.map(({ slot }) => slot)), nowMs });
  return ({ slot }) => {
    const counts = window.counts(slot);
    return measure === "writes" ? counts.puts + counts.deletes : counts[measure];
  };
}

interface Drawn {
  node: PrefixNode | null;
  points: SlotBuckets;
  measure: Measure;
  buckets: Buckets;
}

function toSeries(bytes: Buffer, children: readonly PrefixNode[], drawn: Drawn): SeriesAnswer["series"] {
  const { node, points, measure, buckets } = drawn;
  const valuesOf = (slot: number) =>
    buckets.atMs.map((_, i) => pointValue(points.of(slot, i), measure, points.observedMs[i] ?? 0));
  const { text: prefix, base64: prefixBase64 } = toKeyText(bytes);
  const own = node ? valuesOf(node.slot) : buckets.atMs.map(() => null);
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

function pointValue(point: SlotPoint, measure: Measure, observedMs: number): number | null {
  if (observedMs === 0) return null;
  if (measure === "keys") return point.gauge?.keys ?? null;
  if (measure === "liveBytes") return point.gauge && point.gauge.keyBytes + point.gauge.valueBytes;
  const { counts } = point;
  return (measure === "writes" ? counts.puts + counts.deletes : counts[measure]) / (observedMs / 1_000);
}
