import { expect, test } from "vitest";
import { emptyFrameCells } from "@/lib/model/frame";
import { type Frame, FrameStretch } from "@/lib/model/frame-stretch";
import { SampleMatrix } from "@/lib/model/sample-matrix";

const DAY_MS = 86_400_000;

/** A day on which the listed slots hold so many keys each, and 10 bytes a key. */
function day(atMs: number, keys: Record<number, number>, isCut = false): Frame {
  const slots = Object.keys(keys).map(Number);
  const cells = emptyFrameCells(slots.length);
  for (const [i, slot] of slots.entries()) {
    cells.slots[i] = slot;
    cells.keys[i] = keys[slot] as number;
    cells.keyBytes[i] = 10 * (keys[slot] as number);
    cells.puts[i] = 1;
    cells.deletes[i] = 2;
  }
  return { atMs, observedMs: DAY_MS, revision: 1, isFull: true, hasHistory: false, isCut, cells };
}

function read(frames: Frame[], measures: ConstructorParameters<typeof SampleMatrix>[0]["measures"], isSum = false) {
  const matrix = new SampleMatrix({ fromMs: 0, stepMs: DAY_MS, columns: 2, measures, slots: [0, 1, 2], isSum });
  matrix.add(new FrameStretch(frames, 0, DAY_MS, 2), { fromMs: 0, toMs: 2 * DAY_MS });
  return matrix.finish();
}

test("what a full frame does not list holds nothing; of one that was cut it is not known", () => {
  const whole = read([day(0, { 0: 5, 1: 5 }), day(DAY_MS, { 0: 4 })], ["keys"]);
  expect([...whole.of("keys")]).toEqual([5, 4, 5, 0, 0, 0]);
  const cut = read([day(0, { 0: 5, 1: 5 }), day(DAY_MS, { 0: 4 }, true)], ["keys"]);
  expect([...cut.of("keys")]).toEqual([5, 4, 5, Number.NaN, 0, Number.NaN]);
});

test("a sum of measures is what they add up to", () => {
  const frames = [day(0, { 0: 5, 1: 5 }), day(DAY_MS, { 0: 4 })];
  expect([...read(frames, ["puts", "deletes"], true).of("puts")]).toEqual([3, 3, 3, 0, 0, 0]);
  expect([...read(frames, ["keys", "keyBytes"], true).of("keys")]).toEqual([55, 44, 55, 0, 0, 0]);
});
