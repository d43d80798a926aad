import { describe, expect, test } from "vitest";
import { findPatterns } from "@/lib/model/patterns";
import { names, START_MS, tell, toSeries, toSum, toText, toWindow, within } from "./pattern-series";

/** 30 s buckets. */
describe("storm", () => {
  const at = (perSecond: number, from = 60, to = 74) => within(from, to, perSecond * 30);

  test.each([
    { perSecond: 4.9, told: false, because: "below the floor of 5 writes/s" },
    { perSecond: 5, told: true, because: "at the floor" },
  ])("$perSecond writes/s beside nothing: $told ($because)", ({ perSecond, told }) => {
    expect(names(tell({ updates: at(perSecond), keysAtStart: 9_000 }))).toEqual(told ? ["storm"] : []);
  });

  test.each([
    { times: 2, told: false },
    { times: 2.1, told: true },
  ])("$times × the median: $told", ({ times, told }) => {
    const updates = within(60, 74, 300 * times, 300);
    expect(names(tell({ updates, keysAtStart: 9_000 })).includes("storm")).toBe(told);
  });

  test.each([
    { peak: 995, told: false },
    { peak: 1_005, told: true },
  ])("median 400 and MAD 100: $peak writes in a bucket: $told", ({ peak, told }) => {
    // Half of the buckets 100 away from the median, either way; 6 deviations above it are 1,000.
    const updates = (i: number) => (i >= 60 && i < 70 ? peak : 300 + (i % 3) * 100);
    expect(names(tell({ updates, keysAtStart: 9_000 })).includes("storm")).toBe(told);
  });

  test.each([
    { writes: 299, told: false },
    { writes: 300, told: true },
  ])("$writes writes in one bucket beside nothing: $told", ({ writes, told }) => {
    expect(names(tell({ updates: within(60, 61, writes), keysAtStart: 9_000 }))).toEqual(told ? ["storm"] : []);
  });

  test("is told with its rate, its time, its share and what is usual", () => {
    const window = toWindow();
    const storm = toSeries(window, {
      id: 2,
      parentId: 0,
      prefix: "/events/ci/",
      updates: within(60, 74, 12_600, 60),
      keysAtStart: 20_000,
    });
    const other = toSeries(window, { id: 1, parentId: 0, prefix: "/pods/", updates: () => 8_056, keysAtStart: 90_000 });
    const [message, ...more] = findPatterns(window, [toSum(0, "", [storm, other]), storm, other]);
    expect(message && toText(message)).toBe(
      "/events/ci/: storm, 420 puts/s from 12:30 to 12:37, 61.0 % of all writes; usual are 2.0/s",
    );
    expect(message).toMatchObject({ fromMs: START_MS + 30 * 60_000, toMs: START_MS + 37 * 60_000, lasts: false });
    expect(names(more)).not.toContain("storm");
  });

  test("that has not ended is told as such, at the end of time and not before", () => {
    const shape = { updates: within(100, 120, 3_000), keysAtStart: 9_000 };
    expect(tell(shape, { endsNow: true }).map(toText)).toEqual([
      "/a/: storm, 100 puts/s since 12:50, still going on, 100 % of all writes",
    ]);
    expect(tell(shape)[0]?.lasts).toBe(false);
    expect(tell({ ...shape, updates: within(90, 110, 3_000) }, { endsNow: true })[0]?.lasts).toBe(false);
  });

  test("two calm buckets do not end it, three do; of several the largest is told", () => {
    const pause = (calm: number) => (i: number) => (i >= 50 && i < 70 && !(i >= 60 && i < 60 + calm) ? 600 : 0);
    expect(tell({ updates: pause(2), keysAtStart: 9_000 })[0]?.figures.times).toBe(1);
    const [two] = tell({ updates: pause(3), keysAtStart: 9_000 });
    expect(two?.figures.times).toBe(2);
    expect(two && toText(two)).toContain("from 12:25 to 12:30, 100 % of all writes; once more in this time");
  });

  test("ends where nobody watched", () => {
    const [message] = tell({ updates: within(50, 70, 600), keysAtStart: 9_000 }, { gap: (i) => i === 65 });
    expect(message?.toMs).toBe(START_MS + 65 * 30_000);
  });
});

describe("mass delete", () => {
  test.each([
    { words: "a fifth", keys: 1_000, deletes: 200, told: true },
    { words: "less", keys: 1_005, deletes: 200, told: false },
    { words: "a hundred", keys: 100, deletes: 100, told: true },
    { words: "fewer", keys: 99, deletes: 99, told: false },
  ])("$words of the keys, $deletes of $keys: $told", ({ keys, deletes, told }) => {
    const messages = tell({ deletes: within(60, 61, deletes), keysAtStart: keys });
    expect(names(messages)).toEqual(told ? ["drain"] : []);
  });

  test("slow deletes are none, nor are keys made anew at once", () => {
    expect(names(tell({ deletes: within(50, 70, 29), keysAtStart: 1_000 }))).toEqual([]);
    const both = { deletes: within(60, 62, 150), creates: within(60, 62, 140), keysAtStart: 300 };
    expect(names(tell(both))).not.toContain("drain");
  });

  test("it is told once, not as a storm as well", () => {
    expect(tell({ deletes: within(60, 64, 3_000), keysAtStart: 20_000 }).map(toText)).toEqual([
      "/a/: drain, 12,000 keys deleted from 12:30 to 12:32, 60.0 % of its keys",
    ]);
  });
});
