import { type Signal, wholeTime } from "@/lib/model/pattern-signal";
import { median, straightness } from "@/lib/model/pattern-statistics";
import type { Finding } from "@/lib/model/pattern-types";

const HOUR_SECONDS = 3_600;
const DAY_SECONDS = 24 * HOUR_SECONDS;
const MIB = 1024 ** 2;

/** Chosen: creates are eight in ten of the puts, hardly a delete, one in ten seconds or more, all the time. */
export const SEQUENCE_LEAST_CREATES = 100;
export const SEQUENCE_LEAST_PER_SECOND = 0.1;
export const SEQUENCE_CREATES_OF_PUTS = 0.8;
export const SEQUENCE_DELETES_OF_CREATES = 0.1;
export const SEQUENCE_LEAST_BUSY = 0.7;
/** Chosen: the median bucket has half of the mean or more. A burst of creates is a storm. */
export const SEQUENCE_USUAL = 0.5;
const LEAST_BUCKETS = 12;
const LARGEST_STEP = 0.5;

/** One new key after another, and they stay. */
export function findSequentialCreate(signal: Signal): Finding | null {
  const { series, time } = signal;
  const [puts, creates, deletes] = [signal.total("puts"), signal.total("creates"), signal.total("deletes")];
  const perSecond = creates / (time.watchedMs / 1_000);
  const isGrowing =
    time.count >= LEAST_BUCKETS &&
    creates >= SEQUENCE_LEAST_CREATES &&
    perSecond >= SEQUENCE_LEAST_PER_SECOND &&
    creates >= puts * SEQUENCE_CREATES_OF_PUTS &&
    deletes <= creates * SEQUENCE_DELETES_OF_CREATES;
  if (!isGrowing) return null;
  const busy = time.buckets.filter((bucket) => (series.creates[bucket] as number) > 0).length;
  const usual = median(time.buckets.map((bucket) => series.creates[bucket] as number));
  if (busy < time.count * SEQUENCE_LEAST_BUSY || usual < (creates / time.count) * SEQUENCE_USUAL) return null;
  const growthKeys = creates - deletes;
  const figures = { creates, deletes, createsPerSecond: perSecond, growthKeys };
  return { pattern: "sequential-create", series, ...wholeTime(signal), amount: growthKeys, figures };
}

/** Chosen: a tenth larger and 1 MiB (or 1,000 keys) within six hours or more, in a straight line, hardly a delete. */
export const LEAK_LEAST_SECONDS = 6 * HOUR_SECONDS;
export const LEAK_LEAST_RATIO = 0.1;
export const LEAK_LEAST_BYTES = MIB;
export const LEAK_LEAST_KEYS = 1_000;
export const LEAK_STRAIGHTNESS = 0.8;
export const LEAK_DELETES_OF_CREATES = 0.05;
const LEAK_FALLS = 0.1;

/** Grows and grows: nothing is taken away. */
export function findLeak(signal: Signal): Finding | null {
  const { series, time } = signal;
  if (time.watchedMs / 1_000 < LEAK_LEAST_SECONDS || time.count < LEAST_BUCKETS) return null;
  if (signal.sum("deletes") > signal.sum("creates") * LEAK_DELETES_OF_CREATES) return null;
  if (!isLarger(signal, "liveBytes") && !isLarger(signal, "keys")) return null;
  const bytes = measureGrowth(signal, "liveBytes");
  const keys = measureGrowth(signal, "keys");
  const leaks =
    (isLeak(bytes) && (bytes?.growth ?? 0) >= LEAK_LEAST_BYTES) ||
    (isLeak(keys) && (keys?.growth ?? 0) >= LEAK_LEAST_KEYS);
  if (!leaks || bytes === null || keys === null) return null;
  const figures = {
    growthBytes: bytes.growth,
    growthKeys: keys.growth,
    growthRatio: isLeak(bytes) ? bytes.growth / bytes.start : keys.growth / keys.start,
    bytesPerDay: (bytes.growth / (time.watchedMs / 1_000)) * DAY_SECONDS,
    liveBytes: bytes.end,
  };
  return { pattern: "leak", series, ...wholeTime(signal), amount: Math.max(0, bytes.growth), figures };
}

/** Whether there is more at the end than at the start: saves the work of measuring where there is not. */
function isLarger({ series, time }: Signal, gauge: "liveBytes" | "keys"): boolean {
  const [first, last] = [time.buckets[0] as number, time.buckets.at(-1) as number];
  const [start, end] = [series[gauge][first] as number, series[gauge][last] as number];
  return !(end <= start * (1 + LEAK_LEAST_RATIO / 2));
}

interface Growth {
  start: number;
  end: number;
  /** Only what was seen to grow: not what came while nobody watched. */
  growth: number;
  falls: number;
  largestStep: number;
  straightness: number;
}

function isLeak(growth: Growth | null): boolean {
  return (
    growth !== null &&
    growth.growth >= growth.start * LEAK_LEAST_RATIO &&
    growth.falls <= growth.growth * LEAK_FALLS &&
    growth.largestStep <= growth.growth * LARGEST_STEP &&
    growth.straightness >= LEAK_STRAIGHTNESS
  );
}

/** A gauge from bucket to bucket; null where it is hardly known. */
function measureGrowth({ series, time }: Signal, gauge: "liveBytes" | "keys"): Growth | null {
  const values = series[gauge];
  const known = time.buckets.filter((bucket) => !Number.isNaN(values[bucket] as number));
  const [first] = known;
  if (first === undefined || known.length < LEAST_BUCKETS) return null;
  const start = values[first] as number;
  const growth = { start, end: start, growth: 0, falls: 0, largestStep: 0 };
  const seen = [0];
  for (let at = 1; at < known.length; at++) {
    const [before, bucket] = [known[at - 1] as number, known[at] as number];
    const step = bucket === before + 1 ? (values[bucket] as number) - (values[before] as number) : 0;
    growth.growth += step;
    growth.falls += Math.max(0, -step);
    growth.largestStep = Math.max(growth.largestStep, step);
    growth.end = values[bucket] as number;
    seen.push(growth.growth);
  }
  return { ...growth, straightness: growth.growth > 0 ? straightness(known, seen) : 0 };
}

/** Chosen: a day without a write, nearly all of it watched, and a twentieth of all bytes. */
export const COLD_LEAST_SECONDS = DAY_SECONDS;
export const COLD_LEAST_WATCHED = 0.9;
export const COLD_LEAST_SHARE = 0.05;

/** In a shorter time than this no pattern asks for live bytes. */
export const LIVE_BYTES_LEAST_SECONDS = Math.min(LEAK_LEAST_SECONDS, COLD_LEAST_SECONDS);

/** Takes room and is never written. `wholeBytes`: live bytes of the whole keyspace. */
export function findCold(signal: Signal, wholeBytes: number): Finding | null {
  const { series, time } = signal;
  const { window } = time;
  if ((window.atMs.length * window.stepMs) / 1_000 < COLD_LEAST_SECONDS || time.ratio < COLD_LEAST_WATCHED) return null;
  if (signal.writes() > 0) return null;
  const last = time.buckets.at(-1) as number;
  const liveBytes = series.liveBytes[last] as number;
  if (!(liveBytes >= wholeBytes * COLD_LEAST_SHARE) || liveBytes === 0) return null;
  const figures = { liveBytes, keys: series.keys[last] as number };
  return { pattern: "cold", series, ...wholeTime(signal), amount: liveBytes, figures };
}
