import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addBatchIds, IdClaim, IdWindow, IdWindows } from "@/collectors/traffic/dedupe";
import { IdSet } from "@/collectors/traffic/id-set";
import { DEDUPE_WINDOW_MS } from "@/collectors/traffic/limits";

const word = fc.oneof(fc.constantFrom(0, 1, 2 ** 32 - 1), fc.integer({ min: 0, max: 2 ** 32 - 1 }));

test("a set of ids holds what was added and nothing else, zeros and all", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(word, word), { maxLength: 3_000 }),
      fc.array(fc.tuple(word, word)),
      (some, others) => {
        const [set, truth] = [new IdSet(), new Set<string>()];
        for (const [low, high] of some) {
          expect(set.add(low, high)).toBe(!truth.has(`${low} ${high}`) && !isTwin(truth, low, high));
          truth.add(`${low} ${high}`);
        }
        for (const [low, high] of [...some, ...others]) {
          expect(set.has(low, high)).toBe(truth.has(`${low} ${high}`) || isTwin(truth, low, high));
        }
        let visited = 0;
        set.visit(() => visited++);
        expect(visited).toBe(set.size);
      },
    ),
  );
});

describe("a window", () => {
  test("knows an id for at least fifteen minutes, and forgets it in the end", () => {
    const window = new IdWindow();
    for (let minute = 0; minute <= 60; minute++) {
      window.add(minute, 1, minute * 60_000);
      for (let ago = 0; ago <= Math.min(15, minute); ago++) expect(window.has(minute - ago, 1)).toBe(true);
      if (minute > 25) expect(window.has(minute - 25, 1)).toBe(false);
    }
    window.forget(60 * 60_000 + 2 * DEDUPE_WINDOW_MS);
    expect([window.size, window.bytes]).toEqual([0, 0]);
  });

  test("learns from a claim only when that is kept", () => {
    const window = new IdWindow();
    const ids = Buffer.concat([idOf(1), idOf(2), idOf(1)]);
    const failed = new IdClaim(window);
    expect([0, 8, 16].map((offset) => failed.isNew(ids, offset))).toEqual([true, true, false]);
    const done = new IdClaim(window);
    expect([0, 8, 16].map((offset) => done.isNew(ids, offset))).toEqual([true, true, false]);
    done.keep(0);
    const later = new IdClaim(window);
    expect([0, 8, 16].map((offset) => later.isNew(ids, offset))).toEqual([false, false, false]);
  });

  test("of ten million ids takes no more room than it may, and still knows the newest million", () => {
    const window = new IdWindow();
    for (let index = 0; index < 10_000_000; index++) window.add(Math.imul(index, 0x9e3779b1) >>> 0, index, 0);
    expect(window.bytes).toBeLessThanOrEqual(5 * 16 * 1024 * 1024);
    expect(window.size).toBeLessThanOrEqual(6_500_000);
    for (let index = 9_000_000; index < 10_000_000; index += 1_000) {
      expect(window.has(Math.imul(index, 0x9e3779b1) >>> 0, index)).toBe(true);
    }
  });
});

test("floods of several clusters: all windows keep within one bound, and the quiet cluster loses nothing", async () => {
  const windows = new IdWindows(8 * 1024 * 1024);
  const quiet = await windows.of(1, async (window) => addBatchIds(window, idOf(7), 0));
  for (const clusterId of [2, 3, 4, 5, 6]) {
    const window = await windows.of(clusterId, async () => undefined);
    for (let index = 0; index < 250_000; index++) window.add(Math.imul(index, 0x9e3779b1) >>> 0, index, 0);
    windows.tidy(0);
  }
  expect(windows.bytes).toBeLessThanOrEqual(8 * 1024 * 1024);
  expect(new IdClaim(quiet).isNew(idOf(7))).toBe(false);
});

/** Two zeros are kept as a zero and a one: one pair in 2^64 that is taken for another. */
function isTwin(truth: ReadonlySet<string>, low: number, high: number): boolean {
  return low === 0 && (high === 0 || high === 1) && (truth.has("0 0") || truth.has("0 1"));
}

function idOf(number: number): Buffer {
  return createHash("sha256").update(String(number)).digest().subarray(0, 8);
}
