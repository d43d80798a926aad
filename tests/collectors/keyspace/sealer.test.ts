import { and, asc, eq } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { sealDue } from "@/collectors/keyspace/sealer";
import * as schema from "@/lib/db/schema";
import { listSealed } from "@/lib/db/sealed-rows";
import { emptyFrameCells, encodeFrame, FRAME_FORMAT, FRAME_GAUGES, FRAME_MEASURES } from "@/lib/model/frame";
import type { SealedStretch } from "@/lib/model/sealed";
import { BLOCK_SLOTS, findRow } from "@/lib/model/stretch";
import { Books, HOUR_MS, NODES, seedCluster, seedKeyspace } from "@/tests/lib/queries/seed";
import { useTestDb } from "@/tests/support/db";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * HOUR_MS;
const FROM = Date.parse("2026-03-01T21:20:00Z");
const NOW = Date.parse("2026-03-02T01:20:00Z");
const GAP = { fromMs: Date.parse("2026-03-01T22:56:30Z"), toMs: Date.parse("2026-03-01T23:04:20Z") };

const testDb = useTestDb();
const books = new Books(5);
let clusterId: number;

beforeAll(async () => {
  for (let atMs = FROM; atMs < NOW; atMs += 11_000) if (atMs < GAP.fromMs || atMs >= GAP.toMs) books.write(atMs);
  clusterId = await seedCluster(testDb(), "prod");
  await seedKeyspace(testDb(), clusterId, books, { fromMs: FROM, nowMs: NOW, gap: GAP });
});

/** What the frames of a minute say, by a plain loop over the rows of Postgres and the books. */
async function countMinute(fromMs: number) {
  const rows = await testDb()
    .db.select({
      at: schema.keyspaceFrame.at,
      observedMs: schema.keyspaceFrame.observedMs,
      revision: schema.keyspaceFrame.revision,
    })
    .from(schema.keyspaceFrame)
    .where(eq(schema.keyspaceFrame.clusterId, clusterId))
    .orderBy(asc(schema.keyspaceFrame.at));
  const mine = rows.filter(({ at }) => at.getTime() >= fromMs && at.getTime() < fromMs + MINUTE_MS);
  return { observedMs: mine.reduce((sum, row) => sum + row.observedMs, 0), revision: mine.at(-1)?.revision };
}

function figureOf(
  stretch: SealedStretch,
  measure: (typeof FRAME_MEASURES)[number],
  slot: number,
  column: number,
): number {
  const row = findRow(stretch.slots, slot);
  const columns = stretch.observedMs.length;
  if (row < 0) return 0;
  return stretch.block(measure, Math.floor(row / BLOCK_SLOTS))[(row % BLOCK_SLOTS) * columns + column] as number;
}

const listHours = (range = { fromMs: FROM - HOUR_MS, toMs: NOW }) =>
  listSealed(testDb().db, "hour", clusterId, { range, measures: FRAME_MEASURES });
const listDays = () =>
  listSealed(testDb().db, "day", clusterId, { range: { fromMs: FROM - DAY_MS, toMs: NOW }, measures: FRAME_MEASURES });

describe("sealing", () => {
  beforeAll(() => sealDue(testDb().db, NOW));

  test("takes the hours that are over, not the running one, and the day that is over", async () => {
    const starts = (await listHours()).map(({ fromMs }) => new Date(fromMs).toISOString().slice(0, 16));
    expect(starts).toEqual(["2026-03-01T21:00", "2026-03-01T22:00", "2026-03-01T23:00", "2026-03-02T00:00"]);
    expect((await listDays()).map(({ fromMs }) => new Date(fromMs).toISOString().slice(0, 10))).toEqual(["2026-03-01"]);
  });

  test("leaves a grace of two minutes to the last frame", async () => {
    const other = await seedCluster(testDb(), "graceful");
    const own = new Books(9);
    await seedKeyspace(testDb(), other, own, { fromMs: NOW, nowMs: NOW + HOUR_MS });
    const range = { fromMs: 0, toMs: NOW + DAY_MS };
    await sealDue(testDb().db, Date.parse("2026-03-02T02:01:59Z"));
    expect(await listSealed(testDb().db, "hour", other, { range, measures: [] })).toHaveLength(0);
    await sealDue(testDb().db, Date.parse("2026-03-02T02:02:00Z"));
    expect(await listSealed(testDb().db, "hour", other, { range, measures: [] })).toHaveLength(1);
    await testDb().db.delete(schema.cluster).where(eq(schema.cluster.id, other));
  });

  test("keeps every minute of every prefix as the frames and the books have it", async () => {
    for (const hour of await listHours()) {
      for (let column = 0; column < 60; column++) {
        const minute = { fromMs: hour.fromMs + column * MINUTE_MS, toMs: hour.fromMs + (column + 1) * MINUTE_MS };
        const counted = await countMinute(minute.fromMs);
        expect(hour.observedMs[column], new Date(minute.fromMs).toISOString()).toBe(counted.observedMs);
        if (counted.observedMs === 0) continue;
        expect(hour.revisions[column]).toBe(counted.revision);
        for (const { slot } of NODES) {
          const expected = { ...books.gauge(slot, minute.toMs), ...books.counts(slot, minute), historyBytes: 0 };
          for (const measure of FRAME_MEASURES) {
            expect(figureOf(hour, measure, slot, column), `${measure} of ${slot}`).toBe(expected[measure]);
          }
        }
      }
    }
  });

  test("keeps every hour of the day, and rolls the day up", async () => {
    const [day] = (await listDays()) as [SealedStretch];
    for (let column = 0; column < 24; column++) {
      const hour = { fromMs: day.fromMs + column * HOUR_MS, toMs: day.fromMs + (column + 1) * HOUR_MS };
      if (hour.toMs <= FROM) {
        expect(day.observedMs[column]).toBe(0);
        continue;
      }
      for (const { slot } of NODES) {
        const expected = { ...books.gauge(slot, hour.toMs), ...books.counts(slot, hour), historyBytes: 0 };
        for (const measure of FRAME_MEASURES) expect(figureOf(day, measure, slot, column)).toBe(expected[measure]);
      }
    }
    const rows = await testDb().db.select().from(schema.prefixDay).where(eq(schema.prefixDay.clusterId, clusterId));
    const end = day.fromMs + DAY_MS;
    const observedMs = end - FROM - (GAP.toMs - GAP.fromMs);
    for (const { slot } of NODES) {
      const expected = { ...books.gauge(slot, end), ...books.counts(slot, { fromMs: day.fromMs, toMs: end }) };
      const row = rows.find((candidate) => candidate.slot === slot);
      if (row) expect(row).toMatchObject({ ...expected, observedMs, historyBytes: 0 });
      else expect(expected).toMatchObject({ keys: 0, puts: 0 });
    }
  });
});

