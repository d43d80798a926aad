import { describe, expect, test } from "vitest";
import { findPatterns } from "@/lib/model/patterns";
import { between, Chance, names, tell, toSeries, toSum, toText, toWindow, within } from "./pattern-series";

/** 30 s buckets: 10 minutes are 20 of them. */
describe("hot loop", () => {
  test.each([
    { writes: 29, told: false },
    { writes: 30, told: true },
  ])("$writes updates in 30 s of one key: $told", ({ writes, told }) => {
    expect(names(tell({ updates: () => writes, keysAtStart: 1 })).includes("hot-loop")).toBe(told);
  });

  test.each([
    { buckets: 19, told: false },
    { buckets: 20, told: true },
  ])("$buckets buckets long: $told", ({ buckets, told }) => {
    const updates = within(40, 40 + buckets, 60);
    expect(names(tell({ updates, keysAtStart: 1 })).includes("hot-loop")).toBe(told);
  });

  test.each([
    { keys: 2, told: true },
    { keys: 3, told: false },
  ])("2 updates/s to $keys keys: $told", ({ keys, told }) => {
    expect(names(tell({ updates: () => 60, keysAtStart: keys })).includes("hot-loop")).toBe(told);
  });

  test.each([
    { deletes: 3, told: true },
    { deletes: 4, told: false },
  ])("$deletes deletes beside 60 updates: $told", ({ deletes, told }) => {
    const shape = { updates: () => 60, creates: () => 0, deletes: () => deletes, keysAtStart: 1 };
    const window = toWindow();
    const series = toSeries(window, { id: 0, prefix: "/a/", ...shape });
    series.keys.fill(1);
    expect(names(findPatterns(window, [series])).includes("hot-loop")).toBe(told);
  });

  test("is not said of leases, and of a key as well as of a prefix", () => {
    const window = toWindow();
    const parts = ["/registry/leases/x/", "/registry/masterleases/10.0.0.1"].map((prefix, i) =>
      toSeries(window, { id: i + 1, parentId: 0, prefix, updates: () => 60, keysAtStart: 1 }),
    );
    const crowdOfKeys = toSeries(window, { id: 9, parentId: 0, prefix: "/b/", keysAtStart: 900 });
    const whole = toSum(0, "", [...parts, crowdOfKeys]);
    expect(names(findPatterns(window, [whole, ...parts, crowdOfKeys]))).not.toContain("hot-loop");
    const crowd = toSeries(window, {
      id: 1,
      parentId: 0,
      prefix: "/registry/configmaps/",
      updates: () => 630,
      keysAtStart: 900,
    });
    const key = toSeries(window, {
      id: -1,
      parentId: 1,
      prefix: "/registry/configmaps/status",
      kind: "key",
      updates: () => 600,
      keysAtStart: 1,
    });
    const [message] = findPatterns(window, [toSum(0, "", [crowd]), crowd, key]);
    expect(message && toText(message)).toBe(
      "/registry/configmaps/status: hot-loop, 20 updates/s to one key from 12:00 to 13:00, 95.2 % of all writes",
    );
  });
});

describe("heartbeat", () => {
  const chance = new Chance(5);

  test.each([
    { words: "every key at its interval", updates: (i: number) => 300 + (i % 2), told: true },
    { words: "as often, but by chance", updates: () => chance.poisson(300), told: false },
  ])("$words: $told", ({ updates, told }) => {
    expect(names(tell({ updates, keysAtStart: 100 }))).toEqual(told ? ["heartbeat"] : []);
  });

  test.each([
    { buckets: 29, told: false },
    { buckets: 30, told: true },
  ])("$buckets buckets: $told", ({ buckets, told }) => {
    expect(names(tell({ updates: () => 300, keysAtStart: 100 }, { buckets }))).toEqual(told ? ["heartbeat"] : []);
  });

  test.each([
    { keys: 900, told: true },
    { keys: 901, told: false },
  ])("3 updates in 30 s to $keys keys, every 5 minutes each: $told", ({ keys, told }) => {
    const updates = () => keys / 10;
    expect(names(tell({ updates: told ? updates : () => 90, keysAtStart: keys }))).toEqual(told ? ["heartbeat"] : []);
  });

  test.each([
    { creates: 15, told: true },
    { creates: 16, told: false },
  ])("$creates creates in 300 puts: $told", ({ creates, told }) => {
    const window = toWindow({ buckets: 40 });
    const series = toSeries(window, { id: 0, prefix: "/a/", updates: () => 300 - creates, creates: () => creates });
    series.keys.fill(100);
    series.liveBytes.fill(100);
    expect(names(findPatterns(window, [series])).includes("heartbeat")).toBe(told);
  });

  test("is told with its interval", () => {
    expect(tell({ updates: () => 1_506, keysAtStart: 502 }).map(toText)).toEqual([
      "/a/: heartbeat, 502 keys, each about every 10 s: 50 updates/s, 100 % of all writes",
    ]);
  });
});

