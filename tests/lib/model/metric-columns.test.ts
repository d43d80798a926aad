import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MetricColumns } from "@/lib/model/metric-columns";

const COUNTER = 2;
const GAUGE = 3;
const kindOf = (id: number) => (id === COUNTER ? ("counter" as const) : id === GAUGE ? ("gauge" as const) : undefined);
const frame = (fromMs: number | null, atMs: number, figures: [number, number][]) => ({
  fromMs,
  atMs,
  cells: { ids: Int32Array.from(figures, ([id]) => id), values: Float64Array.from(figures, ([, value]) => value) },
});
const row = (columns: MetricColumns, id: number) => Array.from(columns.series.get(id) ?? []);

describe("readings in equal steps", () => {
  test("a counter's growth is shared out over the time between two readings, in whole numbers", () => {
    const columns = new MetricColumns({ fromMs: 0, stepMs: 10_000, columns: 4 }, kindOf);
    columns.add(frame(3_000, 13_000, [[COUNTER, 10]]));
    columns.add(frame(13_000, 33_000, [[COUNTER, 5]]));
    expect(row(columns, COUNTER)).toEqual([7, 4, 3, 1]);
    expect(Array.from(columns.observedMs)).toEqual([7_000, 10_000, 10_000, 3_000]);
  });

  test("a first reading says nothing of counters; a gauge's step has its last reading", () => {
    const columns = new MetricColumns({ fromMs: 0, stepMs: 10_000, columns: 3 }, kindOf);
    columns.add(frame(null, 1_000, [[GAUGE, 7]]));
    columns.add(
      frame(1_000, 9_000, [
        [GAUGE, 8],
        [COUNTER, 0],
        [99, 1],
      ]),
    );
    columns.add(frame(9_000, 20_000, [[GAUGE, 9]]));
    expect(row(columns, GAUGE)).toEqual([8, Number.NaN, 9]);
    expect(row(columns, COUNTER)).toEqual([0, Number.NaN, Number.NaN]);
    expect(columns.series.has(99)).toBe(false);
  });

  test("what is not observed stays unknown: a gap is no zero", () => {
    const columns = new MetricColumns({ fromMs: 0, stepMs: 10_000, columns: 4 }, kindOf);
    columns.add(frame(0, 10_000, [[COUNTER, 3]]));
    columns.add(frame(30_000, 40_000, [[COUNTER, 4]]));
    expect(row(columns, COUNTER)).toEqual([3, Number.NaN, Number.NaN, 4]);
    expect(Array.from(columns.observedMs)).toEqual([10_000, 0, 0, 10_000]);
  });

  const readings = fc
    .array(
      fc.tuple(
        fc.integer({ min: 1, max: 40_000 }),
        fc.oneof(
          fc.nat({ max: 1e6 }),
          fc.nat({ max: 1e9 }).map((n) => n / 1e6),
        ),
      ),
      { minLength: 1, maxLength: 30 },
    )
    .map((steps) => {
      let atMs = 0;
      return steps.map(([ms, growth]) => {
        const fromMs = atMs;
        atMs += ms;
        return frame(fromMs, atMs, [[COUNTER, growth]]);
      });
    });

  test("nothing is lost or counted twice, on any grid, and where a grid is read in two parts", () => {
    fc.assert(
      fc.property(
        readings,
        fc.integer({ min: 500, max: 70_000 }),
        fc.nat({ max: 400_000 }),
        (frames, stepMs, cutMs) => {
          const endMs = frames.at(-1)?.atMs as number;
          const grid = { fromMs: 0, stepMs, columns: Math.ceil(endMs / stepMs) };
          const whole = new MetricColumns(grid, kindOf);
          const parts = new MetricColumns(grid, kindOf);
          for (const one of frames) whole.add(one);
          for (const one of frames) parts.add(one, { fromMs: 0, toMs: cutMs });
          for (const one of frames) parts.add(one, { fromMs: cutMs, toMs: endMs });
          const total = frames.reduce((sum, { cells }) => sum + (cells.values[0] as number), 0);
          const sum = (columns: MetricColumns) =>
            row(columns, COUNTER).reduce((all, value) => all + (Number.isNaN(value) ? 0 : value), 0);
          expect(sum(whole)).toBeCloseTo(total, 5);
          expect(sum(parts)).toBeCloseTo(total, 5);
          expect(whole.observedMs.reduce((all, ms) => all + ms, 0)).toBeCloseTo(endMs, 5);
          expect(parts.observedMs.reduce((all, ms) => all + ms, 0)).toBeCloseTo(endMs, 5);
        },
      ),
    );
  });

  test("minutes of a sealed hour fall into steps of whole minutes", () => {
    const columns = new MetricColumns({ fromMs: 60_000, stepMs: 120_000, columns: 2 }, kindOf);
    const part = {
      observedMs: [60_000, 60_000, 0, 30_000, 60_000],
      series: new Map([
        [COUNTER, Float64Array.of(1, 2, Number.NaN, 4, 5)],
        [GAUGE, Float64Array.of(1, 2, 3, Number.NaN, 5)],
      ]),
    };
    columns.addColumns({ fromMs: 0, stepMs: 60_000, columns: 5 }, part);
    expect(row(columns, COUNTER)).toEqual([2, 9]);
    expect(row(columns, GAUGE)).toEqual([3, 5]);
    expect(Array.from(columns.observedMs)).toEqual([60_000, 90_000]);
  });
});
