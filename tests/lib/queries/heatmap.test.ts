import { beforeAll, describe, expect, test } from "vitest";
import { HeatmapParams } from "@/lib/api/heatmap";
import { prefixDay } from "@/lib/db/schema";
import type { HeatMatrix } from "@/lib/model/heat-matrix";
import { FRAME_MS } from "@/lib/model/time-range";
import { readHeatmap } from "@/lib/queries/heatmap";
import { countShownColumns, toHeatColumns } from "@/lib/queries/heatmap-columns";
import { useTestDb } from "@/tests/support/db";
import { Books, isUnder, NODES, seedCluster, seedKeyspace } from "./seed";

const FROM = Date.parse("2026-03-01T11:20:00Z");
const NOW = Date.parse("2026-03-01T13:05:30Z");
const GAP = { fromMs: Date.parse("2026-03-01T12:10:00Z"), toMs: Date.parse("2026-03-01T12:20:00Z") };

const testDb = useTestDb();
const books = new Books(23);
let clusterId: number;

beforeAll(async () => {
  for (let atMs = FROM; atMs < NOW; atMs += 3_000) if (atMs < GAP.fromMs || atMs >= GAP.toMs) books.write(atMs);
  clusterId = await seedCluster(testDb(), "prod");
  await seedKeyspace(testDb(), clusterId, books, { fromMs: FROM, nowMs: NOW, gap: GAP });
});

type Input = Parameters<typeof HeatmapParams.parse>[0] & object;
const read = (params: Input) => readHeatmap(testDb().db, clusterId, HeatmapParams.parse(params), NOW);
const labels = ({ head }: HeatMatrix) => head.rows.map(({ kind, prefix }) => `${kind} ${prefix}`);

/** Watched milliseconds of a column, by counting its slices. */
function watchedMs(fromMs: number, stepMs: number): number {
  let ms = 0;
  for (let at = fromMs; at < Math.min(fromMs + stepMs, NOW); at += FRAME_MS) {
    if (at >= FROM && (at < GAP.fromMs || at >= GAP.toMs)) ms += FRAME_MS;
  }
  return ms;
}

/** The leaf slots (those keys hang on) that a row stands for: below its prefix and in no other row. */
function leavesOf({ head }: HeatMatrix, row: number): number[] {
  const slotOf = (prefix: string) => NODES.findIndex((node) => node.prefix === prefix && !node.isOther);
  const { prefix, kind } = head.rows[row] as HeatMatrix["head"]["rows"][number];
  const below = NODES.filter(({ slot }) => isUnder(slot, slotOf(prefix)));
  if (kind === "prefix") return below.map(({ slot }) => slot);
  const others = head.rows.filter((other) => other.kind === "prefix").map((other) => slotOf(other.prefix));
  const rests = head.rows.filter((other) => other.kind === "rest" && other.prefix.length > prefix.length);
  const taken = [...others, ...rests.map((other) => slotOf(other.prefix))];
  return below.map(({ slot }) => slot).filter((slot) => !taken.some((other) => isUnder(slot, other)));
}

function countsOf(leaves: readonly number[], fromMs: number, toMs: number) {
  const counts = { writes: 0, deletes: 0, writtenBytes: 0 };
  for (const event of books.events) {
    if (event.atMs < fromMs || event.atMs >= toMs || !leaves.includes(event.slot)) continue;
    counts.writes++;
    if (event.valueBytes === null) counts.deletes++;
    else counts.writtenBytes += Buffer.byteLength(event.key) + event.valueBytes;
  }
  return counts;
}

/** Key and value bytes of live keys that hang on these slots. */
function liveBytes(leaves: readonly number[], atMs: number): number {
  const live = new Map<string, number>();
  for (const { atMs: writtenMs, slot, key, valueBytes } of books.events) {
    if (writtenMs >= atMs || !leaves.includes(slot)) continue;
    if (valueBytes === null) live.delete(key);
    else live.set(key, Buffer.byteLength(key) + valueBytes);
  }
  return [...live.values()].reduce((sum, bytes) => sum + bytes, 0);
}

