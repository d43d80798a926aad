import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BAND_FLOORS, bandLimit, bandOf, leavesBand } from "@/lib/model/spike-band";

describe("bandOf", () => {
  test.each([
    { values: [7], median: 7, mad: 0 },
    { values: [3, 1, 2], median: 2, mad: 1 },
    { values: [4, 1, 3, 2], median: 2.5, mad: 1 },
    { values: [0, 0, 0, 0, 100], median: 0, mad: 0 },
    { values: [1, 1, 2, 2, 4, 6, 9], median: 2, mad: 1 },
    { values: [null, 5, Number.NaN, 7, null], median: 6, mad: 1 },
    { values: [-3, -1], median: -2, mad: 1 },
  ])("$values lie around $median by $mad", ({ values, median, mad }) => {
    expect(bandOf(values)).toEqual({ median, mad });
  });

  test.each([[[]], [[null]], [[Number.NaN, null, Number.POSITIVE_INFINITY]]])("nothing known of %j", (values) => {
    expect(bandOf(values)).toBeNull();
  });

  test("is half of them at most on either side, whatever the values", () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.double({ min: -1e9, max: 1e9, noNaN: true }))), (values) => {
        expect(bandOf(values)).toEqual(plainBand(values));
      }),
    );
  });

  test("leaves the values as they are", () => {
    const values = [3, 1, 2];
    bandOf(values);
    expect(values).toEqual([3, 1, 2]);
  });
});

describe("leavesBand", () => {
  test.each([
    { case: "six deviations", median: 100, mad: 30, unit: "perSecond", limit: 280 },
    { case: "twice the median where nothing deviates", median: 100, mad: 0, unit: "perSecond", limit: 200 },
    { case: "the floor of rates", median: 0, mad: 0, unit: "perSecond", limit: 5 },
    { case: "the floor of bytes", median: 1_000, mad: 10, unit: "bytesPerSecond", limit: 65_536 },
    { case: "the floor of latencies", median: 1, mad: 0.1, unit: "milliseconds", limit: 10 },
    { case: "3 ms above what is usual", median: 0, mad: 0, unit: "milliseconds", limit: 10 },
    { case: "a slow disk as usual", median: 20, mad: 1, unit: "milliseconds", limit: 40 },
  ] as const)("$case: above $limit", ({ median, mad, unit, limit }) => {
    expect(bandLimit({ median, mad }, BAND_FLOORS[unit])).toBe(limit);
    expect(leavesBand(limit, { median, mad }, BAND_FLOORS[unit])).toBe(false);
    expect(leavesBand(limit * 1.001, { median, mad }, BAND_FLOORS[unit])).toBe(true);
  });

  test("3 ms above the median counts beside the other floor", () => {
    expect(leavesBand(12, { median: 0, mad: 0 }, { least: 1, aboveMedian: 12 })).toBe(false);
    expect(leavesBand(12.1, { median: 0, mad: 0 }, { least: 1, aboveMedian: 12 })).toBe(true);
  });

  test("is each of its conditions, whatever the figures", () => {
    const figure = fc.double({ min: 0, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(figure, figure, figure, figure, figure, (value, median, mad, least, aboveMedian) => {
        const all = [median + 6 * mad, 2 * median, least, median + aboveMedian];
        const isOut = all.every((limit) => value > limit);
        expect(leavesBand(value, { median, mad }, { least, aboveMedian })).toBe(isOut);
      }),
    );
  });
});

/** By counting: a median has at most half of the values on either side. */
function plainBand(values: readonly (number | null)[]) {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return null;
  const median = plainMedian(known);
  return { median, mad: plainMedian(known.map((value) => Math.abs(value - median))) };
}

function plainMedian(values: readonly number[]): number {
  const rank = (place: number) =>
    values.find(
      (value) =>
        values.filter((other) => other < value).length <= place &&
        values.filter((other) => other <= value).length > place,
    ) as number;
  const lower = rank(Math.ceil(values.length / 2) - 1);
  const upper = rank(Math.floor(values.length / 2));
  return lower + (upper - lower) / 2;
}
