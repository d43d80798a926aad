import * as fc from "fast-check";
import { expect, test } from "vitest";
import { changePixels, heatPixels, pixelColor } from "@/lib/model/heat-color";
import { cellsOfPixel, type LevelMatrix, paintCells } from "@/lib/model/heat-paint";

/** Each level is its own colour, so that the pixels can be read. */
const TABLE = Uint32Array.from({ length: 256 }, (_, level) => level * 7);

function paint(matrix: LevelMatrix, window: Parameters<typeof paintCells>[1], width: number, height: number): number[] {
  const pixels = new Uint32Array(width * height).fill(99);
  paintCells(matrix, window, { pixels, width, height, table: TABLE });
  return Array.from(pixels, (pixel) => pixel / 7);
}

const LEVELS = Uint8Array.from([1, 2, 3, 0, 5, 6]);
const MATRIX: LevelMatrix = { levels: LEVELS, rows: 2, columns: 3, isSigned: false };
const WHOLE = { left: 0, right: 3, top: 0, bottom: 2 };

test("one pixel a cell is the cells", () => {
  expect(paint(MATRIX, WHOLE, 3, 2)).toEqual([1, 2, 3, 0, 5, 6]);
});

test("larger cells are repeated, smaller ones show the strongest", () => {
  expect(paint(MATRIX, WHOLE, 6, 2)).toEqual([1, 1, 2, 2, 3, 3, 0, 0, 5, 5, 6, 6]);
  expect(paint(MATRIX, WHOLE, 1, 1)).toEqual([6]);
  expect(paint(MATRIX, WHOLE, 3, 1)).toEqual([1, 5, 6]);
});

test("a change counts by its size, a gap not at all", () => {
  const levels = Uint8Array.from([120, 130, 0]);
  expect(paint({ levels, rows: 1, columns: 3, isSigned: true }, { ...WHOLE, bottom: 1 }, 1, 1)).toEqual([120]);
});

test("beyond the matrix nothing is drawn", () => {
  expect(paint(MATRIX, { left: -1, right: 4, top: 0, bottom: 1 }, 5, 1)).toEqual([0, 1, 2, 3, 0]);
  expect(paint({ levels: new Uint8Array(), rows: 0, columns: 0, isSigned: false }, WHOLE, 2, 1)).toEqual([0, 0]);
});

test("when pixels are fewer than cells, every cell is in exactly one", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 300 }), (pixels, more) => {
      const cells = pixels + more;
      const seen = new Array<number>(cells).fill(0);
      for (let pixel = 0; pixel < pixels; pixel++) {
        const { first, end } = cellsOfPixel(pixel, pixels, 0, cells);
        for (let cell = first; cell < end; cell++) seen[cell] = (seen[cell] as number) + 1;
      }
      expect(seen.every((times) => times === 1)).toBe(true);
    }),
  );
});

test("the strongest of the whole is what a plain loop finds, wherever it lies", () => {
  const matrices = fc
    .record({ rows: fc.integer({ min: 1, max: 9 }), columns: fc.integer({ min: 1, max: 9 }) })
    .chain(({ rows, columns }) =>
      fc.record({
        rows: fc.constant(rows),
        columns: fc.constant(columns),
        levels: fc.uint8Array({ minLength: rows * columns, maxLength: rows * columns }),
      }),
    );
  fc.assert(
    fc.property(matrices, fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }), (matrix, width, height) => {
      const { rows, columns, levels } = matrix;
      const window = { left: 0, right: columns, top: 0, bottom: rows };
      const pixels = paint({ ...matrix, isSigned: false }, window, width, height);
      expect(Math.max(...pixels)).toBe(Math.max(...levels));
    }),
  );
});

test("the tables begin transparent; zero is the darkest of magnitudes, and brightness keeps the ends", () => {
  for (const brightness of [-1, 0, 1]) {
    const heat = heatPixels(brightness);
    expect(heat[0]).toBe(0);
    expect(pixelColor(heat[1] as number)).toBe("rgb(8 5 29)");
    expect(pixelColor(heat[255] as number)).toBe("rgb(252 255 164)");
    const change = changePixels(brightness);
    expect(pixelColor(change[128] as number)).toBe(pixelColor(changePixels()[128] as number));
    expect(pixelColor(change[255] as number)).toBe("rgb(255 194 107)");
  }
});
