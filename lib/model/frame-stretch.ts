import {
  FRAME_MEASURES,
  type FrameCells,
  type FrameCounter,
  type FrameGauge,
  type FrameMeasure,
} from "@/lib/model/frame";
import { BLOCK_SLOTS, isGauge, lowerBound, type Stretch } from "@/lib/model/stretch";

/** One frame, its cells unpacked. */
export interface Frame {
  atMs: number;
  observedMs: number;
  revision: number;
  /** Lists every slot that holds keys: a slot it does not list holds nothing. */
  isFull: boolean;
  /** Full, but for lack of room: what a slot holds that it does not list is not known. */
  isCut?: boolean;
  /** Whether the cells' history bytes were measured. */
  hasHistory: boolean;
  cells: FrameCells;
}

/**
 * A stretch made of frames, oldest first. Frames before its start tell what the slots held at the start; they should
 * reach back to a full one.
 */
export class FrameStretch implements Stretch {
  readonly observedMs: Float64Array;
  readonly revisions: Float64Array;
  readonly slots: Int32Array;
  /** How many frames lie in it. */
  readonly frameCount: number;

  constructor(
    private readonly frames: readonly Frame[],
    readonly fromMs: number,
    readonly columnMs: number,
    private readonly columns: number,
  ) {
    this.observedMs = new Float64Array(columns);
    this.revisions = new Float64Array(columns);
    for (const frame of frames) {
      const column = this.#columnOf(frame);
      if (column >= 0) (this.observedMs[column] as number) += frame.observedMs;
      this.revisions.fill(frame.revision, Math.max(0, column));
    }
    this.slots = listSlots(frames);
    this.frameCount = frames.filter(({ atMs }) => atMs >= fromMs).length;
  }

  block(measure: FrameMeasure, block: number): Float64Array {
    const slots = this.slots.subarray(block * BLOCK_SLOTS, (block + 1) * BLOCK_SLOTS);
    return isGauge(measure) ? this.#gauges(measure, slots) : this.#counts(measure, slots);
  }

  absent(gauge: FrameGauge): Float64Array {
    const values = new Float64Array(this.columns).fill(Number.NaN);
    let value = Number.NaN;
    this.#eachColumn(
      (frame) => {
        if (frame.isFull) value = unlisted(frame);
      },
      (column, hasHistory) => {
        if (gauge !== "historyBytes" || hasHistory) values[column] = value;
      },
    );
    return values;
  }

  #gauges(gauge: FrameGauge, slots: Int32Array): Float64Array {
    const values = new Float64Array(slots.length * this.columns).fill(Number.NaN);
    const now = new Float64Array(slots.length).fill(Number.NaN);
    this.#eachColumn(
      (frame) => {
        if (frame.isFull) now.fill(unlisted(frame));
        const figures = frame.cells[gauge];
        eachCell(frame.cells, slots, (row, cell) => {
          now[row] = figures[cell] as number;
        });
      },
      (column, hasHistory) => {
        if (gauge === "historyBytes" && !hasHistory) return;
        for (let row = 0; row < slots.length; row++) values[row * this.columns + column] = now[row] as number;
      },
    );
    return values;
  }

  #counts(counter: FrameCounter, slots: Int32Array): Float64Array {
    const values = new Float64Array(slots.length * this.columns);
    for (const frame of this.frames) {
      const column = this.#columnOf(frame);
      if (column < 0) continue;
      const figures = frame.cells[counter];
      eachCell(frame.cells, slots, (row, cell) => {
        (values[row * this.columns + column] as number) += figures[cell] as number;
      });
    }
    return values;
  }

  /** Applies the frames in order; after the last one of a column, tells that column and the gap that follows it. */
  #eachColumn(apply: (frame: Frame) => void, close: (column: number, hasHistory: boolean) => void): void {
    for (const [i, frame] of this.frames.entries()) {
      apply(frame);
      const column = Math.max(0, this.#columnOf(frame));
      const next = this.frames[i + 1];
      const end = next ? this.#columnOf(next) : this.columns;
      for (let at = column; at < end; at++) close(at, frame.hasHistory);
    }
  }

  #columnOf({ atMs }: Frame): number {
    return Math.floor((atMs - this.fromMs) / this.columnMs);
  }
}

/** What a slot holds that a full frame does not list. */
function unlisted({ isCut = false }: Frame): number {
  return isCut ? Number.NaN : 0;
}

/** The slots of which any cell says anything, and the whole keyspace. */
function listSlots(frames: readonly Frame[]): Int32Array {
  const slots = new Set<number>([0]);
  for (const { cells } of frames) {
    for (let i = 0; i < cells.length; i++) {
      const slot = cells.slots[i] as number;
      if (!slots.has(slot) && FRAME_MEASURES.some((measure) => cells[measure][i] !== 0)) slots.add(slot);
    }
  }
  return Int32Array.from(slots).sort();
}

/** The cells of the given slots; both ascend. */
function eachCell(cells: FrameCells, slots: Int32Array, visit: (row: number, cell: number) => void): void {
  const last = slots[slots.length - 1] ?? -1;
  let row = 0;
  for (let cell = lowerBound(cells.slots, slots[0] ?? 0); cell < cells.length; cell++) {
    const slot = cells.slots[cell] as number;
    if (slot > last) return;
    while ((slots[row] as number) < slot) row++;
    if (slots[row] === slot) visit(row, cell);
  }
}
