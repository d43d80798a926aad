import { asc, eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sealDue } from "@/collectors/keyspace/sealer";
import { dropExpiredPartitions } from "@/lib/db/partitions";
import * as schema from "@/lib/db/schema";
import { decodeFrame, FRAME_COUNTERS, FRAME_GAUGES, FRAME_MEASURES, type FrameMeasure } from "@/lib/model/frame";
import { readRevisionClock } from "@/lib/queries/revision-clock";
import { readSamples, readStateAt } from "@/lib/queries/samples";
import { readWindow } from "@/lib/queries/window";
import { useTestDb } from "@/tests/support/db";
import { Books, HOUR_MS, NODES, seedCluster, seedKeyspace } from "./seed";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * HOUR_MS;
const FROM = Date.parse("2026-03-01T19:50:00Z");
const NOW = Date.parse("2026-03-01T23:50:00Z"); // four hours later
const LATER = Date.parse("2026-03-02T00:10:00Z"); // the last hour and the day are over
const GAP = { fromMs: Date.parse("2026-03-01T21:56:30Z"), toMs: Date.parse("2026-03-01T22:07:20Z") };

const testDb = useTestDb();
const books = new Books(17);
let clusterId: number;
/** The raw frames, kept aside before any is dropped. */
let frames: {
  atMs: number;
  observedMs: number;
  revision: number;
  isFull: boolean;
  cells: ReturnType<typeof decodeFrame>;
}[];

beforeAll(async () => {
  for (let atMs = FROM; atMs < NOW; atMs += 9_000) if (atMs < GAP.fromMs || atMs >= GAP.toMs) books.write(atMs);
  clusterId = await seedCluster(testDb(), "prod");
  await seedKeyspace(testDb(), clusterId, books, { fromMs: FROM, nowMs: NOW, gap: GAP });
  const { keyspaceFrame } = schema;
  const rows = await testDb()
    .db.select()
    .from(keyspaceFrame)
    .where(eq(keyspaceFrame.clusterId, clusterId))
    .orderBy(asc(keyspaceFrame.at));
  frames = rows.map((row) => ({ ...row, atMs: row.at.getTime(), cells: decodeFrame(row.format, row.payload) }));
});

/** What the raw frames of a slice of time say of a slot, by a plain loop; null when there are none. */
function loop(slot: number, fromMs: number, toMs: number): Record<FrameMeasure, number> | null {
  const figures = Object.fromEntries(FRAME_MEASURES.map((measure) => [measure, 0])) as Record<FrameMeasure, number>;
  let observedMs = 0;
  for (const frame of frames) {
    if (frame.atMs >= toMs) break;
    const isInside = frame.atMs >= fromMs;
    if (isInside) observedMs += frame.observedMs;
    const cell = frame.cells.slots.indexOf(slot);
    if (cell < 0 && frame.isFull) for (const gauge of FRAME_GAUGES) figures[gauge] = 0;
    if (cell < 0) continue;
    for (const gauge of FRAME_GAUGES) figures[gauge] = frame.cells[gauge][cell] as number;
    if (isInside) for (const counter of FRAME_COUNTERS) figures[counter] += frame.cells[counter][cell] as number;
  }
  return observedMs === 0 ? null : figures;
}

async function expectFrames(stepMs: number, wantedMs = stepMs): Promise<void> {
  const range = { fromMs: FROM - HOUR_MS, toMs: NOW };
  const question = { range, stepMs: wantedMs, measures: FRAME_MEASURES, slots: null };
  const samples = await readSamples(testDb().db, clusterId, question, LATER);
  expect(samples.stepMs).toBe(stepMs);
  for (const { slot } of NODES) {
    const row = samples.rowOf(slot);
    for (const [i, atMs] of samples.atMs.entries()) {
      const expected = loop(slot, atMs, atMs + stepMs);
      for (const measure of FRAME_MEASURES) {
        const value = samples.of(measure)[row * samples.atMs.length + i];
        expect(value, `${measure} of ${slot} at ${new Date(atMs).toISOString()}`).toBe(
          expected?.[measure] ?? Number.NaN,
        );
      }
    }
  }
}

async function expectState(atMs: number, endMs: number, resolutionMs: number): Promise<void> {
  const state = await readStateAt(testDb().db, clusterId, atMs);
  expect(state).toMatchObject({ atMs: endMs, resolutionMs });
  for (const { slot } of NODES) {
    const { keys, keyBytes, valueBytes } = books.gauge(slot, endMs);
    expect([state?.keys(slot), state?.liveBytes(slot)]).toEqual([keys, keyBytes + valueBytes]);
  }
}

async function expectClock(sliceMs: number): Promise<void> {
  const dated = books.events
    .filter(({ atMs }) => Math.floor(atMs / sliceMs) > Math.floor(FROM / sliceMs))
    .slice(0, 400);
  const revisions = dated.map(({ revision }) => revision);
  const clock = await readRevisionClock(testDb().db, clusterId, revisions, LATER);
  for (const { revision, atMs } of dated) {
    const slice = new Date(Math.floor(atMs / sliceMs) * sliceMs).toISOString();
    expect(clock.at(revision), `revision ${revision}`).toBe(slice);
  }
  expect(clock.at(books.events[0]?.revision ?? 0)).toBeNull();
}