describe("cells are what the books say", () => {
  test.each(["writes", "writtenBytes", "deletes"] as const)("%s per second, null in the gap", async (measure) => {
    const matrix = await read({ measure, range: "1h" });
    const { atMs, stepMs, rows, observedMs } = matrix.head;
    expect(stepMs).toBe(10_000);
    expect(rows.length).toBeGreaterThan(4);
    for (const [row] of rows.entries()) {
      const leaves = leavesOf(matrix, row);
      for (const [column, fromMs] of atMs.entries()) {
        const watched = watchedMs(fromMs, stepMs);
        expect(observedMs[column]).toBe(watched);
        const expected = countsOf(leaves, fromMs, fromMs + stepMs)[measure] / (watched / 1_000);
        const value = matrix.values[row * atMs.length + column] as number;
        if (watched === 0) expect(value).toBeNaN();
        else expect(value).toBe(Math.fround(expected));
      }
    }
  });

  test("live bytes change from column to column, unknown in and right after the gap", async () => {
    const matrix = await read({ measure: "liveBytesChange", columns: 30, range: "1h" });
    const { atMs, stepMs, rows } = matrix.head;
    expect(stepMs).toBe(120_000);
    for (const [row] of rows.entries()) {
      const leaves = leavesOf(matrix, row);
      for (const [column, fromMs] of atMs.entries()) {
        const value = matrix.values[row * atMs.length + column] as number;
        const isKnown = watchedMs(fromMs, stepMs) > 0 && watchedMs(fromMs - stepMs, stepMs) > 0;
        if (isKnown) expect(value).toBe(liveBytes(leaves, fromMs + stepMs) - liveBytes(leaves, fromMs));
        else expect(value).toBeNaN();
      }
    }
  });

  test("a comparison is the difference to the same columns earlier", async () => {
    const [now, earlier] = await Promise.all([
      read({ from: "2026-03-01T12:40:00Z", to: "2026-03-01T13:00:00Z", compare: "1h" }),
      read({ from: "2026-03-01T11:40:00Z", to: "2026-03-01T12:00:00Z" }),
    ]);
    expect(now.head.compare).toEqual({
      from: "2026-03-01T11:40:00.000Z",
      to: "2026-03-01T12:00:00.000Z",
      shiftMs: 3_600_000,
    });
    expect(labels(now)).toEqual(labels(earlier));
    for (const [row] of now.head.rows.entries()) {
      const leaves = leavesOf(now, row);
      for (const [column, fromMs] of now.head.atMs.entries()) {
        const rate = (at: number) => countsOf(leaves, at, at + 10_000).writes / 10;
        const value = now.values[row * now.head.atMs.length + column];
        expect(value).toBe(Math.fround(rate(fromMs) - rate(fromMs - 3_600_000)));
      }
    }
  });

  test("an instant to compare with is where the other window ends", async () => {
    const { head } = await read({
      ...{ from: "2026-03-01T12:40:00Z", to: "2026-03-01T13:00:00Z", compare: "2026-03-01T11:50:00Z" },
    });
    expect(head.compare).toMatchObject({ from: "2026-03-01T11:30:00.000Z", to: "2026-03-01T11:50:00.000Z" });
  });
});