describe("periodic", () => {
  const every =
    (buckets: number, writes = 100) =>
    (i: number) =>
      i % buckets === 2 ? writes : 0;

  test("every 5 minutes is told so", () => {
    expect(tell({ updates: every(10), keysAtStart: 1_000 }).map(toText)).toEqual([
      "/a/: periodic, every 5 min, 3.3 writes/s each time, 100 % of all writes",
    ]);
  });

  test.each([
    { buckets: 120, period: 40, told: false, words: "not three whole times" },
    { buckets: 120, period: 39, told: true, words: "three times" },
    { buckets: 39, period: 8, told: false, words: "too few buckets" },
    { buckets: 60, period: 8, told: true, words: "enough" },
  ])("$period of $buckets buckets, $words: $told", ({ buckets, period, told }) => {
    expect(names(tell({ updates: every(period), keysAtStart: 1_000 }, { buckets }))).toEqual(told ? ["periodic"] : []);
  });

  test.each([
    { writes: 28, told: false },
    { writes: 31, told: true },
  ])("$writes writes each time: $told", ({ writes, told }) => {
    expect(names(tell({ updates: every(10, writes), keysAtStart: 1_000 }))).toEqual(told ? ["periodic"] : []);
  });

  test("its own bursts are no storms; one far above them is", () => {
    expect(names(tell({ updates: every(10, 3_000), keysAtStart: 9_000 }))).toEqual(["periodic"]);
    const updates = (i: number) => every(10, 3_000)(i) + (i >= 84 && i < 88 ? 40_000 : 0);
    expect(names(tell({ updates, keysAtStart: 9_000 }))).toContain("storm");
  });

  test("two bursts are no period", () => {
    const updates = (i: number) => (i === 30 || i === 60 ? 100 : 0);
    expect(names(tell({ updates, keysAtStart: 1_000 }))).toEqual([]);
  });

  test("a gap does not hide it", () => {
    expect(names(tell({ updates: every(10), keysAtStart: 1_000 }, { gap: between(51, 69) }))).toEqual(["periodic"]);
  });
});

describe("churn", () => {
  test.each([
    { words: "as many", creates: 10, deletes: 10, updates: 0, told: true },
    { words: "eight in ten", creates: 10, deletes: 8, updates: 0, told: true },
    { words: "fewer", creates: 10, deletes: 7.9, updates: 0, told: false },
    { words: "more go than come", creates: 8, deletes: 10, updates: 0, told: true },
    { words: "half of the writes", creates: 10, deletes: 10, updates: 20, told: true },
    { words: "less", creates: 10, deletes: 10, updates: 21, told: false },
  ])("$words: $told", ({ creates, deletes, updates, told }) => {
    // By chance, or so steady a stream of updates would be something else.
    const chance = new Chance(3);
    const wobble = Array.from({ length: 120 }, () => 0.5 + chance.next());
    const scaled = (much: number) => (i: number) => much * (wobble[i] as number);
    const shape = { creates: scaled(creates), deletes: scaled(deletes), updates: scaled(updates), keysAtStart: 400 };
    expect(names(tell(shape))).toEqual(told ? ["churn"] : []);
  });

  test.each([
    { keys: 5_990, told: true },
    { keys: 6_010, told: false },
  ])("a fifth of $keys keys made anew: $told", ({ keys, told }) => {
    expect(names(tell({ creates: () => 10, deletes: () => 10, keysAtStart: keys }))).toEqual(told ? ["churn"] : []);
  });

  test("is told with its pace", () => {
    expect(tell({ creates: () => 60, deletes: () => 60, keysAtStart: 300 }).map(toText)).toEqual([
      "/a/: churn, 2.0 keys/s made and as many deleted, 300 at a time, 100 % of all writes",
    ]);
  });
});
