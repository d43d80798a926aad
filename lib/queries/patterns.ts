import { eq } from "drizzle-orm";
import type { PatternItem, PatternsAnswer, PatternsParams } from "@/lib/api/patterns";
import type { Db } from "@/lib/db/client";
import { cluster } from "@/lib/db/schema";
import { toKeyText } from "@/lib/model/key-text";
import { LIVE_BYTES_LEAST_SECONDS } from "@/lib/model/pattern-growth";
import type { PatternMessage, PatternSeries, PatternWindow } from "@/lib/model/pattern-types";
import { findPatterns } from "@/lib/model/patterns";
import { FRAME_MS, type TimeRange } from "@/lib/model/time-range";
import { toKeyBytes } from "@/lib/queries/key-bytes";
import { listPatternKeys, type PatternKey } from "@/lib/queries/pattern-keys";
import { listPatternPrefixes, type PatternPrefix } from "@/lib/queries/pattern-prefixes";
import { findNode } from "@/lib/queries/prefix-nodes";
import { toQueryRange } from "@/lib/queries/query-range";
import { readSamples, type Samples } from "@/lib/queries/samples";

const MEASURES = ["puts", "creates", "deletes", "keys"] as const;
const SIZES = ["keyBytes", "valueBytes"] as const;
/** What was watched until so shortly before now is still going on: frames come every 10 to 60 s. */
const NOW_MS = 120_000;
const MINUTE_MS = 60_000;

/**
 * What stands out in a range, in plain words: the patterns of the heaviest prefixes, and of single keys where the range
 * is short enough to look at them.
 */
export async function readPatterns(
  db: Db,
  clusterId: number,
  params: PatternsParams,
  nowMs: number,
): Promise<PatternsAnswer> {
  const bytes = toKeyBytes("prefix", params.prefix, params.prefixBase64);
  const range = toQueryRange(params, nowMs);
  const stepMs = Math.max(patternStepMs(range), await readFrameMs(db, clusterId));
  const node = bytes.length === 0 ? null : await findNode(db, clusterId, bytes);
  if (bytes.length > 0 && node === null) return toAnswer([], { range, stepMs, prefixes: 0, observedMs: 0 });
  const scope = { range, stepMs, slot: node?.slot ?? null, nowMs };
  const [prefixes, keys] = await Promise.all([
    listPatternPrefixes(db, clusterId, scope),
    listPatternKeys(db, clusterId, range),
  ]);
  const slots = prefixes.map(({ slot }) => slot);
  // Half of the work is in the sizes: they are read only where something is made of them.
  const longestMs = range.toMs - range.fromMs + 2 * stepMs; // the first and last bucket may reach beyond the range
  const withSizes = longestMs >= LIVE_BYTES_LEAST_SECONDS * 1_000;
  const measures = withSizes ? [...MEASURES, ...SIZES] : MEASURES;
  const samples = await readSamples(db, clusterId, { range, stepMs, measures, slots }, nowMs);
  const { atMs, observedMs } = samples;
  const window = { ...range, atMs, stepMs, observedMs, endsNow: lastWatchedMs(samples, stepMs) >= nowMs - NOW_MS };
  const liveBytes = withSizes ? sum(samples.of("keyBytes"), samples.of("valueBytes")) : null;
  const ofPrefixes = toPrefixSeries(prefixes, samples, liveBytes);
  const ofKeys = toKeySeries(
    keys.filter(({ key }) => key.subarray(0, bytes.length).equals(bytes)),
    prefixes,
    window,
  );
  const whole = ofPrefixes.find(({ id }) => id === 0);
  const asked = node === null ? ofPrefixes : ofPrefixes.filter((each) => each !== whole);
  const messages = findPatterns(window, [...asked, ...ofKeys], whole);
  const watchedMs = observedMs.reduce((sum, ms) => sum + ms, 0);
  return toAnswer(messages, { range, stepMs, prefixes: prefixes.length, observedMs: watchedMs });
}

const STEPS_MS = [10, 60, 300, 3_600, 10_800, 21_600, 86_400].map((seconds) => seconds * 1_000);
const MOST_BUCKETS = 360;

/** Finer than a chart's: what is averaged away is not seen. */
function patternStepMs(range: TimeRange): number {
  return STEPS_MS.find((step) => (range.toMs - range.fromMs) / step <= MOST_BUCKETS) ?? 30 * 86_400_000;
}

/** Where the last watched bucket ends. */
function lastWatchedMs({ atMs, observedMs }: Samples, stepMs: number): number {
  const last = observedMs.findLastIndex((ms) => ms > 0);
  return last < 0 ? Number.NEGATIVE_INFINITY : (atMs[last] as number) + stepMs;
}

