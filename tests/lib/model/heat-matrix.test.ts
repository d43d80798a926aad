import * as fc from "fast-check";
import { expect, test } from "vitest";
import { decodeHeatMatrix, encodeHeatMatrix, type HeatMatrix } from "@/lib/model/heat-matrix";

const matrices: fc.Arbitrary<HeatMatrix> = fc
  .record({ rows: fc.array(fc.string({ unit: "binary" }), { maxLength: 5 }), columns: fc.nat({ max: 7 }) })
  .chain(({ rows, columns }) =>
    fc.record({
      head: fc.record({
        measure: fc.constant("writes" as const),
        unit: fc.constant("perSecond" as const),
        prefix: fc.string({ unit: "binary" }),
        prefixBase64: fc.constant(null),
        rows: fc.constant(rows.map((prefix) => ({ prefix, prefixBase64: null, kind: "prefix" as const, depth: 1 }))),
        atMs: fc.constant(Array.from({ length: columns }, (_, i) => 1_000 * i)),
        observedMs: fc.constant(Array.from({ length: columns }, () => 1_000)),
        stepMs: fc.constant(1_000),
        origin: fc.constant("exact" as const),
        min: fc.constant(null),
        max: fc.constant(null),
        range: fc.constant({ from: "", to: "", observedSeconds: 0 }),
        compare: fc.constant(null),
      }),
      values: fc.float32Array({ minLength: rows.length * columns, maxLength: rows.length * columns }),
    }),
  );

test("what is packed comes back, bit for bit, NaN and all", () => {
  fc.assert(
    fc.property(matrices, (matrix) => {
      const decoded = decodeHeatMatrix(encodeHeatMatrix(matrix).buffer);
      expect(decoded.head).toEqual(matrix.head);
      expect([...decoded.values].every((value, i) => Object.is(value, matrix.values[i]))).toBe(true);
      expect(decoded.values).toHaveLength(matrix.values.length);
    }),
  );
});

test("the layout is as documented, read by hand", () => {
  const matrix = fc.sample(
    matrices.filter(({ values }) => values.length > 0),
    1,
  )[0] as HeatMatrix;
  const bytes = Buffer.from(encodeHeatMatrix(matrix));
  expect(bytes.toString("latin1", 0, 4)).toBe("HEAT");
  expect(bytes.readUInt32LE(4)).toBe(1);
  const headBytes = bytes.readUInt32LE(8);
  expect(headBytes % 4).toBe(0);
  expect(JSON.parse(bytes.toString("utf8", 12, 12 + headBytes)).rows).toEqual(matrix.head.rows);
  expect(Object.is(bytes.readFloatLE(12 + headBytes), matrix.values[0])).toBe(true);
});

test("a buffer that is cut off, longer or damaged at its start is refused", () => {
  fc.assert(
    fc.property(matrices, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (matrix, ratio) => {
      const whole = encodeHeatMatrix(matrix);
      const cut = whole.slice(0, Math.floor(whole.length * ratio));
      expect(() => decodeHeatMatrix(cut.buffer)).toThrow("The heatmap cannot be read");
      expect(() => decodeHeatMatrix(new Uint8Array([...whole, 0]).buffer)).toThrow("The heatmap cannot be read");
      const foreign = whole.slice();
      const at = Math.floor(ratio * 8); // the magic number or the format
      foreign[at] = (foreign[at] as number) ^ 0x55;
      expect(() => decodeHeatMatrix(foreign.buffer)).toThrow("The heatmap cannot be read");
    }),
  );
});

test.each(["null", "7", "[]", "{}", '{"rows":[],"atMs":[],"observedMs":[1]}', "{"])(
  "a head of %s is refused",
  (json) => {
    const text = json.padEnd(Math.ceil(json.length / 4) * 4);
    const bytes = new Uint8Array(12 + text.length);
    new DataView(bytes.buffer).setUint32(8, text.length, true);
    bytes.set([0x48, 0x45, 0x41, 0x54, 1, 0, 0, 0]);
    bytes.set(new TextEncoder().encode(text), 12);
    expect(() => decodeHeatMatrix(bytes.buffer)).toThrow("The heatmap cannot be read");
  },
);

test("cells that do not fill the matrix are not packed", () => {
  const [matrix] = fc.sample(matrices, 1) as [HeatMatrix];
  expect(() => encodeHeatMatrix({ ...matrix, values: new Float32Array(matrix.values.length + 1) })).toThrow("cells");
});
