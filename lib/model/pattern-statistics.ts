/** The middle value; NaN of nothing. */
export function median(values: ArrayLike<number>): number {
  return middleOf(new Float64Array(values).sort());
}

/** The median, and the median absolute deviation from it, unscaled. Uses `values` up. */
export function medianAndDeviation(values: Float64Array): { median: number; deviation: number } {
  const usual = middleOf(values.sort());
  for (let i = 0; i < values.length; i++) values[i] = Math.abs((values[i] as number) - usual);
  return { median: usual, deviation: middleOf(values.sort()) };
}

function middleOf(sorted: Float64Array): number {
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle] as number;
  return ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}

/** Mean and (population) variance. */
export function meanAndVariance(values: ArrayLike<number>): { mean: number; variance: number } {
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  const mean = sum / values.length;
  for (let i = 0; i < values.length; i++) squares += ((values[i] as number) - mean) ** 2;
  return { mean, variance: squares / values.length };
}

/**
 * How alike a series is to itself `lag` places later, −1 to 1. `deviations` are from the mean, 0 where a value is not
 * known; `pairs` is how many pairs are known. NaN when those are fewer than six in ten.
 */
export function autocorrelation(
  deviations: Float64Array,
  lag: number,
  { pairs, variance }: { pairs: number; variance: number },
): number {
  if (pairs < (deviations.length - lag) * LEAST_PAIRS || variance === 0) return Number.NaN;
  return sumProducts(deviations, lag) / pairs / variance;
}

/** Four sums side by side: an addition need not wait for the one before. */
function sumProducts(values: Float64Array, lag: number): number {
  let [first, second, third, fourth] = [0, 0, 0, 0];
  let i = lag;
  for (; i + 3 < values.length; i += 4) {
    first += (values[i] as number) * (values[i - lag] as number);
    second += (values[i + 1] as number) * (values[i + 1 - lag] as number);
    third += (values[i + 2] as number) * (values[i + 2 - lag] as number);
    fourth += (values[i + 3] as number) * (values[i + 3 - lag] as number);
  }
  for (; i < values.length; i++) first += (values[i] as number) * (values[i - lag] as number);
  return first + second + third + fourth;
}

const LEAST_PAIRS = 0.6;

/** How much of the values' variance a straight line through them explains, 0 to 1; 0 where nothing varies. */
export function straightness(places: readonly number[], values: readonly number[]): number {
  const { mean: x, variance: xs } = meanAndVariance(places);
  const { mean: y, variance: ys } = meanAndVariance(values);
  if (xs === 0 || ys === 0) return 0;
  const both = places.reduce((sum, place, i) => sum + (place - x) * ((values[i] as number) - y), 0) / places.length;
  return both ** 2 / (xs * ys);
}