async function readFrameMs(db: Db, clusterId: number): Promise<number> {
  const [row] = await db.select({ seconds: cluster.frameSeconds }).from(cluster).where(eq(cluster.id, clusterId));
  return row === undefined ? FRAME_MS : row.seconds * 1_000;
}

/** `liveBytes` null: not read. */
function toPrefixSeries(
  prefixes: readonly PatternPrefix[],
  samples: Samples,
  liveBytes: Float64Array | null,
): PatternSeries[] {
  const columns = samples.atMs.length;
  const nothing = new Float64Array(columns);
  const unknown = new Float64Array(columns).fill(Number.NaN);
  const [puts, creates, deletes, keys] = (["puts", "creates", "deletes", "keys"] as const).map((measure) =>
    samples.of(measure),
  ) as [Float64Array, Float64Array, Float64Array, Float64Array];
  return prefixes.map(({ slot, parentSlot, prefix }) => {
    const row = samples.rowOf(slot);
    const part = (matrix: Float64Array) => (row < 0 ? nothing : matrix.subarray(row * columns, (row + 1) * columns));
    const { text, base64 } = toKeyText(prefix);
    return {
      ...{ id: slot, parentId: parentSlot, prefix: text, prefixBase64: base64, kind: "prefix" as const },
      ...{ puts: part(puts), creates: part(creates), deletes: part(deletes), keys: part(keys) },
      liveBytes: liveBytes === null ? unknown : part(liveBytes),
    };
  });
}

function sum(left: Float64Array, right: Float64Array): Float64Array {
  const sums = new Float64Array(left.length);
  for (let i = 0; i < left.length; i++) sums[i] = (left[i] as number) + (right[i] as number);
  return sums;
}

/** Keys hang on the deepest prefix they begin with. What a minute does not list of a key counts as nothing. */
function toKeySeries(
  keys: readonly PatternKey[],
  prefixes: readonly PatternPrefix[],
  window: PatternWindow,
): PatternSeries[] {
  const nothing = new Float64Array(window.atMs.length);
  const one = new Float64Array(window.atMs.length).fill(1);
  const slotAbove = toSlotFinder(prefixes);
  return keys.map(({ key, minutes }, i) => {
    const { text, base64 } = toKeyText(key);
    return {
      ...{ id: -1 - i, parentId: slotAbove(key), prefix: text, prefixBase64: base64, kind: "key" as const },
      ...{ creates: nothing, deletes: nothing, keys: one, liveBytes: nothing },
      puts: spread(minutes, window),
    };
  });
}

/** Finds the slot of the longest prefix that a key begins with: one look for each length that a prefix has. */
function toSlotFinder(prefixes: readonly PatternPrefix[]): (key: Buffer) => number {
  const slots = new Map(prefixes.map(({ prefix, slot }) => [prefix.toString("latin1"), slot]));
  const lengths = [...new Set(prefixes.map(({ prefix }) => prefix.length))].sort((a, b) => b - a);
  return (key) => {
    for (const length of lengths) {
      const slot = length > key.length ? undefined : slots.get(key.toString("latin1", 0, length));
      if (slot !== undefined) return slot;
    }
    return 0;
  };
}

/** Minutes poured into buckets, which may be shorter or longer. */
function spread(minutes: PatternKey["minutes"], { atMs, stepMs }: PatternWindow) {
  const buckets = new Float64Array(atMs.length);
  const [fromMs = 0] = atMs;
  for (const minute of minutes) {
    const first = Math.max(0, Math.floor((minute.atMs - fromMs) / stepMs));
    for (let i = first; i < buckets.length && (atMs[i] as number) < minute.atMs + MINUTE_MS; i++) {
      const start = Math.max(atMs[i] as number, minute.atMs);
      const end = Math.min((atMs[i] as number) + stepMs, minute.atMs + MINUTE_MS);
      if (end > start) buckets[i] = (buckets[i] as number) + (minute.writes * (end - start)) / MINUTE_MS;
    }
  }
  return buckets;
}

function toAnswer(
  messages: readonly PatternMessage[],
  told: { range: TimeRange; stepMs: number; prefixes: number; observedMs: number },
): PatternsAnswer {
  const { range, stepMs, prefixes, observedMs } = told;
  return {
    items: messages.map(toItem),
    nextCursor: null,
    prefixes,
    stepSeconds: stepMs / 1_000,
    range: { from: toIso(range.fromMs), to: toIso(range.toMs), observedSeconds: observedMs / 1_000 },
    origin: "estimated",
  };
}

function toItem({ fromMs, toMs, sentence, ...message }: PatternMessage): PatternItem {
  return {
    ...message,
    from: toIso(fromMs),
    to: toIso(toMs),
    sentence: sentence.map((part) => (part.kind === "instant" ? { kind: "instant", at: toIso(part.atMs) } : part)),
  };
}

function toIso(ms: number): string {
  return new Date(ms).toISOString();
}
