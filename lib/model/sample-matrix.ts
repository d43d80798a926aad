import type { FrameCounter, FrameGauge, FrameMeasure } from "@/lib/model/frame";
import { BLOCK_SLOTS, findRow, isGauge, type Stretch } from "@/lib/model/stretch";
import { addByBucket, addGauge, addInStep, putGauge, readBlocks } from "@/lib/model/take-row";

/** A matrix a measure, row = slot, column = bucket: value at `[row * columns + column]`. */
export interface Samples {
  /** Start of each bucket. */
  atMs: number[];
  stepMs: number;
  /** How long each bucket was watched; 0: a gap. */
  observedMs: Float64Array;
  /** The last revision of each bucket; 0 in a gap. */
  revisions: Float64Array;
  /** Ascending. */
  slots: Int32Array;
  /** -1 when absent. */
  rowOf(slot: number): number;
  /**
   * Gauges: at the end of the bucket, NaN where unknown. Counters: the sum over the bucket (not a rate), 0 when nothing
   * happened. All NaN where `observedMs` is 0.
   */
  of(measure: FrameMeasure): Float64Array;
}

export interface MatrixShape {
  fromMs: number;
  stepMs: number;
  columns: number;
  measures: readonly FrameMeasure[];
  /** Null: every slot that has something to say. */
  slots: readonly number[] | null;
  /** One matrix of all measures added up, which `of` answers for each of them; only of slots that are given. */
  isSum?: boolean;
}

/** Gathers stretches, oldest first, into equal buckets. A column lies whole in the bucket it begins in. */
export class SampleMatrix {
  #shape: MatrixShape;
  #rows = new Map<number, number>();
  #capacity: number;
  #observedMs: Float64Array;
  #revisions: Float64Array;
  #values = new Map<FrameMeasure, Float64Array>();
  /** What a slot not met so far held at the end of each bucket. */
  #absent = new Map<FrameGauge, Float64Array>();

