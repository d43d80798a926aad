import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cornerOf, divideChurn } from "@/lib/model/churn";

const row = (liveBytes: number, writtenBytesPerSecond: number | null = 0) => ({ liveBytes, writtenBytesPerSecond });

describe("the lines", () => {
  test.each([
    { part: 0.5, line: 50 },
    { part: 0.51, line: 30 },
    { part: 0.8, line: 30 },
    { part: 0.81, line: 15 },
    { part: 1, line: 5 },
  ])("$part of 100 bytes begins at $line", ({ part, line }) => {
    expect(divideChurn([row(5), row(50), row(15), row(30), row(0)], part).liveBytes).toBe(line);
  });

  test("are nowhere where there is nothing", () => {
    expect(divideChurn([], 0.8)).toEqual({ liveBytes: null, writtenBytesPerSecond: null });
    expect(divideChurn([row(5, 0), row(3, null)], 0.8)).toEqual({ liveBytes: 3, writtenBytesPerSecond: null });
  });

  test("leave no fewer prefixes that make up the part", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000), { minLength: 1 }), fc.integer({ min: 1, max: 100 }), (sizes, percent) => {
        const line = divideChurn(
          sizes.map((size) => row(size)),
          percent / 100,
        ).liveBytes;
        const total = sizes.reduce((sum, size) => sum + size, 0);
        if (total === 0) {
          expect(line).toBeNull();
          return;
        }
        const sum = (some: number[]) => some.reduce((all, size) => all + size, 0);
        const wanted = total * (percent / 100);
        expect(sum(sizes.filter((size) => size >= (line as number)))).toBeGreaterThanOrEqual(wanted - 1e-9);
        expect(sum(sizes.filter((size) => size > (line as number)))).toBeLessThan(wanted + 1e-9);
      }),
    );
  });
});

test("every prefix is in one corner; at the line it is on the upper side", () => {
  const lines = { liveBytes: 100, writtenBytesPerSecond: 10 };
  expect(cornerOf(row(100, 10), lines)).toBe("large-busy");
  expect(cornerOf(row(100, 9), lines)).toBe("large-still");
  expect(cornerOf(row(99, 10), lines)).toBe("small-busy");
  expect(cornerOf(row(99, null), lines)).toBe("small-still");
  expect(cornerOf(row(0, 0), { liveBytes: null, writtenBytesPerSecond: null })).toBe("small-still");
});