describe("four hours", () => {
  test("as frames", async () => {
    await expectFrames(10_000);
    await expectFrames(5 * MINUTE_MS);
    await expectFrames(HOUR_MS);
    await expectClock(10_000);
  });

  test("sealed beside their frames read the same at every step", async () => {
    await sealDue(testDb().db, LATER);
    for (const stepMs of [30_000, MINUTE_MS, HOUR_MS, DAY_MS]) await expectFrames(stepMs);
    const middle = FROM + 47 * MINUTE_MS + 20_000;
    await expectState(middle, middle, 10_000);
  });

  test("are never dropped before they are sealed", async () => {
    const { db } = testDb();
    const held = await seedCluster(testDb(), "held");
    const own = new Books(3);
    await seedKeyspace(testDb(), held, own, { fromMs: NOW - MINUTE_MS, nowMs: NOW });
    await dropExpiredPartitions(db, NOW + 3 * DAY_MS);
    const of = (id: number) => db.$count(schema.keyspaceFrame, eq(schema.keyspaceFrame.clusterId, id));
    expect(await of(held)).toBe(6);
    expect(await of(clusterId)).toBe(frames.length);
    await db.delete(schema.keyspaceFrame).where(eq(schema.keyspaceFrame.clusterId, held));
  });

  test("by minutes, when their frames are gone, equal the raw frames", async () => {
    await dropExpiredPartitions(testDb().db, NOW + 3 * DAY_MS);
    const { keyspaceFrame } = schema;
    expect(await testDb().db.$count(keyspaceFrame, eq(keyspaceFrame.clusterId, clusterId))).toBe(0);
    await expectFrames(MINUTE_MS);
    await expectFrames(MINUTE_MS, 10_000);
    await expectFrames(HOUR_MS);
    await expectState(FROM + 2 * MINUTE_MS + 20_000, FROM + 3 * MINUTE_MS, MINUTE_MS);
    await expectClock(MINUTE_MS);
  });

  test("have their counts and growth by minutes too", async () => {
    const range = { fromMs: FROM + 10 * MINUTE_MS, toMs: FROM + 100 * MINUTE_MS };
    const slots = new Set(NODES.map(({ slot }) => slot));
    const window = await readWindow(testDb().db, clusterId, { range, slots, nowMs: LATER });
    expect(window).toMatchObject({ range, observedSeconds: 5_400 });
    for (const { slot } of NODES) {
      expect(window.counts(slot)).toEqual(books.counts(slot, range));
      const [start, end] = [books.gauge(slot, range.fromMs), books.gauge(slot, range.toMs)];
      expect(window.growth(slot, end)?.keys).toBe(end.keys - start.keys);
    }
  });

  test("by hours, when their minutes are gone", async () => {
    await dropExpiredPartitions(testDb().db, NOW + 20 * DAY_MS);
    expect(await testDb().db.$count(schema.sealedHour)).toBe(0);
    await expectFrames(HOUR_MS);
    await expectFrames(HOUR_MS, MINUTE_MS);
    await expectState(FROM + 100 * MINUTE_MS, Date.parse("2026-03-01T22:00:00Z"), HOUR_MS);
    await expectClock(HOUR_MS);
  });

  test("by days, when their hours are gone", async () => {
    await dropExpiredPartitions(testDb().db, NOW + 500 * DAY_MS);
    expect(await testDb().db.$count(schema.sealedDay)).toBe(0);
    await expectFrames(DAY_MS);
    await expectFrames(DAY_MS, HOUR_MS);
  });
});

describe("frames of a minute", () => {
  let slowId: number;
  beforeAll(async () => {
    slowId = await seedCluster(testDb(), "slow", { frameSeconds: 60 });
    await seedKeyspace(testDb(), slowId, new Books(4), { fromMs: NOW - HOUR_MS, nowMs: NOW });
    const { keyspaceFrame } = schema;
    const mine = eq(keyspaceFrame.clusterId, slowId);
    for (const { at } of await testDb().db.select({ at: keyspaceFrame.at }).from(keyspaceFrame).where(mine)) {
      if (at.getTime() % MINUTE_MS === 0) continue;
      await testDb().db.delete(keyspaceFrame).where(eq(keyspaceFrame.at, at));
    }
    await testDb().db.update(keyspaceFrame).set({ observedMs: 60_000 }).where(mine);
  });
  afterAll(() => testDb().db.delete(schema.cluster).where(eq(schema.cluster.id, slowId)));

  test("have no finer buckets", async () => {
    const range = { fromMs: NOW - HOUR_MS, toMs: NOW };
    const question = { range, stepMs: 10_000, measures: ["keys"] as const, slots: [0] };
    const samples = await readSamples(testDb().db, slowId, question, NOW);
    expect(samples.stepMs).toBe(MINUTE_MS);
    expect([...samples.observedMs]).toEqual(Array.from({ length: 60 }, () => MINUTE_MS));
  });
});
