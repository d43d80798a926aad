import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { sealMetricsDue } from "@/collectors/metrics/seal";
import { ensurePartitions } from "@/lib/db/partitions";
import { cluster } from "@/lib/db/schema";
import { metricFrame, metricHour, metricSeries, metricTarget } from "@/lib/db/schema-metrics";
import { encodeMetricFrame, METRIC_FRAME_FORMAT } from "@/lib/model/metric-frame";
import { averageRate, listRows, quantileOf, ratePerSecond, totalGrowth } from "@/lib/model/metric-sums";
import type { MetricKind, MetricSamples } from "@/lib/model/metrics";
import { listMetricTargets, readMetrics } from "@/lib/queries/metrics";
import { useTestDb } from "@/tests/support/db";

const testDb = useTestDb();
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** The story ends at half past: two hours are over, the third is open. */
const END_MS = Math.floor(Date.now() / HOUR_MS) * HOUR_MS + HOUR_MS / 2;
const START_MS = END_MS - 2.5 * HOUR_MS;
const SERIES: { name: string; labels: Record<string, string>; kind: MetricKind }[] = [
  { name: "calls_total", labels: { method: "Range" }, kind: "counter" },
  { name: "calls_total", labels: { method: "Put" }, kind: "counter" },
  { name: "took_seconds_sum", labels: {}, kind: "counter" },
  { name: "size_bytes", labels: {}, kind: "gauge" },
  { name: "took_seconds_bucket", labels: { le: "1" }, kind: "counter" },
  { name: "took_seconds_bucket", labels: { le: "2" }, kind: "counter" },
  { name: "took_seconds_bucket", labels: { le: "+Inf" }, kind: "counter" },
];

/** What two members told, every reading; the truth that all questions are compared with. */
interface Told {
  targetId: number;
  fromMs: number | null;
  atMs: number;
  figures: number[];
}
const told: Told[] = [];

beforeAll(async () => {
  const { db } = testDb();
  await db.insert(cluster).values({ name: "story", source: "settings", endpoints: [] });
  await ensurePartitions(db, END_MS, START_MS - HOUR_MS);
  await db.insert(metricSeries).values(
    SERIES.map((series, seriesId) => ({
      clusterId: 1,
      seriesId,
      source: "etcd" as const,
      ...series,
      digest: Buffer.from([seriesId]),
    })),
  );
  for (const targetId of [0, 1]) {
    await db
      .insert(metricTarget)
      .values({ clusterId: 1, targetId, source: "etcd", url: `http://m${targetId}/`, checkedAt: new Date() });
    told.push(...tell(targetId));
  }
  const rows = told.map(({ targetId, fromMs, atMs, figures }) => {
    // The first reading knows gauges alone; the Put series is there from the second hour on.
    const ids = SERIES.map((_, id) => id).filter(
      (id) => (fromMs !== null || id === 3) && !(id === 1 && atMs < START_MS + HOUR_MS),
    );
    const cells = { ids: Int32Array.from(ids), values: Float64Array.from(ids, (id) => figures[id] as number) };
    const fromAt = fromMs === null ? null : new Date(fromMs);
    return {
      clusterId: 1,
      at: new Date(atMs),
      targetId,
      fromAt,
      format: METRIC_FRAME_FORMAT,
      payload: encodeMetricFrame(cells),
    };
  });
  for (let start = 0; start < rows.length; start += 500)
    await db.insert(metricFrame).values(rows.slice(start, start + 500));
});

