import fc from "fast-check";
import { expect, test } from "vitest";
import { findCarriers } from "@/lib/model/spike-depth";

/** 0 has 1 and 2, 1 has 3 and 4, 3 has 5; 2 has 6 to 12. */
const PARENTS: Record<number, number> = { 1: 0, 2: 0, 3: 1, 4: 1, 5: 3, 6: 2, 7: 2, 8: 2, 9: 2, 10: 2, 11: 2, 12: 2 };
const parentOf = (slot: number) => PARENTS[slot] ?? null;

/** Who is told: out, and not carried by others. */
function told(excess: Record<number, number>): number[] {
  const out = Object.entries(excess).map(([slot, one]) => ({ slot: Number(slot), excess: one }));
  const carriers = findCarriers(out, parentOf);
  return out.map(({ slot }) => slot).filter((slot) => !carriers.has(slot));
}

test.each([
  { case: "the deepest that carries it", excess: { 0: 100, 1: 99, 3: 98, 5: 90 }, answer: [5] },
  { case: "the one above, where those below carry little", excess: { 0: 100, 1: 99, 3: 40, 4: 20 }, answer: [1, 3, 4] },
  { case: "seven tenths is enough", excess: { 0: 100, 1: 70 }, answer: [1] },
  { case: "less is not", excess: { 0: 100, 1: 69 }, answer: [0, 1] },
  { case: "two storms at once", excess: { 0: 200, 1: 100, 2: 100, 5: 95, 6: 100 }, answer: [5, 6] },
  { case: "over one that is not out itself", excess: { 0: 100, 5: 90 }, answer: [5] },
  { case: "one alone", excess: { 2: 8 }, answer: [2] },
])("told is $case", ({ excess, answer }) => {
  expect(told(excess as unknown as Record<number, number>).sort((a, b) => a - b)).toEqual(answer);
});

test("what is spread over many is told of the one above", () => {
  const below = Object.fromEntries([6, 7, 8, 9, 10, 11, 12].map((slot) => [slot, 14]));
  expect(told({ 2: 100, ...below })).toContain(2);
});

test("something is told of whatever is out", () => {
  const slots = fc.uniqueArray(fc.integer({ min: 0, max: 12 }), { minLength: 1 });
  fc.assert(
    fc.property(slots, fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 13, maxLength: 13 }), (some, sizes) => {
      expect(told(Object.fromEntries(some.map((slot) => [slot, sizes[slot] as number]))).length).toBeGreaterThan(0);
    }),
  );
});
