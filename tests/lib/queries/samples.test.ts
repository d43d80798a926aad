import { beforeAll, describe, expect, test } from "vitest";
import { FRAME_MS } from "@/lib/model/time-range";
import { readSamples, readStateAt, type SampleQuestion } from "@/lib/queries/samples";
import { useTestDb } from "@/tests/support/db";
import { Books, NODES, seedCluster, seedKeyspace } from "./seed";

const FROM = Date.parse("2026-03-01T11:20:00Z");
const NOW = Date.parse("2026-03-01T13:05:30Z");
const GAP = { fromMs: Date.parse("2026-03-01T11:50:00Z"), toMs: Date.parse("2026-03-01T12:10:00Z") };

const testDb = useTestDb();
const books = new Books(31);
let clusterId: number;

beforeAll(async () => {
  for (let atMs = FROM; atMs < NOW; atMs += 5_000) if (atMs < GAP.fromMs || atMs >= GAP.toMs) books.write(atMs);
  clusterId = await seedCluster(testDb(), "prod");
  await seedKeyspace(testDb(), clusterId, books, { fromMs: FROM, nowMs: NOW, gap: GAP });
});

const read = (question: SampleQuestion) => readSamples(testDb().db, clusterId, question, NOW);

/** Watched milliseconds of a bucket, by counting its slices. */
function watchedMs(fromMs: number, stepMs: number): number {
  let ms = 0;
  for (let at = fromMs; at < Math.min(fromMs + stepMs, NOW); at += FRAME_MS) {
    if (at >= FROM && (at < GAP.fromMs || at >= GAP.toMs)) ms += FRAME_MS;
  }
  return ms;
}

describe("samples", () => {
  test.each([10_000, 60_000, 300_000, 3_600_000])("in buckets of %i ms equal the books", async (stepMs) => {
    const range = { fromMs: FROM - 1_800_000, toMs: NOW };
    const samples = await read({
      range,
      stepMs,
      measures: ["keys", "valueBytes", "puts", "writtenBytes"],
      slots: null,
    });
    expect(samples.atMs[0]).toBe(Math.floor(range.fromMs / stepMs) * stepMs);
    expect([...samples.slots]).toEqual(NODES.map(({ slot }) => slot));
    const columns = samples.atMs.length;
    for (const { slot } of NODES) {
      const row = samples.rowOf(slot);
      for (const [i, atMs] of samples.atMs.entries()) {
        const observedMs = watchedMs(atMs, stepMs);
        expect(samples.observedMs[i]).toBe(observedMs);
        if (stepMs === 10_000 && i % 7 !== 0) continue; // the books are slow
        const gauge = books.gauge(slot, Math.min(atMs + stepMs, NOW));
        const counts = books.counts(slot, { fromMs: atMs, toMs: atMs + stepMs });
        const at = row * columns + i;
        const unknown = observedMs === 0 ? Number.NaN : null;
        expect(samples.of("keys")[at]).toBe(unknown ?? gauge.keys);
        expect(samples.of("valueBytes")[at]).toBe(unknown ?? gauge.valueBytes);
        expect(samples.of("puts")[at]).toBe(unknown ?? counts.puts);
        expect(samples.of("writtenBytes")[at]).toBe(unknown ?? counts.writtenBytes);
      }
    }
  });

  test("of chosen slots keep a row for each, known or not", async () => {
    const range = { fromMs: NOW - 3_600_000, toMs: NOW };
    const samples = await read({ range, stepMs: 60_000, measures: ["keys"], slots: [77, 3] });
    expect([...samples.slots]).toEqual([3, 77]);
    expect(samples.rowOf(0)).toBe(-1);
    const last = samples.atMs.length - 1;
    expect(samples.of("keys")[last]).toBe(books.gauge(3, NOW).keys);
    expect(samples.of("keys")[samples.atMs.length + last]).toBe(0);
  });
});

test("the state at an instant is that of the books; in a gap and before the first frame there is none", async () => {
  for (const atMs of [GAP.fromMs, GAP.toMs + FRAME_MS, NOW - 600_000, NOW]) {
    const state = await readStateAt(testDb().db, clusterId, atMs);
    expect(state).toMatchObject({ atMs, resolutionMs: FRAME_MS });
    for (const { slot } of NODES) {
      const { keys, keyBytes, valueBytes } = books.gauge(slot, atMs);
      expect([state?.keys(slot), state?.keyBytes(slot), state?.valueBytes(slot)]).toEqual([keys, keyBytes, valueBytes]);
      expect(state?.liveBytes(slot)).toBe(keyBytes + valueBytes);
    }
  }
  expect(await readStateAt(testDb().db, clusterId, GAP.toMs - 5 * 60_000)).toBeNull();
  expect(await readStateAt(testDb().db, clusterId, FROM - 60_000)).toBeNull();
});