  constructor(shape: MatrixShape) {
    this.#shape = shape;
    for (const slot of [...new Set(shape.slots ?? [])].sort((a, b) => a - b)) this.#rows.set(slot, this.#rows.size);
    this.#capacity = shape.slots === null ? BLOCK_SLOTS : this.#rows.size;
    this.#observedMs = new Float64Array(shape.columns);
    this.#revisions = new Float64Array(shape.columns);
    let sum: Float64Array | undefined;
    for (const measure of shape.measures) {
      const values = sum ?? new Float64Array(this.#capacity * shape.columns);
      if (isGauge(measure)) {
        values.fill(Number.NaN);
        this.#absent.set(measure, new Float64Array(shape.columns).fill(Number.NaN));
      }
      this.#values.set(measure, values);
      if (shape.isSum) sum = values;
    }
  }

  /** Adds what the stretch says of its columns that begin in `[fromMs, toMs)`. */
  add(stretch: Stretch, { fromMs, toMs }: { fromMs: number; toMs: number }): void {
    const buckets = this.#bucketsOf(stretch, fromMs, toMs);
    if (buckets === null) return;
    const { first, last } = buckets;
    for (let column = first; column <= last; column++) {
      const bucket = buckets.of[column] as number;
      if (bucket < 0) continue;
      (this.#observedMs[bucket] as number) += stretch.observedMs[column] as number;
      this.#revisions[bucket] = stretch.revisions[column] as number;
    }
    if (this.#shape.slots === null) for (const slot of stretch.slots) this.#rowFor(slot);
    const places = this.#placesIn(stretch);
    for (const [measure, values] of this.#values) {
      if (isGauge(measure)) this.#addGauges(stretch, measure, values, { ...buckets, places });
      else this.#addCounts(stretch, measure, values, { ...buckets, places });
    }
  }

  /** The matrix as it stands; nothing can be added after. */
  finish(): Samples {
    const { fromMs, stepMs, columns } = this.#shape;
    for (const [measure, values] of this.#values) if (!isGauge(measure)) this.#blankGaps(values);
    const slots = Int32Array.from(this.#rows.keys()).sort();
    if (slots.some((slot, row) => this.#rows.get(slot) !== row)) this.#sortRows(slots);
    return {
      atMs: Array.from({ length: columns }, (_, i) => fromMs + i * stepMs),
      stepMs,
      observedMs: this.#observedMs,
      revisions: this.#revisions,
      slots,
      rowOf: (slot) => findRow(slots, slot),
      of: (measure) => {
        const values = this.#values.get(measure);
        if (!values) throw new Error(`not a measure that was asked for: ${measure}`);
        return values.subarray(0, slots.length * columns);
      },
    };
  }

  /** The bucket of each watched column, -1 for the others; null when none is in the range. */
  #bucketsOf(stretch: Stretch, fromMs: number, toMs: number): Buckets | null {
    const shape = this.#shape;
    const columns = stretch.observedMs.length;
    const of = new Int32Array(columns).fill(-1);
    const watched: number[] = [];
    for (let column = 0; column < columns; column++) {
      const atMs = stretch.fromMs + column * stretch.columnMs;
      const bucket = Math.floor((atMs - shape.fromMs) / shape.stepMs);
      if (atMs < fromMs || atMs >= toMs || bucket < 0 || bucket >= shape.columns) continue;
      if (stretch.observedMs[column] === 0) continue;
      of[column] = bucket;
      watched.push(column);
    }
    const [first, last] = [watched[0], watched.at(-1)];
    if (first === undefined || last === undefined) return null;
    const closing = Int32Array.from(watched.filter((column, i) => of[column] !== of[watched[i + 1] ?? -1]));
    const isWhole = watched.length === stretch.observedMs.filter((ms) => ms > 0).length;
    return { of, first, last, closing, group: isWhole && stretch.grouped ? this.#groupOf(stretch) : 1 };
  }

  /** How many columns in a row always fall into the same bucket; 1 when the two do not go together. */
  #groupOf({ fromMs, columnMs, observedMs }: Stretch): number {
    const { stepMs } = this.#shape;
    const lengthMs = columnMs * observedMs.length;
    const untilMs = this.#shape.fromMs + (Math.floor((fromMs - this.#shape.fromMs) / stepMs) + 1) * stepMs;
    if (fromMs + lengthMs <= untilMs) return observedMs.length; // the whole stretch lies in one bucket
    const isEven = (untilMs - fromMs) % stepMs === 0 && lengthMs % stepMs === 0 && stepMs % columnMs === 0;
    return isEven ? stepMs / columnMs : 1;
  }

  #addCounts(stretch: Stretch, counter: FrameCounter, values: Float64Array, placed: Placed): void {
    const { of, first, last, group, places } = placed;
    const { columns } = this.#shape;
    const length = stretch.observedMs.length / group;
    const read = (block: number) =>
      group > 1 && stretch.grouped ? stretch.grouped(counter, block, group) : stretch.block(counter, block);
    const [from, to] = [Math.floor(first / group), Math.floor(last / group)];
    const bucketOf = new Int32Array(length).fill(-1);
    for (let column = first; column <= last; column++) {
      if ((of[column] as number) >= 0) bucketOf[Math.floor(column / group)] = of[column] as number;
    }
    const isInStep = bucketOf.subarray(from, to + 1).every((bucket, i) => bucket === (bucketOf[from] as number) + i);
    const add = isInStep ? addInStep : addByBucket;
    const blocks = readBlocks(places, read);
    const counted = { from, to, bucketOf };
    for (let row = 0; row < places.length; row++) {
      const at = places[row] as number;
      if (at < 0) continue;
      const block = blocks[Math.floor(at / BLOCK_SLOTS)] as Float64Array;
      add({ values, start: row * columns }, { values: block, start: (at % BLOCK_SLOTS) * length }, counted);
    }
  }

  #addGauges(stretch: Stretch, gauge: FrameGauge, values: Float64Array, { of, closing, places }: Placed): void {
    const length = stretch.observedMs.length;
    const absent = stretch.absent(gauge);
    const { columns, isSum, measures } = this.#shape;
    const write = isSum && gauge !== measures[0] ? addGauge : putGauge;
    const placed = { of, closing };
    const nothing = { values: absent, start: 0 };
    putGauge({ values: this.#absent.get(gauge) as Float64Array, start: 0 }, nothing, placed);
    const blocks = readBlocks(places, (block) => stretch.block(gauge, block));
    for (let row = 0; row < places.length; row++) {
      const at = places[row] as number;
      const block = blocks[Math.floor(at / BLOCK_SLOTS)] as Float64Array;
      const source = at < 0 ? nothing : { values: block, start: (at % BLOCK_SLOTS) * length };
      write({ values, start: row * columns }, source, placed);
    }
  }

  /** Where the stretch has each row of ours; -1 where it does not list it. */
  #placesIn({ slots }: Stretch): Int32Array {
    const places = new Int32Array(this.#rows.size).fill(-1);
    if (this.#rows.size * 8 < slots.length) {
      for (const [slot, row] of this.#rows) places[row] = findRow(slots, slot);
      return places;
    }
    for (let at = 0; at < slots.length; at++) {
      const row = this.#rows.get(slots[at] as number);
      if (row !== undefined) places[row] = at;
    }
    return places;
  }

  #rowFor(slot: number): void {
    if (this.#rows.has(slot)) return;
    const row = this.#rows.size;
    if (row === this.#capacity) this.#grow();
    this.#rows.set(slot, row);
    for (const [gauge, absent] of this.#absent) this.#values.get(gauge)?.set(absent, row * this.#shape.columns);
  }

  #grow(): void {
    this.#capacity *= 2;
    for (const [measure, values] of this.#values) {
      const larger = new Float64Array(this.#capacity * this.#shape.columns);
      larger.set(values);
      this.#values.set(measure, larger);
    }
  }

  #blankGaps(values: Float64Array): void {
    const { columns } = this.#shape;
    for (let column = 0; column < columns; column++) {
      if (this.#observedMs[column] !== 0) continue;
      for (let at = column; at < values.length; at += columns) values[at] = Number.NaN;
    }
  }

  #sortRows(slots: Int32Array): void {
    const { columns } = this.#shape;
    for (const [measure, values] of this.#values) {
      const sorted = new Float64Array(slots.length * columns);
      for (const [row, slot] of slots.entries()) {
        const from = (this.#rows.get(slot) as number) * columns;
        sorted.set(values.subarray(from, from + columns), row * columns);
      }
      this.#values.set(measure, sorted);
    }
  }
}

interface Buckets {
  of: Int32Array;
  first: number;
  last: number;
  /** The last watched column of each bucket: a gauge is what it was at the end. */
  closing: Int32Array;
  /** So many columns in a row fall into the same bucket each time, and all that was watched of the stretch is wanted. */
  group: number;
}

type Placed = Buckets & { places: Int32Array };
