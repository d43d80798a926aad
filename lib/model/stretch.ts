import { FRAME_GAUGES, type FrameCounter, type FrameGauge, type FrameMeasure } from "@/lib/model/frame";

/** Rows come in blocks of so many slots, so that the history of one prefix need not unpack all the others. */
export const BLOCK_SLOTS = 256;

/**
 * A stretch of time cut into equal columns, and some figures of every prefix that had any: what frames, sealed hours
 * and sealed days all become before they are read.
 */
export interface Stretch {
  fromMs: number;
  columnMs: number;
  /** How long each column was watched; 0: a gap. */
  observedMs: Float64Array;
  /** The last revision of each column, carried over gaps; 0 before the first. */
  revisions: Float64Array;
  /** The slots that have something to say, ascending. The whole keyspace (slot 0) is always the first. */
  slots: Int32Array;
  /**
   * The figures of rows `block * BLOCK_SLOTS` and following, row after row. Gauges: at the end of the column, carried
   * over gaps, NaN where unknown. Counters: what happened in the column.
   */
  block(measure: FrameMeasure, block: number): Float64Array;
  /** Counters of `columns` columns in a row added up; offered by who keeps them for the next time. */
  grouped?(counter: FrameCounter, block: number, columns: number): Float64Array;
  /** What a slot that is not listed holds at the end of each column: nothing, or NaN where that is not known. */
  absent(gauge: FrameGauge): Float64Array;
}

/** Whether a measure is a figure at an instant rather than a count of what happened. */
export function isGauge(measure: FrameMeasure): measure is FrameGauge {
  return (FRAME_GAUGES as readonly string[]).includes(measure);
}

/** The place of the first slot not smaller than `slot`. */
export function lowerBound(slots: Int32Array, slot: number): number {
  let low = 0;
  let high = slots.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((slots[middle] as number) < slot) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The row of a slot, or -1. */
export function findRow(slots: Int32Array, slot: number): number {
  const row = lowerBound(slots, slot);
  return slots[row] === slot ? row : -1;
}

/** Every `columns` values in a row added up. */
export function sumGroups(values: Float64Array, columns: number): Float64Array {
  const sums = new Float64Array(values.length / columns);
  for (let group = 0, at = 0; group < sums.length; group++) {
    let sum = 0;
    for (const end = at + columns; at < end; at++) sum += values[at] as number;
    sums[group] = sum;
  }
  return sums;
}

/**
 * What a slot that is not listed holds, told from the row of the whole keyspace: where that is known, so is every slot.
 */
export function absentFrom(firstBlock: Float64Array, columns: number): Float64Array {
  return firstBlock.slice(0, columns).map((value) => (Number.isNaN(value) ? value : 0));
}
