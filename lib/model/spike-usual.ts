import { type BandFloor, bandLimit, bandOfKnown, type SpikeBand } from "@/lib/model/spike-band";

/** What usual was taken from: the same hours of earlier weeks, or days, or the last hour. */
export type SpikeBaseline = "hour-of-week" | "hour-of-day" | "recent";

/** What is usual of a figure, and how high it gets now and then. */
export interface Usual extends SpikeBand {
  /** What one step of a hundred lies above. */
  high: number;
  baseline: SpikeBaseline;
}

const HIGH_QUANTILE = 0.99;
/** Something that bursts every few minutes has a median of 0: it must burst higher than it does. */
const HIGHS = 1.5;

/** What is usual of finite values, at least one. Puts them in another order. */
export function usualOf(values: Float64Array, baseline: SpikeBaseline): Usual {
  values.sort();
  const high = values[Math.ceil(values.length * HIGH_QUANTILE) - 1] as number;
  return { high, ...bandOfKnown(values), baseline };
}

/** The value above which a figure is a spike: above its band, and above what it reaches now and then. */
export function usualLimit(usual: Usual, floor: BandFloor): number {
  return Math.max(bandLimit(usual, floor), HIGHS * usual.high);
}

/** Of two, the one that lets more pass: a spike is one by this hour of other weeks, and by the last hour too. */
export function moreTolerant(a: Usual | null, b: Usual | null, floor: BandFloor): Usual | null {
  if (a === null || b === null) return a ?? b;
  return usualLimit(b, floor) > usualLimit(a, floor) ? b : a;
}
