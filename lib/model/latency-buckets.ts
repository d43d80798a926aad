/**
 * Durations counted by bucket, each 5 % wider than the one before, from 10 microseconds up: a quantile read from them is
 * at most 2.5 % off. Bucket 0 holds everything up to 10 microseconds, the last one everything beyond.
 */

const FIRST_MICROS = 10;
const GROWTH = 1.05;

/** The last bucket; it begins beyond a year. */
export const LAST_BUCKET = 600;

/** Upper bounds, inclusive; a table, so that a bound falls into the same bucket on every machine. */
const UPPER_MICROS = Float64Array.from({ length: LAST_BUCKET }, (_, bucket) => FIRST_MICROS * GROWTH ** bucket);

/** The bucket a duration falls into. */
export function bucketOf(micros: number): number {
  if (!(micros > FIRST_MICROS)) return 0;
  let bucket = Math.min(LAST_BUCKET, Math.max(1, Math.ceil(Math.log(micros / FIRST_MICROS) / Math.log(GROWTH))));
  // The logarithm may miss by one at a bound.
  while (bucket < LAST_BUCKET && micros > (UPPER_MICROS[bucket] as number)) bucket++;
  while (bucket > 1 && micros <= (UPPER_MICROS[bucket - 1] as number)) bucket--;
  return bucket;
}

/** The duration a bucket stands for: nowhere in it is the relative error larger than at its bounds. */
export function bucketMicros(bucket: number): number {
  if (bucket <= 0) return FIRST_MICROS;
  const low = UPPER_MICROS[Math.min(bucket, LAST_BUCKET) - 1] as number;
  return (2 * low * GROWTH) / (1 + GROWTH);
}

/** The `q` quantile (0 to 1, nearest rank) of durations counted by bucket, in microseconds; null when there are none. */
export function quantileMicros(buckets: ReadonlyMap<number, number>, q: number): number | null {
  let total = 0;
  for (const count of buckets.values()) total += count;
  if (total === 0) return null;
  const rank = Math.max(1, Math.ceil(q * total));
  const ascending = [...buckets].sort(([a], [b]) => a - b);
  let passed = 0;
  for (const [bucket, count] of ascending) {
    passed += count;
    if (passed >= rank) return bucketMicros(bucket);
  }
  return bucketMicros(ascending[ascending.length - 1]?.[0] ?? 0);
}
