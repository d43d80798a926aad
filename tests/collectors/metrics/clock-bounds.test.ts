import { describe, expect, test } from "vitest";
import { ClockBounds, parseHttpDate, toClockAhead } from "@/collectors/metrics/clock-bounds";

/** Whole numbers below `limit`, the same in every run. */
function randomNumbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state * 16_807) % 2_147_483_647;
    return state % limit;
  };
}

/** An answer of a clock that is `aheadMs` ahead: told at a random instant of the time it took. */
function answerAt(askedMs: number, aheadMs: number, random: (limit: number) => number) {
  const answeredMs = askedMs + 1 + random(40);
  const toldMs = askedMs + random(answeredMs - askedMs + 1);
  return { secondMs: Math.floor((toldMs + aheadMs) / 1_000) * 1_000, askedMs, answeredMs };
}

const START_MS = Date.parse("2026-03-01T12:00:00Z");

describe.each([0, 7, -7, 400, -1_500, 86_400_000])("a clock %i ms ahead", (aheadMs) => {
  test("lies within the bounds, whenever it is asked, and they only close in", () => {
    for (let seed = 1; seed <= 50; seed++) {
      const random = randomNumbers(seed);
      const bounds = new ClockBounds();
      let widthMs = Number.POSITIVE_INFINITY;
      let askedMs = START_MS;
      for (let i = 0; i < 60; i++) {
        askedMs += 9_000 + random(1_000);
        const { leastMs, mostMs } = bounds.add(answerAt(askedMs, aheadMs, random));
        expect(leastMs).toBeLessThanOrEqual(aheadMs);
        expect(mostMs).toBeGreaterThanOrEqual(aheadMs);
        expect(mostMs - leastMs).toBeLessThanOrEqual(widthMs);
        widthMs = mostMs - leastMs;
      }
      expect(widthMs).toBeLessThan(250); // a single answer bounds a second and more
    }
  });
});

test("a clock that was stepped is believed anew", () => {
  const random = randomNumbers(3);
  const bounds = new ClockBounds();
  for (let i = 0; i < 30; i++) bounds.add(answerAt(START_MS + i * 9_700, 0, random));
  const stepped = bounds.add(answerAt(START_MS + 300_000, 5_000, random));
  expect(stepped.leastMs).toBeLessThanOrEqual(5_000);
  expect(stepped.mostMs).toBeGreaterThanOrEqual(5_000);
  expect(stepped.mostMs - stepped.leastMs).toBeGreaterThanOrEqual(1_000); // of one answer alone
});

test("a clock that drifts stays within: old answers are dropped", () => {
  const random = randomNumbers(5);
  const bounds = new ClockBounds();
  for (let i = 0; i < 2_000; i++) {
    const aheadMs = Math.floor(i / 40); // 1 ms every 40 answers
    const { leastMs, mostMs } = bounds.add(answerAt(START_MS + i * 9_000 + random(1_000), aheadMs, random));
    expect(leastMs).toBeLessThanOrEqual(aheadMs);
    expect(mostMs).toBeGreaterThanOrEqual(aheadMs - 2);
  }
});

test("one answer bounds a second and the time it took", () => {
  expect(toClockAhead({ secondMs: 5_000, askedMs: 4_200, answeredMs: 4_230 })).toEqual({ leastMs: 770, mostMs: 1_800 });
});

test.each([
  ["Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777_000],
  [undefined, null],
  ["", null],
  ["0", null],
  ["Sunday, 06-Nov-94 08:49:37 GMT", null],
  ["Sun, 06 Xyz 1994 08:49:37 GMT", null],
  ["Sun, 99 Nov 1994 99:49:37 GMT", null],
])("a Date header %j is %j", (text, atMs) => {
  expect(parseHttpDate(text)).toBe(atMs);
});
