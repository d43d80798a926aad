import type { MetricSamples } from "@/lib/model/metrics";
import type { TimeRange } from "@/lib/model/time-range";
import type { ReadSlice } from "@/lib/queries/traffic-reading";

const STEPS_MS = [60, 300, 900, 3_600, 10_800, 21_600, 86_400].map((seconds) => seconds * 1_000);
/** As fine as the ends of a range are cut, and no finer: each slice costs a figure of every series. */
const SLICES = 120;

/** Slices into which a range is cut where no time axis asks for finer ones. */
export function metricStepMs({ fromMs, toMs }: TimeRange): number {
  const wantedMs = (toMs - fromMs) / SLICES;
  return STEPS_MS.find((step) => step >= wantedMs) ?? (STEPS_MS.at(-1) as number);
}

/** A range in whole steps; one that ends now still ends in a step that has begun. */
export function toWholeSteps({ fromMs, toMs }: TimeRange, stepMs: number): TimeRange {
  return { fromMs: Math.floor(fromMs / stepMs) * stepMs, toMs: Math.ceil(toMs / stepMs) * stepMs };
}

/**
 * The slices of what was read of several targets. A slice was observed for as long as the target was that was read most:
 * requests go to those that answer.
 */
export function toSlices({ fromMs, stepMs, columns, observedMs }: MetricSamples): ReadSlice[] {
  return Array.from({ length: columns }, (_, column) => ({
    fromMs: fromMs + column * stepMs,
    toMs: fromMs + (column + 1) * stepMs,
    observedMs: Math.max(0, ...[...observedMs.values()].map((ms) => ms[column] ?? 0)),
  }));
}

/** The growth within each bucket alone, of the cumulative buckets of one histogram, by upper bound in seconds. */
export function toOwnBuckets(cumulative: ReadonlyMap<number, readonly (number | null)[]>): Map<number, number[]> {
  const own = new Map<number, number[]>();
  let below: readonly (number | null)[] = [];
  for (const [bound, values] of [...cumulative].sort(([a], [b]) => a - b)) {
    // A bucket read a moment later than the one below it may seem to hold less.
    own.set(
      bound,
      values.map((value, column) => Math.max(0, (value ?? 0) - (below[column] ?? 0))),
    );
    below = values;
  }
  return own;
}
