import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeMetricFrame, encodeMetricFrame, METRIC_FRAME_FORMAT, type MetricCells } from "@/lib/model/metric-frame";

const figure = fc.oneof(
  fc.nat(),
  fc.constant(0),
  fc.integer({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER }),
  fc.nat().map((micros) => micros / 1e6),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const cellsArbitrary: fc.Arbitrary<MetricCells> = fc
  .uniqueArray(fc.tuple(fc.nat({ max: 2 ** 31 - 2 }), figure), { selector: ([id]) => id, maxLength: 200 })
  .map((pairs) => pairs.sort(([a], [b]) => a - b))
  .map((pairs) => ({
    ids: Int32Array.from(pairs, ([id]) => id),
    values: Float64Array.from(pairs, ([, value]) => value),
  }));

describe("metric frame", () => {
  test("gives back every figure exactly", () => {
    fc.assert(
      fc.property(cellsArbitrary, (cells) => {
        expect(decodeMetricFrame(METRIC_FRAME_FORMAT, encodeMetricFrame(cells))).toEqual(cells);
      }),
    );
  });

  test("refuses every damaged byte and every cut", () => {
    fc.assert(
      fc.property(cellsArbitrary, fc.nat(), fc.integer({ min: 1, max: 255 }), (cells, at, change) => {
        const payload = encodeMetricFrame(cells);
        const place = at % payload.length;
        expect(() => decodeMetricFrame(METRIC_FRAME_FORMAT, payload.subarray(0, place))).toThrow();
        const damaged = Buffer.from(payload);
        damaged[place] = (damaged[place] as number) ^ change;
        // Deflate does not look at every bit of its head; what it lets pass must read the same.
        const read = attempt(() => decodeMetricFrame(METRIC_FRAME_FORMAT, damaged));
        if (read !== null) expect(read).toEqual(cells);
      }),
    );
  });

  test("bytes at random are refused", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(() => decodeMetricFrame(METRIC_FRAME_FORMAT, bytes)).toThrow();
      }),
    );
  });

  test("refuses another format, series that do not ascend, and what is no figure", () => {
    const cells = { ids: Int32Array.of(3, 3), values: Float64Array.of(1, 2) };
    expect(() => encodeMetricFrame(cells)).toThrow("ascend");
    expect(() => encodeMetricFrame({ ids: Int32Array.of(1), values: Float64Array.of(Number.NaN) })).toThrow("figure");
    expect(() => decodeMetricFrame(9, Buffer.alloc(0))).toThrow("format 9");
  });
});

/** Null: it was refused. */
function attempt<Value>(read: () => Value): Value | null {
  try {
    return read();
  } catch {
    return null;
  }
}
