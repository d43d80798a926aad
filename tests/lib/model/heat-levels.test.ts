import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromHeatRatio, toHeatRatio, toHeatScale, toLevels } from "@/lib/model/heat-levels";

const cells = fc
  .array(fc.oneof(fc.constant(Number.NaN), fc.constant(0), fc.double({ min: -1e9, max: 1e9, noNaN: true })), {
    minLength: 1,
  })
  .map((values) => Float32Array.from(values));
const kinds = fc.record({ isSigned: fc.boolean(), isLog: fc.boolean(), isBytes: fc.boolean() });

describe("levels", () => {
  test("a gap is 0, nothing is its own level, and nothing else is either", () => {
    fc.assert(
      fc.property(cells, kinds, (values, kind) => {
        const scale = toHeatScale(values, kind);
        for (const [i, level] of toLevels(values, scale).entries()) {
          const value = values[i] as number;
          if (Number.isNaN(value)) expect(level).toBe(0);
          else if (value === 0) expect(level).toBe(kind.isSigned ? 128 : 1);
          else if (kind.isSigned) expect(Math.sign(level - 128)).toBe(Math.sign(value));
          else expect(level > 1).toBe(value > 0);
        }
      }),
    );
  });

  test("more is never a lower level", () => {
    fc.assert(
      fc.property(cells, kinds, (values, kind) => {
        const sorted = values.filter((value) => !Number.isNaN(value)).sort();
        const levels = toLevels(sorted, toHeatScale(values, kind));
        for (let i = 1; i < levels.length; i++) expect(levels[i]).toBeGreaterThanOrEqual(levels[i - 1] as number);
      }),
    );
  });
});

describe("scales", () => {
  test.each([
    { values: [0, 412, 3], isBytes: false, most: 500 },
    { values: [820], isBytes: false, most: 1_000 },
    { values: [0.03], isBytes: false, most: 0.05 },
    { values: [200], isBytes: false, most: 200 },
    { values: [3_000_000], isBytes: true, most: 4_194_304 },
    { values: [-900, 20], isBytes: true, most: 1_024 },
    { values: [0, Number.NaN], isBytes: false, most: 1 },
  ])("of $values ends at $most", ({ values, isBytes, most }) => {
    const scale = toHeatScale(Float32Array.from(values), { isSigned: true, isLog: true, isBytes });
    expect(scale.most).toBeCloseTo(most, 10);
  });

  test("a logarithm spans five decades at most, and the least cell is told from zero", () => {
    const scale = toHeatScale(Float32Array.from([1e-9, 1_000]), { isSigned: false, isLog: true, isBytes: false });
    expect(scale.least).toBeCloseTo(0.01, 10);
    expect(toHeatRatio(1e-9, scale)).toBeGreaterThan(0);
    expect(toHeatRatio(1_000, scale)).toBe(1);
  });

  test("the legend's ends are the scale's", () => {
    for (const isLog of [true, false]) {
      const scale = { isSigned: false, isLog, most: 500, least: 0.1 };
      expect(fromHeatRatio(1, scale)).toBeCloseTo(500, 6);
      expect(fromHeatRatio(0, scale)).toBeCloseTo(isLog ? 0.1 : 0, 6);
    }
  });
});
