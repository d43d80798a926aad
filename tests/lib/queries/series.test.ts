import { beforeAll, describe, expect, test } from "vitest";
import { PrefixesParams, type SeriesAnswer, SeriesParams } from "@/lib/api/prefixes";
import { FRAME_MS } from "@/lib/model/time-range";
import { listPrefixes } from "@/lib/queries/prefixes";
import { searchPrefixes } from "@/lib/queries/search-prefixes";
import { readSeries } from "@/lib/queries/series";
import { useTestDb } from "@/tests/support/db";
import { Books, HOUR_MS, NODES, seedCluster, seedKeyspace } from "./seed";

const FROM = Date.parse("2026-03-01T11:20:00Z");
const NOW = Date.parse("2026-03-01T13:05:30Z");
const GAP = { fromMs: Date.parse("2026-03-01T12:10:00Z"), toMs: Date.parse("2026-03-01T12:20:00Z") };

const testDb = useTestDb();
const books = new Books(11);
let clusterId: number;

beforeAll(async () => {
  for (let atMs = FROM; atMs < NOW; atMs += 6_000) if (atMs < GAP.fromMs || atMs >= GAP.toMs) books.write(atMs);
  clusterId = await seedCluster(testDb(), "prod");
  await seedKeyspace(testDb(), clusterId, books, { fromMs: FROM, nowMs: NOW, gap: GAP });
});

type Input = Parameters<typeof SeriesParams.parse>[0] & object;
const read = (params: Input) => readSeries(testDb().db, clusterId, SeriesParams.parse(params), NOW);

/** Watched milliseconds of a bucket, by counting its slices. */
function watchedMs(fromMs: number, stepMs: number): number {
  let ms = 0;
  for (let at = fromMs; at < Math.min(fromMs + stepMs, NOW); at += FRAME_MS) {
    if (at >= FROM && (at < GAP.fromMs || at >= GAP.toMs)) ms += FRAME_MS;
  }
  return ms;
}

function expectGauges(answer: SeriesAnswer, slot: number, values: readonly (number | null)[]): void {
  const stepMs = answer.stepSeconds * 1_000;
  for (const [i, atMs] of answer.atMs.entries()) {
    const gauge = books.gauge(slot, Math.min(atMs + stepMs, NOW));
    const expected = answer.measure === "keys" ? gauge.keys : gauge.keyBytes + gauge.valueBytes;
    expect(values[i], new Date(atMs).toISOString()).toBe(watchedMs(atMs, stepMs) === 0 ? null : expected);
  }
}

describe("a series from frames", () => {
  test.each([0, 2, 3])("has the live bytes of slot %i at the end of each bucket, null in the gap", async (slot) => {
    const answer = await read({ prefix: NODES[slot]?.prefix, range: "6h" });
    expect(answer).toMatchObject({ unit: "bytes", stepSeconds: 300 });
    expect(answer.atMs.length).toBeLessThanOrEqual(241);
    expectGauges(answer, slot, answer.series[0]?.values ?? []);
    expect(answer.series[0]?.values).toContain(null);
  });

  test.each(["puts", "creates", "deletes", "writes", "writtenBytes"] as const)("has %s per second", async (measure) => {
    const answer = await read({ prefix: "/registry/pods/", measure, range: "1h" });
    const stepMs = answer.stepSeconds * 1_000;
    for (const [i, fromMs] of answer.atMs.entries()) {
      const observedMs = watchedMs(fromMs, stepMs);
      const { puts, creates, deletes, writtenBytes } = books.counts(2, { fromMs, toMs: fromMs + stepMs });
      const count = { puts, creates, deletes, writes: puts + deletes, writtenBytes }[measure];
      const value = answer.series[0]?.values[i];
      if (observedMs === 0) expect(value).toBeNull();
      else expect(value).toBeCloseTo(count / (observedMs / 1_000), 9);
    }
  });

  test("its children and the rest add up to the prefix", async () => {
    const answer = await read({ prefix: "/registry/pods/", range: "1h", children: 2, step: 60 });
    expect(answer.stepSeconds).toBe(60);
    expect(answer.series.map(({ kind }) => kind)).toEqual(["prefix", expect.anything(), expect.anything(), "rest"]);
    const [whole, first, second, rest] = answer.series.map(({ values }) => values);
    for (const [i, total] of (whole ?? []).entries()) {
      const parts = [first, second, rest].map((values) => values?.[i] ?? null);
      expect(total).toBe(parts.includes(null) ? null : parts.reduce<number>((sum, part) => sum + (part ?? 0), 0));
    }
  });

  test("of a prefix without history is null throughout, and too fine a step is widened", async () => {
    const answer = await read({ prefix: "/registry/po", range: "6h", step: 10 });
    expect(answer.stepSeconds).toBe(300);
    expect(answer.series[0]?.values.every((value) => value === null)).toBe(true);
  });
});

