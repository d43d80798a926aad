import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { histogramQuantile } from "@/lib/model/prometheus-histogram";

const toBuckets = (pairs: readonly (readonly [string, number])[]) =>
  pairs.map(([le, count]) => ({ le: le === "+Inf" ? Number.POSITIVE_INFINITY : Number(le), count }));

/** What Prometheus 2.42 answers (`promtool test rules`); null: it answers NaN. */
const ANSWERS: readonly { q: number; buckets: [string, number][]; quantile: number | null }[] = [
  {
    q: 0.25,
    buckets: [
      ["0.001", 1],
      ["0.002", 699],
      ["0.004", 1388],
      ["0.008", 1388],
      ["+Inf", 1388],
    ],
    quantile: 0.001495702005730659,
  },
  {
    q: 0.01,
    buckets: [
      ["1", 0],
      ["5", 710],
      ["10", 1071],
      ["+Inf", 1071],
    ],
    quantile: 1.060338028169014,
  },
  {
    q: 1,
    buckets: [
      ["-5", 849],
      ["-1", 1300],
      ["0", 1300],
      ["5", 1345],
      ["+Inf", 2308],
    ],
    quantile: 5,
  },
  {
    q: 0,
    buckets: [
      ["0.1", 0],
      ["+Inf", 1],
    ],
    quantile: null,
  },
  { q: 0.9, buckets: [["+Inf", 0]], quantile: null },
  {
    q: 0.999,
    buckets: [
      ["1", 271],
      ["2", 271],
      ["3", 272],
    ],
    quantile: null,
  },
  {
    q: 0.01,
    buckets: [
      ["-5", 0],
      ["-1", 0],
      ["0", 239],
      ["5", 239],
      ["+Inf", 237],
    ],
    quantile: -0.99,
  },
  {
    q: 0.75,
    buckets: [
      ["0.1", 1],
      ["+Inf", 424],
    ],
    quantile: 0.1,
  },
  {
    q: 0,
    buckets: [
      ["0", 2],
      ["1", 488],
      ["+Inf", 488],
    ],
    quantile: 0,
  },
  {
    q: 0.999,
    buckets: [
      ["0", 2],
      ["1", 233],
      ["+Inf", 521],
    ],
    quantile: 1,
  },
  {
    q: 1,
    buckets: [
      ["1", 0],
      ["5", 0],
      ["10", 0],
      ["+Inf", 0],
    ],
    quantile: null,
  },
  {
    q: 1,
    buckets: [
      ["0.1", 0],
      ["+Inf", 193],
    ],
    quantile: 0.1,
  },
  {
    q: 0,
    buckets: [
      ["0.001", 1],
      ["0.002", 824],
      ["0.004", 1690],
      ["0.008", 1690],
      ["+Inf", 1691],
    ],
    quantile: 0,
  },
  {
    q: 0,
    buckets: [
      ["1", 381],
      ["2", 1206],
      ["3", 1615],
    ],
    quantile: null,
  },
  {
    q: 1,
    buckets: [
      ["1", 441],
      ["5", 565],
      ["10", 668],
      ["+Inf", 1191],
    ],
    quantile: 10,
  },
  { q: 1, buckets: [["+Inf", 138]], quantile: null },
  {
    q: 0.99,
    buckets: [
      ["0.001", 0],
      ["0.002", 0],
      ["0.004", 0],
      ["0.008", 0],
      ["+Inf", 0],
    ],
    quantile: null,
  },
  {
    q: 0.01,
    buckets: [
      ["0.1", 0],
      ["+Inf", 0],
    ],
    quantile: null,
  },
  {
    q: 0,
    buckets: [
      ["0.001", 0],
      ["0.002", 770],
      ["0.004", 770],
      ["0.008", 770],
      ["+Inf", 770],
    ],
    quantile: null,
  },
  {
    q: 0.99,
    buckets: [
      ["0", 0],
      ["1", 0],
      ["+Inf", 0],
    ],
    quantile: null,
  },
  {
    q: 0.5,
    buckets: [
      ["1", 0],
      ["5", 0],
      ["10", 0],
      ["+Inf", 0],
    ],
    quantile: null,
  },
  {
    q: 0.5,
    buckets: [
      ["-5", 0],
      ["-1", 0],
      ["0", 0],
      ["5", 0],
      ["+Inf", 0],
    ],
    quantile: null,
  },
];

describe("histogram_quantile", () => {
  test.each(ANSWERS)("$q of $buckets is $quantile, as Prometheus says", ({ q, buckets, quantile }) => {
    expect(histogramQuantile(q, toBuckets(buckets))).toBe(quantile);
  });

  test("a share below 0 or above 1 is beyond every value", () => {
    const buckets = toBuckets([
      ["1", 1],
      ["+Inf", 2],
    ]);
    expect(histogramQuantile(-0.1, buckets)).toBe(Number.NEGATIVE_INFINITY);
    expect(histogramQuantile(1.1, buckets)).toBe(Number.POSITIVE_INFINITY);
    expect(histogramQuantile(Number.NaN, buckets)).toBeNull();
    expect(histogramQuantile(0.5, [])).toBeNull();
  });

  const observations = fc.array(fc.double({ min: 0, max: 9.99, noNaN: true }), { minLength: 1, maxLength: 200 });
  const les = [0.5, 1, 2, 4, 8, 10, Number.POSITIVE_INFINITY];
  const count = (values: readonly number[]) => les.map((le) => ({ le, count: values.filter((v) => v <= le).length }));

  test("lies in the bucket that holds the value, whatever was observed", () => {
    fc.assert(
      fc.property(observations, fc.double({ min: 0.01, max: 1, noNaN: true }), (values, q) => {
        const sorted = [...values].sort((a, b) => a - b);
        const exact = sorted[Math.ceil(q * sorted.length) - 1] as number;
        const end = les.find((le) => le >= exact) as number;
        const start = les[les.indexOf(end) - 1] ?? 0;
        const quantile = histogramQuantile(q, count(values)) as number;
        expect(quantile).toBeGreaterThanOrEqual(start);
        expect(quantile).toBeLessThanOrEqual(end);
      }),
    );
  });

  test("of two histograms together it is that of all observations, not between their quantiles", () => {
    const [fast, slow] = [Array.from({ length: 98 }, () => 0.1), [9, 9]];
    const both = [...count(fast), ...count(slow)];
    expect(histogramQuantile(0.99, both)).toBe(histogramQuantile(0.99, count([...fast, ...slow])));
    expect(histogramQuantile(0.99, both)).toBe(9);
  });
});