test("a frame that comes late makes its hour and its day be sealed again", async () => {
  const { db } = testDb();
  const before = await listDays();
  const at = new Date(GAP.fromMs + 30_000 + 3 * MINUTE_MS); // 23:00 exactly
  const cells = emptyFrameCells(1);
  const late = {
    ...{ keys: 3, keyBytes: 30, valueBytes: 300 },
    ...{ puts: 2, creates: 1, deletes: 0, writtenBytes: 90 },
  };
  for (const [measure, value] of Object.entries(late)) cells[measure as keyof typeof late][0] = value;
  const row = { clusterId, at, observedMs: 10_000, revision: 1_500, isFull: false, format: FRAME_FORMAT };
  await db.insert(schema.keyspaceFrame).values({ ...row, ...late, historyBytes: null, payload: encodeFrame(cells) });
  await sealDue(db, NOW);
  const [, , hour] = (await listHours()) as SealedStretch[];
  const column = (at.getTime() - (hour?.fromMs ?? 0)) / MINUTE_MS;
  expect(hour?.observedMs[column]).toBe(10_000);
  expect(figureOf(hour as SealedStretch, "puts", 0, column)).toBe(2);
  expect(figureOf(hour as SealedStretch, "valueBytes", 0, column)).toBe(300);
  expect(figureOf(hour as SealedStretch, "historyBytes", 0, column)).toBeNaN();
  const after = await listDays();
  const puts = (days: SealedStretch[]) => figureOf(days[0] as SealedStretch, "puts", 0, 23);
  expect(puts(after)).toBe(puts(before) + 2);
});

test("a day that only hourly roll-ups know is sealed from them", async () => {
  const { db } = testDb();
  const old = new Books(3);
  const [fromMs, nowMs] = [Date.parse("2026-02-20T03:00:00Z"), Date.parse("2026-02-21T02:00:00Z")];
  for (let atMs = fromMs; atMs < nowMs; atMs += 600_000) old.write(atMs);
  const other = await seedCluster(testDb(), "old");
  await seedKeyspace(testDb(), other, old, { fromMs, nowMs });
  await db.delete(schema.keyspaceFrame).where(eq(schema.keyspaceFrame.clusterId, other));
  await sealDue(db, NOW);
  const range = { fromMs: fromMs - DAY_MS, toMs: NOW };
  const [day] = await listSealed(db, "day", other, { range, measures: FRAME_MEASURES });
  for (let column = 3; column < 24; column++) {
    const hourMs = (day?.fromMs ?? 0) + column * HOUR_MS;
    for (const { slot } of NODES) {
      const keys = figureOf(day as SealedStretch, "keys", slot, column);
      const counts = old.counts(slot, { fromMs: hourMs, toMs: hourMs + HOUR_MS });
      expect(figureOf(day as SealedStretch, "puts", slot, column)).toBe(counts.puts);
      // Before its first write a roll-up says nothing of a prefix.
      if (!Number.isNaN(keys)) expect(keys).toBe(old.gauge(slot, hourMs + HOUR_MS).keys);
    }
  }
});

test("an hour that cannot be read is left unsealed and the others are sealed", async () => {
  const { db } = testDb();
  const { keyspaceFrame } = schema;
  const other = await seedCluster(testDb(), "damaged");
  await seedKeyspace(testDb(), other, new Books(2), { fromMs: NOW - 3 * HOUR_MS, nowMs: NOW });
  const damaged = and(eq(keyspaceFrame.clusterId, other), eq(keyspaceFrame.at, new Date(NOW - 2 * HOUR_MS)));
  await db
    .update(keyspaceFrame)
    .set({ payload: Buffer.from([200]) })
    .where(damaged);
  await sealDue(db, NOW);
  const range = { fromMs: NOW - DAY_MS, toMs: NOW };
  const hours = await listSealed(db, "hour", other, { range, measures: [...FRAME_GAUGES] });
  expect(hours.map(({ fromMs }) => new Date(fromMs).toISOString().slice(11, 13))).toEqual(["22", "00"]);
});
