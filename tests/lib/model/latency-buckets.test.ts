import fc from "fast-check";
import { expect, test } from "vitest";
import { bucketMicros, bucketOf, LAST_BUCKET, quantileMicros } from "@/lib/model/latency-buckets";

const YEAR_MICROS = 365 * 86_400 * 1e6;

test("what a bucket stands for is at most 2.5 % off, from 10 microseconds to a year", () => {
  fc.assert(
    fc.property(fc.double({ min: 10, max: YEAR_MICROS, noNaN: true, minExcluded: true }), (micros) => {
      expect(Math.abs(bucketMicros(bucketOf(micros)) / micros - 1)).toBeLessThanOrEqual(0.025);
    }),
    { numRuns: 2_000 },
  );
});

test("a longer duration never falls into a lower bucket", () => {
  const anything = fc.double({ min: 0, max: Number.MAX_SAFE_INTEGER, noNaN: true });
  fc.assert(
    fc.property(anything, anything, (a, b) => {
      expect(bucketOf(Math.max(a, b))).toBeGreaterThanOrEqual(bucketOf(Math.min(a, b)));
    }),
  );
});

test.each([
  { micros: 0, bucket: 0 },
  { micros: 10, bucket: 0 },
  { micros: 10.01, bucket: 1 },
  { micros: 10.5, bucket: 1 },
  { micros: 10.51, bucket: 2 },
  { micros: Number.NaN, bucket: 0 },
  { micros: -1, bucket: 0 },
  { micros: Number.POSITIVE_INFINITY, bucket: LAST_BUCKET },
])("$micros microseconds are in bucket $bucket", ({ micros, bucket }) => {
  expect(bucketOf(micros)).toBe(bucket);
});

test("a quantile is at most 2.5 % off the one of the sorted durations, and null of none", () => {
  const durations = fc.array(fc.double({ min: 10, max: 1e10, noNaN: true, minExcluded: true }), { minLength: 1 });
  fc.assert(
    fc.property(durations, fc.constantFrom(0, 0.5, 0.9, 0.99, 1), (micros, q) => {
      const buckets = new Map<number, number>();
      for (const one of micros) buckets.set(bucketOf(one), (buckets.get(bucketOf(one)) ?? 0) + 1);
      const sorted = [...micros].sort((a, b) => a - b);
      const exact = sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1] as number;
      expect(Math.abs((quantileMicros(buckets, q) as number) / exact - 1)).toBeLessThanOrEqual(0.025);
    }),
  );
  expect(quantileMicros(new Map(), 0.5)).toBeNull();
});
