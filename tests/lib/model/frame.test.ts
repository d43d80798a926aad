import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  decodeFrame,
  emptyFrameCells,
  encodeFrame,
  FRAME_FORMAT,
  FRAME_MEASURES,
  type FrameCells,
} from "@/lib/model/frame";

const figure = fc.oneof(fc.nat(), fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }));
const cellsArbitrary: fc.Arbitrary<FrameCells> = fc.uniqueArray(fc.nat({ max: 2 ** 31 - 2 })).chain((slots) =>
  fc
    .array(fc.array(figure, { minLength: slots.length, maxLength: slots.length }), {
      minLength: FRAME_MEASURES.length,
      maxLength: FRAME_MEASURES.length,
    })
    .map((columns) => {
      const cells = emptyFrameCells(slots.length);
      cells.slots.set(slots.sort((a, b) => a - b));
      FRAME_MEASURES.forEach((measure, i) => {
        cells[measure].set(columns[i] as number[]);
      });
      return cells;
    }),
);

describe("frame codec", () => {
  test("gives back what was packed", () => {
    fc.assert(
      fc.property(cellsArbitrary, (cells) => {
        expect(decodeFrame(FRAME_FORMAT, encodeFrame(cells))).toEqual(cells);
      }),
    );
  });

  test("refuses damaged payloads instead of inventing figures", () => {
    fc.assert(
      fc.property(cellsArbitrary, fc.nat(), (cells, cut) => {
        const payload = encodeFrame(cells);
        expect(() => decodeFrame(FRAME_FORMAT, payload.subarray(0, cut % payload.length))).toThrow();
        expect(() => decodeFrame(FRAME_FORMAT, Buffer.concat([payload, Buffer.from([0])]))).toThrow(/longer/);
      }),
    );
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void tryDecode(bytes)));
  });

  test("refuses another format, slots out of order and figures that are no counts", () => {
    const cells = emptyFrameCells(2);
    expect(() => decodeFrame(9, encodeFrame(emptyFrameCells(0)))).toThrow("unknown frame format 9");
    expect(() => encodeFrame(cells)).toThrow("must ascend");
    cells.slots.set([1, 2]);
    cells.puts[1] = -1;
    expect(() => encodeFrame(cells)).toThrow("not a figure: -1");
  });
});

function tryDecode(bytes: Uint8Array): void {
  try {
    decodeFrame(FRAME_FORMAT, bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
  }
}
