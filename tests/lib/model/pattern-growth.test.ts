import { describe, expect, test } from "vitest";
import { findPatterns } from "@/lib/model/patterns";
import {
  between,
  Chance,
  KIB,
  names,
  tell,
  toSeries,
  toSum,
  toText,
  toWindow,
  type WindowOptions,
  within,
} from "./pattern-series";

const MIB = KIB ** 2;

describe("sequential create", () => {
  test.each([
    { words: "creates alone", creates: 6, updates: 0, deletes: 0, told: true },
    { words: "eight in ten puts", creates: 8, updates: 2, deletes: 0, told: true },
    { words: "fewer", creates: 7, updates: 2, deletes: 0, told: false },
    { words: "one in ten deleted", creates: 10, updates: 0, deletes: 1, told: true },
    { words: "more deleted", creates: 10, updates: 0, deletes: 1.1, told: false },
    { words: "three in 30 s", creates: 3, updates: 0, deletes: 0, told: true },
    { words: "slower", creates: 2, updates: 0, deletes: 0, told: false },
  ])("$words: $told", ({ creates, updates, deletes, told }) => {
    const shape = { creates: () => creates, updates: () => updates, deletes: () => deletes, keysAtStart: 500 };
    expect(names(tell(shape))).toEqual(told ? ["sequential-create"] : []);
  });

  test.each([
    { creates: 99, told: false },
    { creates: 100, told: true },
  ])("$creates creates in all: $told", ({ creates, told }) => {
    const spread = (i: number) => Math.floor(((i + 1) * creates) / 30) - Math.floor((i * creates) / 30);
    expect(names(tell({ creates: spread }, { buckets: 30 }))).toEqual(told ? ["sequential-create"] : []);
  });

  test("a batch at once, or creates in half of the buckets, are something else", () => {
    expect(names(tell({ creates: within(10, 12, 120) }))).toEqual([]);
    expect(names(tell({ creates: within(0, 80, 6) }))).toEqual([]);
    expect(names(tell({ creates: within(0, 84, 6) }))).toEqual(["sequential-create"]);
  });

  test("is told with what it adds up to", () => {
    expect(tell({ creates: () => 60 }).map(toText)).toEqual([
      "/a/: sequential-create, 2.0 new keys/s that stay: 7,200 more in 60 min, 100 % of all creates",
    ]);
  });
});

/** 5-minute buckets: 72 are six hours. */
describe("leak", () => {
  const SIX_HOURS = { buckets: 72, stepSeconds: 300 };
  const growing = (ratio: number) => ({
    updates: () => 1,
    keysAtStart: 1_000,
    liveBytes: (i: number) => 100 * MIB * (1 + (ratio * i) / 71),
  });

  test.each([
    { ratio: 0.099, told: false },
    { ratio: 0.101, told: true },
  ])("grown by $ratio in six hours: $told", ({ ratio, told }) => {
    expect(names(tell(growing(ratio), SIX_HOURS))).toEqual(told ? ["leak"] : []);
  });

  test.each([
    { buckets: 71, told: false },
    { buckets: 72, told: true },
  ])("$buckets buckets of 5 minutes: $told", ({ buckets, told }) => {
    expect(names(tell(growing(0.5), { ...SIX_HOURS, buckets }))).toEqual(told ? ["leak"] : []);
  });

  test.each([
    { deletes: 5, told: true },
    { deletes: 6, told: false },
  ])("$deletes deletes to 100 creates: $told", ({ deletes, told }) => {
    const shape = { creates: () => 100, deletes: () => deletes, keysAtStart: 1_000 };
    expect(names(tell(shape, SIX_HOURS)).includes("leak")).toBe(told);
  });

  test.each([
    { words: "less than 1 MiB", bytes: MIB - 100, told: false },
    { words: "more than 1 MiB", bytes: MIB + 100, told: true },
  ])("$words: $told", ({ bytes, told }) => {
    const shape = { updates: () => 1, keysAtStart: 9, liveBytes: (i: number) => MIB + (bytes * i) / 71 };
    expect(names(tell(shape, SIX_HOURS))).toEqual(told ? ["leak"] : []);
  });

  test("a step, a saw and growth that nobody saw are none", () => {
    const shape = growing(0);
    const tellBytes = (liveBytes: (i: number) => number, gap?: (i: number) => boolean) =>
      names(tell({ ...shape, liveBytes }, gap ? { ...SIX_HOURS, buckets: 100, gap } : SIX_HOURS));
    expect(tellBytes((i) => (i < 36 ? 100 : 150) * MIB)).toEqual([]);
    expect(tellBytes((i) => (100 + (i % 12) * 4 + i) * MIB)).toEqual([]);
    expect(tellBytes((i) => (i < 50 ? 100 : 200) * MIB, between(40, 60))).toEqual([]);
  });

  test("is told with its growth and pace", () => {
    const [message] = tell({ creates: () => 100, keysAtStart: 10_000, valueBytes: 10 * KIB }, SIX_HOURS);
    expect(message && toText(message)).toBe(
      "/a/: leak, grew by 69.3 MiB and 7,100 keys (70.3 %) in 6.0 h and hardly anything was deleted; at this pace 277 MiB a day",
    );
  });
});

/** 15-minute buckets: 96 are a day. */
describe("cold", () => {
  const DAY = { buckets: 96, stepSeconds: 900 };
  const chance = new Chance(8);
  function tellCold(bytes: number, options: WindowOptions = DAY, updates = () => 0) {
    const window = toWindow(options);
    const cold = toSeries(window, {
      id: 1,
      parentId: 0,
      prefix: "/old/",
      bytesAtStart: bytes,
      keysAtStart: 10,
      updates,
    });
    const other = toSeries(window, {
      id: 2,
      parentId: 0,
      prefix: "/new/",
      bytesAtStart: 1_000_000 - bytes,
      keysAtStart: 1_000,
      updates: () => chance.poisson(30),
    });
    return findPatterns(window, [toSum(0, "", [cold, other]), cold, other]).filter(({ pattern }) => pattern === "cold");
  }

  test.each([
    { bytes: 49_999, told: 0 },
    { bytes: 50_000, told: 1 },
  ])("$bytes of 1,000,000 bytes: $told", ({ bytes, told }) => {
    expect(tellCold(bytes)).toHaveLength(told);
  });

  test("less than a day, a tenth of it not watched, or one write, and it is not", () => {
    expect(tellCold(500_000, { ...DAY, buckets: 95 })).toEqual([]);
    expect(tellCold(500_000, { ...DAY, gap: between(0, 9) })).toHaveLength(1);
    expect(tellCold(500_000, { ...DAY, gap: between(0, 10) })).toEqual([]);
    expect(tellCold(500_000, DAY, () => 0.02)).toEqual([]);
  });

  test("is told with what it holds", () => {
    expect(tellCold(512_000).map(toText)).toEqual([
      "/old/: cold, not written in 24.0 h: 500 KiB in 10 keys, 51.2 % of all live bytes",
    ]);
  });
});
