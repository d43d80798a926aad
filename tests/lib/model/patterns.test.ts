import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PatternSeries, PatternWindow } from "@/lib/model/pattern-types";
import { findPatterns, MOST_MESSAGES } from "@/lib/model/patterns";
import { between, Chance, names, tell, toSeries, toSum, toWindow, within } from "./pattern-series";

describe("along the tree", () => {
  /** Children with a storm of so many writes a bucket each, below `/r/`. */
  function stormy(writes: readonly number[]) {
    const window = toWindow();
    const children = writes.map((each, i) =>
      toSeries(window, {
        id: i + 2,
        parentId: 1,
        prefix: `/r/c${i}/`,
        updates: within(60, 70, each),
        keysAtStart: 90_000,
      }),
    );
    const above = toSum(1, "/r/", children, 0);
    return findPatterns(window, [toSum(0, "", [above]), above, ...children]).map(({ prefix }) => prefix);
  }

  test.each([
    { words: "one child has it all", writes: [3_000], told: ["/r/c0/"] },
    { words: "one child has eight in ten", writes: [800, 200], told: ["/r/c0/"] },
    { words: "two have", writes: [700, 200, 100], told: ["/r/c0/", "/r/c1/"] },
    { words: "many have", writes: [300, 300, 300, 300, 300], told: ["/r/"] },
  ])("$words", ({ writes, told }) => {
    expect(stormy(writes)).toEqual(told);
  });

  test("storms at different times are told each", () => {
    const window = toWindow();
    const early = toSeries(window, {
      id: 1,
      parentId: 0,
      prefix: "/a/",
      updates: within(20, 30, 3_000),
      keysAtStart: 90_000,
    });
    const late = toSeries(window, {
      id: 2,
      parentId: 0,
      prefix: "/b/",
      updates: within(80, 90, 2_000),
      keysAtStart: 90_000,
    });
    const told = findPatterns(window, [toSum(0, "", [early, late]), early, late]);
    expect(told.map(({ prefix }) => prefix).sort()).toEqual(["/a/", "/b/"]);
  });

  test("at most eight messages, the most pressing first, three of them calm", () => {
    const window = toWindow();
    const beats = Array.from({ length: 6 }, (_, i) =>
      toSeries(window, { id: 10 + i, parentId: 0, prefix: `/beat${i}/`, updates: () => 300, keysAtStart: 100 }),
    );
    const loops = Array.from({ length: 9 }, (_, i) =>
      toSeries(window, {
        id: 20 + i,
        parentId: 0,
        prefix: `/loop${i}/`,
        updates: within(i * 2, 80 + i, 60),
        keysAtStart: 1,
      }),
    );
    const calm = findPatterns(window, [toSum(0, "", beats), ...beats]);
    expect(calm.length).toBeLessThanOrEqual(3);
    const all = findPatterns(window, [toSum(0, "", [...beats, ...loops]), ...beats, ...loops]);
    expect(all).toHaveLength(MOST_MESSAGES);
    expect(new Set(names(all))).toEqual(new Set(["hot-loop"]));
  });
});

describe("noise", () => {
  test("independent writes and gaps make no pattern", () => {
    const shape = fc.record({
      seed: fc.integer({ min: 1, max: 2 ** 31 }),
      perBucket: fc.double({ min: 0, max: 2_000, noNaN: true }),
      buckets: fc.integer({ min: 1, max: 240 }),
      stepSeconds: fc.constantFrom(10, 30, 60, 300),
      gaps: fc.array(fc.tuple(fc.nat(240), fc.nat(40)), { maxLength: 4 }),
    });
    fc.assert(
      fc.property(shape, ({ seed, perBucket, buckets, stepSeconds, gaps }) => {
        const chance = new Chance(seed);
        const gap = (i: number) => gaps.some(([from, length]) => i >= from && i < from + length);
        const options = { buckets, stepSeconds, gap };
        expect(names(tell({ updates: () => chance.poisson(perBucket), keysAtStart: 1_000_000 }, options))).toEqual([]);
      }),
      { numRuns: 300, seed: 7 },
    );
  });

  test("where nobody watched nothing is told, whatever the cells say", () => {
    const window: PatternWindow = toWindow({ gap: () => true });
    const series: PatternSeries = toSeries(toWindow(), { id: 0, prefix: "/a/", updates: within(60, 70, 90_000) });
    expect(findPatterns(window, [series])).toEqual([]);
    expect(findPatterns(toWindow({ buckets: 0 }), [])).toEqual([]);
  });

  test("a gap in a steady stream is no storm after it and no mass delete before it", () => {
    const gap = between(40, 80);
    const messages = tell({ updates: () => 300, keysAtStart: 100 }, { gap });
    expect(names(messages)).toEqual(["heartbeat"]);
  });
});