describe("hours", () => {
  const FIRST = Date.parse("2026-02-20T00:00:00Z");
  const LAST = Date.parse("2026-02-23T06:30:00Z");
  const OFF = { fromMs: Date.parse("2026-02-21T04:00:00Z"), toMs: Date.parse("2026-02-21T06:00:00Z") };
  const slow = new Books(23);
  let slowId: number;

  beforeAll(async () => {
    for (let atMs = FIRST; atMs < LAST; atMs += 1_800_000) if (atMs < OFF.fromMs || atMs >= OFF.toMs) slow.write(atMs);
    slowId = await seedCluster(testDb(), "slow");
    await seedKeyspace(testDb(), slowId, slow, { fromMs: FIRST, nowMs: LAST, gap: OFF });
  }, 60_000);

  test.each([0, 2, 5, 6])(
    "answer long ranges of slot %i: gauges carried over quiet hours, the gap null",
    async (slot) => {
      const params = SeriesParams.parse({ prefix: NODES[slot]?.prefix, range: "7d", measure: "keys" });
      const answer = await readSeries(testDb().db, slowId, params, LAST);
      expect(answer.stepSeconds).toBe(3_600);
      const own = slot === 6 ? 2 : slot;
      for (const [i, atMs] of answer.atMs.entries()) {
        const isWatched = atMs >= FIRST && (atMs < OFF.fromMs || atMs >= OFF.toMs);
        const expected = isWatched ? slow.gauge(own, Math.min(atMs + HOUR_MS, LAST)).keys : null;
        expect(answer.series[0]?.values[i], new Date(atMs).toISOString()).toBe(expected);
      }
    },
  );

  test("answer rates and growth of a table over three days", async () => {
    const params = PrefixesParams.parse({ from: "2026-02-20T12:20:00Z", to: "2026-02-23T06:30:00Z" });
    const fromMs = Date.parse("2026-02-20T12:00:00Z");
    const answer = await listPrefixes(testDb().db, slowId, params, LAST);
    const observedSeconds = (LAST - fromMs - (OFF.toMs - OFF.fromMs)) / 1_000;
    expect(answer.range).toEqual({
      from: "2026-02-20T12:00:00.000Z",
      to: params.to?.replace("Z", ".000Z"),
      observedSeconds,
    });
    const row = answer.items.find(({ prefix }) => prefix === "/registry/");
    const { puts, deletes } = slow.counts(1, { fromMs, toMs: LAST });
    expect(row?.writesPerSecond).toBeCloseTo((puts + deletes) / observedSeconds, 12);
    expect(row?.growthKeys).toBe(slow.gauge(1, LAST).keys - slow.gauge(1, fromMs).keys);
  });

  test("answer a range in the past", async () => {
    const params = PrefixesParams.parse({
      ...{ parent: "/registry/", from: "2026-02-20T06:00:00Z", to: "2026-02-22T09:30:00Z" },
    });
    const answer = await listPrefixes(testDb().db, slowId, params, LAST);
    expect(answer.range.to).toBe("2026-02-22T10:00:00.000Z");
    for (const row of answer.items) {
      const slot = NODES.find(({ prefix }) => prefix === row.prefix)?.slot as number;
      const [start, end] = [Date.parse("2026-02-20T06:00:00Z"), Date.parse("2026-02-22T10:00:00Z")];
      expect(row.growthKeys).toBe(slow.gauge(slot, end).keys - slow.gauge(slot, start).keys);
    }
  });
});

describe("search", () => {
  test.each([
    { q: "POD", found: ["/registry/pods/", "/registry/pods/ns-1/", "/registry/pods/ns-2/"] },
    { q: "ns-2", found: ["/registry/pods/ns-2/"] },
    { q: "%", found: [] },
    { q: "\\x00", found: [] },
  ])("finds prefixes that contain $q, shortest first", async ({ q, found }) => {
    const { items } = await searchPrefixes(testDb().db, clusterId, { q, limit: 20 });
    expect(items.map(({ prefix }) => prefix)).toEqual(found);
  });
});
