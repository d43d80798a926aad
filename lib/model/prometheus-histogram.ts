/** A bucket of a Prometheus histogram: how many observations were at most `le`; the last one's `le` is Infinity. */
export interface HistogramBucket {
  le: number;
  count: number;
}

/** Differences between buckets below this part of their size come from adding up in floating point. */
const SMALL_DELTA = 1e-12;

/**
 * The value below which the share `q` of the observations lies, as Prometheus' `histogram_quantile` computes it: linear
 * within the bucket, from 0 in the first one when its bound is positive; in the bucket to infinity the highest finite
 * bound. Null when nothing was observed, when the bucket to infinity is missing, or when it is the only one.
 */
export function histogramQuantile(q: number, buckets: readonly HistogramBucket[]): number | null {
  if (Number.isNaN(q)) return null;
  if (q < 0) return Number.NEGATIVE_INFINITY;
  if (q > 1) return Number.POSITIVE_INFINITY;
  const sorted = ascending(mergeEqual([...buckets].sort((a, b) => a.le - b.le)));
  const last = sorted.at(-1);
  if (last === undefined || last.le !== Number.POSITIVE_INFINITY) return null;
  if (sorted.length < 2 || last.count === 0 || Number.isNaN(last.count)) return null;
  const rank = q * last.count;
  const inFinite = sorted.findIndex(({ count }, i) => i < sorted.length - 1 && count >= rank);
  if (inFinite === -1) return (sorted[sorted.length - 2] as HistogramBucket).le;
  const { le: end, count } = sorted[inFinite] as HistogramBucket;
  if (inFinite === 0 && end <= 0) return end;
  const before = sorted[inFinite - 1] ?? { le: 0, count: 0 };
  const value = before.le + (end - before.le) * ((rank - before.count) / (count - before.count));
  return Number.isNaN(value) ? null : value; // the least of no observations at all in the first bucket
}

/** Buckets of several series with the same bound are one. */
function mergeEqual(sorted: readonly HistogramBucket[]): HistogramBucket[] {
  const merged: HistogramBucket[] = [];
  for (const { le, count } of sorted) {
    const last = merged.at(-1);
    if (last?.le === le) last.count += count;
    else merged.push({ le, count });
  }
  return merged;
}

/** A bucket holds no less than the one below it; where it seems to, it was read at another instant. */
function ascending(buckets: HistogramBucket[]): HistogramBucket[] {
  let most = Number.NEGATIVE_INFINITY;
  for (const bucket of buckets) {
    const isNoise = Math.abs(bucket.count - most) < SMALL_DELTA * (Math.abs(bucket.count) + Math.abs(most));
    if (bucket.count < most || isNoise) bucket.count = most;
    most = bucket.count;
  }
  return buckets;
}