describe("rows", () => {
  test.each([1, 2, 3, 4, 5, 500])("with %i rows at most, all together are the prefix", async (rows) => {
    const matrix = await read({ rows, range: "1h", measure: "writes" });
    expect(matrix.head.rows.length).toBeLessThanOrEqual(rows);
    const { atMs, stepMs } = matrix.head;
    for (const [column, fromMs] of atMs.entries()) {
      if (watchedMs(fromMs, stepMs) === 0) continue;
      let sum = 0;
      for (const [row] of matrix.head.rows.entries()) sum += matrix.values[row * atMs.length + column] as number;
      const all = countsOf(
        NODES.map(({ slot }) => slot),
        fromMs,
        fromMs + stepMs,
      );
      expect(sum).toBeCloseTo(all.writes / (watchedMs(fromMs, stepMs) / 1_000), 4);
    }
  });

  test("they stand in the order of keys and stay while the window slides", async () => {
    const whole = await read({ range: "1h" });
    expect(labels(whole)).toEqual([
      "prefix /registry/leases/",
      "prefix /registry/pods/ns-1/",
      "prefix /registry/pods/ns-2/",
      "rest /registry/pods/",
      "rest ",
    ]);
    const slid = await read({ from: "2026-03-01T12:50:00Z", to: "2026-03-01T12:51:00Z" });
    expect(labels(slid)).toEqual(labels(whole));
  });

  test("below a prefix they are its own; a prefix the tree does not have has none", async () => {
    const below = await read({ prefix: "/registry/pods/", range: "1h" });
    expect(below.head.rows.map(({ prefix }) => prefix)).toEqual([
      "/registry/pods/ns-1/",
      "/registry/pods/ns-2/",
      "/registry/pods/",
    ]);
    const raw = await read({ prefix: "/registry/po", range: "1h" });
    expect(raw.head.rows).toEqual([]);
    expect(raw.head).toMatchObject({ min: null, max: null });
  });

  test("days that are rolled up weigh instead of their hours", async () => {
    const id = await seedCluster(testDb(), "days");
    await seedKeyspace(testDb(), id, books, { fromMs: FROM, nowMs: NOW, gap: GAP });
    const figures = { observedMs: 1, revision: 1, keys: 1, keyBytes: 1, valueBytes: 1, creates: 0, deletes: 0 };
    const rows = [
      { slot: 0, puts: 10 },
      { slot: 1, puts: 10 },
      { slot: 2, puts: 10 },
      { slot: 4, puts: 9 },
    ];
    const day = new Date("2026-03-01T00:00:00Z");
    await testDb()
      .db.insert(prefixDay)
      .values(rows.map((row) => ({ ...figures, ...row, clusterId: id, day, writtenBytes: 1 })));
    const matrix = await readHeatmap(testDb().db, id, HeatmapParams.parse({ range: "1h" }), NOW);
    expect(labels(matrix)).toEqual(["prefix /registry/pods/ns-2/", "rest /registry/pods/", "rest /registry/", "rest "]);
  });
});

describe("columns", () => {
  test.each([
    { hours: 1, columns: undefined, stepSeconds: 10 },
    { hours: 6, columns: undefined, stepSeconds: 30 },
    { hours: 24, columns: 1_440, stepSeconds: 60 },
    { hours: 24, columns: 1, stepSeconds: 86_400 },
    { hours: 24 * 800, columns: 200, stepSeconds: 4 * 86_400 },
  ])("$hours h in $columns columns are $stepSeconds s each", ({ hours, columns, stepSeconds }) => {
    const fromMs = Date.parse("2026-03-01T00:00:00Z");
    for (const startMs of [fromMs, fromMs + 7_000]) {
      const range = { fromMs: startMs, toMs: startMs + hours * 3_600_000 };
      const made = toHeatColumns(range, 10_000, columns);
      expect(made.stepMs).toBe(stepSeconds * 1_000);
      expect(made.fromMs % made.stepMs).toBe(0);
      expect((made.toMs - made.fromMs) / made.stepMs).toBeLessThanOrEqual(columns ?? 720);
      expect(made.toMs).toBeGreaterThanOrEqual(range.toMs);
      expect(made.fromMs).toBeLessThan(range.fromMs + made.stepMs);
    }
  });

  test("what is stored by the hour is not cut finer", () => {
    expect(toHeatColumns({ fromMs: 0, toMs: 86_400_000 }, 3_600_000).stepMs).toBe(3_600_000);
  });

  test("slices whose frames are still on their way are no gap", () => {
    const atMs = [0, 10_000, 20_000, 30_000];
    expect(countShownColumns(atMs, [10_000, 10_000, 0, 0], 35_000)).toBe(2);
    expect(countShownColumns(atMs, [10_000, 0, 0, 0], 100_000)).toBe(4);
  });
});
