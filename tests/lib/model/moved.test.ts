import fc from "fast-check";
import { expect, test } from "vitest";
import { compareMoved } from "@/lib/model/moved";
import { BAND_FLOORS } from "@/lib/model/spike-band";

const STEP_MS = 10_000;
/** A calm time of twenty steps, then a window of ten. */
const AXIS = { fromMs: 1_000_000_000, stepMs: STEP_MS, columns: 30 };
const CALM = { fromMs: AXIS.fromMs, toMs: AXIS.fromMs + 20 * STEP_MS };
const WINDOW = { fromMs: CALM.toMs, toMs: CALM.toMs + 10 * STEP_MS };
const TIMES = { calm: CALM, window: WINDOW };
const at = (step: number) => AXIS.fromMs + step * STEP_MS;

function steps(calm: number, window: number): (number | null)[] {
  return Array.from({ length: 30 }, (_, step) => (step < 20 ? calm : window));
}

test("A rate that rises with the window has its means, its highest step and the instant it rose", () => {
  const values = steps(3, 400);
  values[25] = 450;
  const moved = compareMoved(values, AXIS, TIMES, { unit: "perSecond" });
  expect(moved).toEqual({
    values,
    ...{ calm: 3, window: 405, calmWorst: 3, worst: 450, worstAtMs: at(25), movedAtMs: at(20) },
  });
});

test.each([
  ["a step alone is noise", [22], null],
  ["two steps in a row are not", [22, 23], 22],
  ["nor two of three", [22, 24], 22],
  ["two of four are noise again", [22, 25], null],
  ["it may begin just before the window", [17, 18], 17],
  ["what is over before is not what the window is about", [8, 9, 15, 16], null],
  ["what goes on into the window is dated where it began", [12, 13, 15, 16, 18, 20, 21], 12],
  ["at most two minutes before", [6, 8, 10, 12, 14, 16, 18, 20], 8],
])("Latency out of its band: %s", (_, unusual, expected) => {
  const values = steps(2, 2).map((value, step) => (unusual.includes(step) ? 40 : value));
  const { movedAtMs } = compareMoved(values, AXIS, TIMES, { unit: "milliseconds" });
  expect(movedAtMs).toBe(expected === null ? null : at(expected));
});

test("Below its floor nothing has moved, and neither has what only rises a little", () => {
  expect(compareMoved(steps(0, 4.9), AXIS, TIMES, { unit: "perSecond" }).movedAtMs).toBeNull();
  expect(compareMoved(steps(0, 5.1), AXIS, TIMES, { unit: "perSecond" }).movedAtMs).toBe(at(20));
  expect(compareMoved(steps(100, 199), AXIS, TIMES, { unit: "perSecond" }).movedAtMs).toBeNull();
  expect(compareMoved(steps(100, 201), AXIS, TIMES, { unit: "perSecond" }).movedAtMs).toBe(at(20));
});

test("What is not known is no zero and no rise", () => {
  const unknown = compareMoved(AXIS_NULLS, AXIS, TIMES, { unit: "perSecond" });
  expect(unknown).toMatchObject({ calm: null, window: null, worst: null, worstAtMs: null, movedAtMs: null });
  const noCalm = steps(0, 300).map((value, step) => (step < 20 ? null : value));
  expect(compareMoved(noCalm, AXIS, TIMES, { unit: "perSecond" })).toMatchObject({
    ...{ calm: null, calmWorst: null, window: 300, movedAtMs: null },
  });
  const gap = steps(10, 30).map((value, step) => (step === 21 ? null : value));
  expect(compareMoved(gap, AXIS, TIMES, { unit: "perSecond" }).window).toBe(30);
});

const AXIS_NULLS = Array.from({ length: 30 }, () => null);

test("A calm time elsewhere brings its own steps; figures of whole ranges may be given", () => {
  const values = steps(500, 500);
  const asked: unknown[] = [];
  const moved = compareMoved(
    values,
    AXIS,
    { window: WINDOW, calm: { fromMs: 0, toMs: 10 * STEP_MS } },
    {
      unit: "perSecond",
      calmValues: Array.from({ length: 10 }, () => 7),
      over: (range) => {
        asked.push(range);
        return range.fromMs === 0 ? 6.5 : 499;
      },
    },
  );
  expect(asked).toEqual([{ fromMs: 0, toMs: 10 * STEP_MS }, WINDOW]);
  expect(moved).toMatchObject({ calm: 6.5, window: 499, calmWorst: 7, worst: 500, movedAtMs: at(8) });
});

/** The same by the words of its description, one by one. */
function countMoved(values: readonly (number | null)[]) {
  const known = (from: number, to: number) => values.slice(from, to).filter((value) => value !== null);
  const calm = known(0, 20);
  const window = known(20, 30);
  const median = (sorted: number[]) => {
    sorted.sort((a, b) => a - b);
    const middle = sorted.length / 2;
    return sorted.length % 2 === 1
      ? (sorted[Math.floor(middle)] as number)
      : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
  };
  let movedAtMs: number | null = null;
  if (calm.length > 0) {
    const usual = median([...calm]);
    const mad = median(calm.map((value) => Math.abs(value - usual)));
    const { least, aboveMedian } = BAND_FLOORS.perSecond;
    const isOut = (step: number) => {
      const value = values[step];
      if (value === null || value === undefined) return false;
      return value > usual + 6 * mad && value > 2 * usual && value > least && value > usual + aboveMedian;
    };
    const isMove = (step: number) => isOut(step) && (isOut(step + 1) || isOut(step + 2));
    const first = Array.from({ length: 13 }, (_, index) => 17 + index).find(isMove);
    if (first !== undefined) {
      let began = first;
      for (;;) {
        const before = [began - 1, began - 2].find((step) => step >= 8 && isMove(step));
        if (before === undefined) break;
        began = before;
      }
      movedAtMs = at(began);
    }
  }
  const mean = (all: number[]) => (all.length === 0 ? null : all.reduce((sum, value) => sum + value, 0) / all.length);
  const worst = window.length === 0 ? null : Math.max(...window);
  return {
    ...{ calm: mean(calm), window: mean(window), worst, movedAtMs },
    calmWorst: calm.length === 0 ? null : Math.max(...calm),
    worstAtMs: worst === null ? null : at(20 + values.slice(20).indexOf(worst)),
  };
}

test("Any values come out as a plain count says", () => {
  const value = fc.option(fc.oneof(fc.integer({ min: 0, max: 40 }), fc.constant(3)), { nil: null });
  fc.assert(
    fc.property(fc.array(value, { minLength: 30, maxLength: 30 }), (values) => {
      expect(compareMoved(values, AXIS, TIMES, { unit: "perSecond" })).toEqual({ values, ...countMoved(values) });
    }),
    { numRuns: 500 },
  );
});
