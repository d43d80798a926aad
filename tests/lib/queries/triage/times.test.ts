import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { planTimes } from "@/lib/queries/triage/times";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const START_MS = Date.parse("2026-11-21T12:00:00Z");

function plan(window: [fromMinute: number, toMinute: number], calm: [number, number], finestMs = 10_000) {
  const range = ([from, to]: [number, number]) => ({
    fromMs: START_MS + from * MINUTE_MS,
    toMs: START_MS + to * MINUTE_MS,
  });
  return planTimes({ window: range(window), calm: range(calm) }, finestMs);
}

describe("The axis of a window and its calm time", () => {
  test.each([
    { name: "ten minutes beside ten", window: [10, 20], calm: [0, 10], stepMs: 10_000, columns: 120 },
    { name: "two minutes beside ten", window: [10, 12], calm: [0, 10], stepMs: 10_000, columns: 72 },
    { name: "half an hour beside as much", window: [30, 60], calm: [0, 30], stepMs: 20_000, columns: 180 },
    { name: "an hour beside as much", window: [60, 120], calm: [0, 60], stepMs: 60_000, columns: 120 },
    { name: "a day beside as much", window: [1_440, 2_880], calm: [0, 1_440], stepMs: 1_800_000, columns: 96 },
  ] as const)("$name", ({ window, calm, stepMs, columns }) => {
    const times = plan([...window], [...calm]);
    expect(times.isCalmOnAxis).toBe(true);
    expect(times.axis).toEqual({ fromMs: START_MS, stepMs, columns });
  });

  test("where frames are gone, steps are minutes", () => {
    expect(plan([10, 20], [0, 10], MINUTE_MS).axis).toEqual({ fromMs: START_MS, stepMs: MINUTE_MS, columns: 20 });
  });

  test("a calm time of yesterday is read apart: the axis is the window and as long a time before", () => {
    const times = plan([0, 10], [-1_440, -1_430]);
    expect(times.isCalmOnAxis).toBe(false);
    expect(times.axis).toEqual({ fromMs: START_MS - 10 * MINUTE_MS, stepMs: 10_000, columns: 120 });
    expect(times.calm).toEqual({ fromMs: START_MS - 24 * HOUR_MS, toMs: START_MS - 24 * HOUR_MS + 10 * MINUTE_MS });
  });

  test("one that lies an hour earlier for want of a nearer one is on it", () => {
    expect(plan([60, 70], [0, 10]).isCalmOnAxis).toBe(true);
  });

  test("one after the window is read apart", () => {
    expect(plan([0, 10], [10, 20]).isCalmOnAxis).toBe(false);
  });
});

test("Whatever is asked, both times are whole steps, the window ends the axis and is led by two minutes of it", () => {
  const minutes = fc.integer({ min: 1, max: 1_440 });
  const given = fc.record({
    windowMs: minutes,
    calmMs: minutes,
    gap: fc.integer({ min: 0, max: 3_000 }),
    offsetMs: fc.nat(600_000),
  });
  fc.assert(
    fc.property(given, fc.constantFrom(10_000, 30_000, 60_000), ({ windowMs, calmMs, gap, offsetMs }, finestMs) => {
      const fromMs = START_MS + offsetMs;
      const window = { fromMs, toMs: fromMs + windowMs * MINUTE_MS };
      const toMs = fromMs - gap * MINUTE_MS;
      const times = planTimes({ window, calm: { fromMs: toMs - calmMs * MINUTE_MS, toMs } }, finestMs);
      const { axis } = times;
      for (const atMs of [times.window.fromMs, times.window.toMs, times.calm.fromMs, times.calm.toMs, axis.fromMs]) {
        expect(atMs % axis.stepMs).toBe(0);
      }
      expect(axis.stepMs % finestMs).toBe(0);
      expect(axis.columns).toBeLessThanOrEqual(182);
      expect(axis.fromMs + axis.columns * axis.stepMs).toBe(times.window.toMs);
      expect(times.window.fromMs - axis.fromMs).toBeGreaterThanOrEqual(2 * MINUTE_MS - axis.stepMs);
      if (times.isCalmOnAxis) expect(axis.fromMs).toBeLessThanOrEqual(times.calm.fromMs);
    }),
  );
});
