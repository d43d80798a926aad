/** Draws a part of a matrix of levels into pixels; where several cells share a pixel the strongest shows. */

/** A matrix of levels, row by row (`lib/model/heat-levels.ts`). */
export interface LevelMatrix {
  levels: Uint8Array;
  rows: number;
  columns: number;
  isSigned: boolean;
}

/** The part to draw, in cells and parts of cells; it may reach beyond the matrix, where nothing is drawn. */
export interface CellWindow {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** The cells along one axis that a pixel shows, `[from, to)`. Every cell is in one pixel, every pixel has a cell. */
export function cellsOfPixel(pixel: number, pixels: number, from: number, to: number): { first: number; end: number } {
  const size = (to - from) / pixels;
  const first = Math.floor(from + pixel * size + 1e-9);
  return { first, end: Math.max(first + 1, Math.floor(from + (pixel + 1) * size + 1e-9)) };
}

/** Fills `pixels` (`width` a line) with the colours of what `window` shows. */
export function paintCells(
  matrix: LevelMatrix,
  window: CellWindow,
  { pixels, width, height, table }: { pixels: Uint32Array; width: number; height: number; table: Uint32Array },
): void {
  const across = spans(width, window.left, window.right, matrix.columns);
  const down = spans(height, window.top, window.bottom, matrix.rows);
  const line = new Uint8Array(matrix.columns);
  for (let y = 0; y < height; y++) {
    const at = y * width;
    const [first, end] = [down[2 * y] as number, down[2 * y + 1] as number];
    if (y > 0 && first === down[2 * y - 2] && end === down[2 * y - 1]) {
      pixels.copyWithin(at, at - width, at);
      continue;
    }
    mergeRows(matrix, first, end, line);
    for (let x = 0; x < width; x++) {
      let level = 0;
      for (let column = across[2 * x] as number; column < (across[2 * x + 1] as number); column++) {
        level = stronger(level, line[column] as number, matrix.isSigned);
      }
      pixels[at + x] = table[level] as number;
    }
  }
}

/** First and end of every pixel, cut to `[0, count)`. */
function spans(pixels: number, from: number, to: number, count: number): Int32Array {
  const found = new Int32Array(pixels * 2);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const { first, end } = cellsOfPixel(pixel, pixels, from, to);
    found[2 * pixel] = Math.max(0, Math.min(count, first));
    found[2 * pixel + 1] = Math.max(0, Math.min(count, end));
  }
  return found;
}

function mergeRows({ levels, columns, isSigned }: LevelMatrix, first: number, end: number, line: Uint8Array): void {
  if (first >= end) line.fill(0);
  else line.set(levels.subarray(first * columns, (first + 1) * columns));
  for (let row = first + 1; row < end; row++) {
    const from = row * columns;
    for (let column = 0; column < columns; column++) {
      line[column] = stronger(line[column] as number, levels[from + column] as number, isSigned);
    }
  }
}

/** A gap is weaker than anything; a change counts by its size. */
function stronger(left: number, right: number, isSigned: boolean): number {
  if (!isSigned || left === 0 || right === 0) return left > right ? left : right;
  return Math.abs(left - 128) >= Math.abs(right - 128) ? left : right;
}
