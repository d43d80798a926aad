import { BLOCK_SLOTS } from "@/lib/model/stretch";

/** How the rows of a stretch get into the rows of a matrix: the innermost loops of every read of history. */

/** The blocks of a stretch in which the rows at `places` lie, each read once; a place below 0 is in none. */
export function readBlocks(places: Int32Array, read: (block: number) => Float64Array): Float64Array[] {
  const blocks: Float64Array[] = [];
  for (const at of places) {
    if (at < 0) continue;
    const number = Math.floor(at / BLOCK_SLOTS);
    blocks[number] ??= read(number);
  }
  return blocks;
}

/** A row in an array of rows: where its first figure stands. */
export interface RowAt {
  values: Float64Array;
  start: number;
}

/** Columns `[from, to]` of a stretch, and the bucket that each is counted in; -1: in none. */
export interface CountedColumns {
  from: number;
  to: number;
  bucketOf: Int32Array;
}

/** Adds counts where every column lies in a bucket of its own, one after the other. */
export function addInStep(row: RowAt, block: RowAt, { from, to, bucketOf }: CountedColumns): void {
  const [source, target] = [block.values, row.values];
  const shift = row.start + (bucketOf[from] as number) - from;
  for (let at = from; at <= to; at++) (target[shift + at] as number) += source[block.start + at] as number;
}

/** Adds counts where columns lie in buckets as they may. */
export function addByBucket(row: RowAt, block: RowAt, { from, to, bucketOf }: CountedColumns): void {
  for (let at = from; at <= to; at++) {
    const value = block.values[block.start + at] as number;
    const bucket = bucketOf[at] as number;
    if (value !== 0 && bucket >= 0) (row.values[row.start + bucket] as number) += value;
  }
}

/** The last watched column of each bucket, and the bucket of each column. */
export interface ClosingColumns {
  of: Int32Array;
  closing: Int32Array;
}

/** Writes what a gauge was at the end of each bucket. */
export function putGauge(row: RowAt, block: RowAt, { of, closing }: ClosingColumns): void {
  for (let i = 0; i < closing.length; i++) {
    const column = closing[i] as number;
    row.values[row.start + (of[column] as number)] = block.values[block.start + column] as number;
  }
}

/** Adds a gauge to another, which was put there before. */
export function addGauge(row: RowAt, block: RowAt, { of, closing }: ClosingColumns): void {
  for (let i = 0; i < closing.length; i++) {
    const column = closing[i] as number;
    (row.values[row.start + (of[column] as number)] as number) += block.values[block.start + column] as number;
  }
}