/** A reading about every ten seconds; member 1 is silent for ten minutes. */
function tell(targetId: number): Told[] {
  const readings: Told[] = [];
  let seed = 7 + targetId;
  const random = () => {
    seed = (seed * 16_807) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  let fromMs: number | null = null;
  for (let atMs = START_MS + 1_234; atMs < END_MS; atMs += 9_000 + Math.floor(random() * 1_000)) {
    if (targetId === 1 && atMs > START_MS + HOUR_MS && atMs < START_MS + HOUR_MS + 10 * MINUTE_MS) {
      fromMs = null;
      continue;
    }
    const fast = Math.floor(random() * 50);
    const figures = [
      Math.floor(random() * 1_000),
      Math.floor(random() * 3),
      Math.floor(random() * 1e6) / 1e6,
      1_000 + readings.length,
      fast,
      fast + 3,
      fast + 4,
    ];
    readings.push({ targetId, fromMs, atMs, figures });
    fromMs = atMs;
  }
  return readings;
}

const read = (
  range: { fromMs: number; toMs: number },
  stepMs: number,
  names = ["calls_total", "took_seconds_sum", "size_bytes", "took_seconds_bucket"],
) => readMetrics(testDb().db, 1, { source: "etcd", names, range, stepMs });
/** Growth of a series over readings that lie whole in a range. */
const truthOf = (series: number, targetId: number) =>
  told
    .filter(
      (one) => one.targetId === targetId && one.fromMs !== null && !(series === 1 && one.atMs < START_MS + HOUR_MS),
    )
    .reduce((sum, { figures }) => sum + (figures[series] as number), 0);
const rowOf = (samples: MetricSamples, targetId: number, name: string, labels = {}) =>
  listRows(samples, name, labels).filter((row) => row.targetId === targetId);
const everything = { fromMs: START_MS, toMs: END_MS };

/** What must hold on any grid, sealed or not. */
async function expectTruth(stepMs: number) {
  const samples = await read(everything, stepMs);
  for (const targetId of [0, 1]) {
    expect(totalGrowth(samples, rowOf(samples, targetId, "calls_total", { method: "Range" }))).toBe(
      truthOf(0, targetId),
    );
    expect(totalGrowth(samples, rowOf(samples, targetId, "calls_total", { method: "Put" }))).toBe(truthOf(1, targetId));
    expect(totalGrowth(samples, rowOf(samples, targetId, "took_seconds_sum"))).toBeCloseTo(truthOf(2, targetId), 4);
    const observed = told
      .filter((one) => one.targetId === targetId && one.fromMs !== null)
      .reduce((sum, { fromMs, atMs }) => sum + atMs - (fromMs as number), 0);
    const ms = samples.observedMs.get(targetId)?.reduce((sum, one) => sum + one, 0);
    expect(ms).toBeCloseTo(observed, -2);
  }
  const both = [0, 1].map((targetId) => truthOf(4, targetId)).reduce((sum, one) => sum + one, 0);
  const [one, two, all] = samplesOfBuckets(samples);
  expect(one).toBe(both);
  expect([two, all]).toEqual([truthOf(5, 0) + truthOf(5, 1), truthOf(6, 0) + truthOf(6, 1)]);
  return samples;
}
const samplesOfBuckets = (samples: MetricSamples) =>
  ["1", "2", "+Inf"].map((le) => totalGrowth(samples, listRows(samples, "took_seconds_bucket", { le })));

test("figures add up to what was told, from frames alone", async () => {
  for (const stepMs of [10_000, 30_000, 60_000, 300_000]) {
    const samples = await expectTruth(stepMs);
    expect(samples.stepMs).toBe(stepMs);
  }
});

test("a gap is no zero, an unread series no zero either, a series that others stand beside is", async () => {
  const samples = await read(everything, MINUTE_MS);
  const [range] = rowOf(samples, 1, "calls_total", { method: "Range" });
  const gap = range?.values.slice(62, 69);
  expect(gap).toEqual(Array(7).fill(null));
  expect(samples.observedMs.get(1)?.[65]).toBe(0);
  const [puts] = rowOf(samples, 0, "calls_total", { method: "Put" });
  expect(puts?.values[5]).toBe(0);
  const [sizes] = rowOf(samples, 1, "size_bytes");
  expect(sizes?.values[65]).toBeNull();
  expect((await read(everything, MINUTE_MS, ["nothing_total"])).rows).toEqual([]);
  expect((await read({ fromMs: START_MS - 10 * HOUR_MS, toMs: START_MS - 9 * HOUR_MS }, MINUTE_MS)).rows).toEqual([]);
});

test("a question of labels is answered with those rows alone", async () => {
  const labels = { method: "Put" };
  const samples = await readMetrics(testDb().db, 1, {
    source: "etcd",
    names: ["calls_total"],
    range: everything,
    stepMs: MINUTE_MS,
    labels,
  });
  expect(samples.rows.map((row) => [row.targetId, row.labels])).toEqual([
    [0, labels],
    [1, labels],
  ]);
});

describe("once hours are sealed", () => {
  beforeAll(async () => {
    await sealMetricsDue(testDb().db, END_MS);
    await sealMetricsDue(testDb().db, END_MS);
  });

  test("each hour that is over is sealed once for each target", async () => {
    const rows = await testDb()
      .db.select({ at: metricHour.at, targetId: metricHour.targetId })
      .from(metricHour)
      .orderBy(metricHour.at, metricHour.targetId);
    const hours = [START_MS - HOUR_MS / 2, START_MS + HOUR_MS / 2, START_MS + 1.5 * HOUR_MS].map(
      (ms) => Math.floor(ms / HOUR_MS) * HOUR_MS,
    );
    const sealed = [...new Set(hours)].filter((ms) => ms + HOUR_MS <= END_MS && ms + HOUR_MS > START_MS);
    expect(rows.map(({ at, targetId }) => [at.getTime(), targetId])).toEqual(
      sealed.flatMap((ms) => [
        [ms, 0],
        [ms, 1],
      ]),
    );
  });

  test("the same figures come from minutes and frames together", async () => {
    const before = await read(everything, 10_000); // frames alone
    for (const stepMs of [60_000, 120_000, 600_000]) {
      const samples = await expectTruth(stepMs);
      const rows = listRows(samples, "calls_total");
      expect(averageRate(samples, rows)).toBeCloseTo(averageRate(before, listRows(before, "calls_total")) as number, 1);
      expect(quantileOf(samples, listRows(samples, "took_seconds_bucket"), 0.99)).toBe(
        quantileOf(before, listRows(before, "took_seconds_bucket"), 0.99),
      );
      expect(ratePerSecond(samples, rows).some((rate) => rate === null)).toBe(false);
    }
  });

  test("where frames have been dropped, short steps become minutes", async () => {
    const { db } = testDb();
    await db.delete(metricFrame).where(eq(metricFrame.clusterId, 1)).returning();
    const samples = await read({ fromMs: START_MS, toMs: START_MS + HOUR_MS / 2 }, 10_000);
    expect(samples.stepMs).toBe(MINUTE_MS);
    expect(totalGrowth(samples, rowOf(samples, 0, "calls_total", { method: "Range" }))).toBeGreaterThan(0);
  });
});

test("targets are listed in the order they were met", async () => {
  expect((await listMetricTargets(testDb().db, 1, "etcd")).map(({ url }) => url)).toEqual(["http://m0/", "http://m1/"]);
  expect(await listMetricTargets(testDb().db, 1, "apiserver")).toEqual([]);
});
