import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PatternMessage, PatternSeries, PatternWindow } from "@/lib/model/pattern-types";
import { findPatterns, MOST_MESSAGES } from "@/lib/model/patterns";
import {
  Chance,
  KIB,
  type SeriesShape,
  START_MS,
  toSeries,
  toSum,
  toText,
  toWindow,
  type WindowOptions,
} from "./pattern-series";

const MIB = KIB ** 2;

/** What is told of one prefix in a keyspace with nothing else in it. */
function tell(shape: Partial<SeriesShape>, options: WindowOptions = {}): PatternMessage[] {
  const window = toWindow(options);
  return findPatterns(window, [toSeries(window, { id: 0, prefix: "/a/", ...shape })]);
}

const names = (messages: readonly PatternMessage[]) => messages.map(({ pattern }) => pattern);
const within =
  (from: number, to: number, much: number, little = 0) =>
  (i: number) =>
    i >= from && i < to ? much : little;

const between = (from: number, to: number) => (i: number) => i >= from && i < to;

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
