import type { HealthUnit } from "@/lib/model/health-signals";

/** What is usual of a figure: the median, and the median of how far its values lie from it. In the figure's unit. */
export interface SpikeBand {
  median: number;
  mad: number;
}

/** What a figure must reach besides, to be worth a word: so much at all, and so much above its median. */
export interface BandFloor {
  least: number;
  aboveMedian: number;
}

/** Steps this many median deviations above the median are unusual. */
const DEVIATIONS = 6;
/** Where hardly anything deviates, the median itself says how much is a lot. */
const MEDIANS = 2;

/** The floors of each unit. Below them nothing is a spike, however still it was before. */
export const BAND_FLOORS: Readonly<Record<HealthUnit, BandFloor>> = {
  milliseconds: { least: 10, aboveMedian: 3 },
  perSecond: { least: 5, aboveMedian: 0 },
  bytesPerSecond: { least: 65_536, aboveMedian: 0 },
  bytes: { least: 1_048_576, aboveMedian: 0 },
  count: { least: 5, aboveMedian: 0 },
  ratio: { least: 0.1, aboveMedian: 0 },
};

/** The band of values; null and not-a-number are not known and left out. Null: none is known. */
export function bandOf(values: ArrayLike<number | null>): SpikeBand | null {
  const known = new Float64Array(values.length);
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value != null && Number.isFinite(value)) known[count++] = value;
  }
  return count === 0 ? null : bandOfKnown(known.subarray(0, count));
}

/** The band of finite values, at least one. Puts them in another order. */
export function bandOfKnown(values: Float64Array): SpikeBand {
  const median = takeMedian(values);
  for (let i = 0; i < values.length; i++) values[i] = Math.abs((values[i] as number) - median);
  return { median, mad: takeMedian(values) };
}

/** The value above which a figure has left its band: the highest of all that it must be above. */
export function bandLimit({ median, mad }: SpikeBand, { least, aboveMedian }: BandFloor): number {
  return Math.max(median + DEVIATIONS * mad, MEDIANS * median, least, median + aboveMedian);
}

/** Whether a value lies above its band. */
export function leavesBand(value: number, band: SpikeBand, floor: BandFloor): boolean {
  return value > bandLimit(band, floor);
}

/** The middle value, or the mean of the two. Sorts. */
function takeMedian(values: Float64Array): number {
  values.sort();
  const middle = values.length >> 1;
  const upper = values[middle] as number;
  if (values.length % 2 === 1) return upper;
  const lower = values[middle - 1] as number;
  return lower + (upper - lower) / 2;
}
