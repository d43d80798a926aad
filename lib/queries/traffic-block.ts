import { LAST_BUCKET } from "@/lib/model/latency-buckets";
import { TRAFFIC_COUNTERS, type TrafficFigures } from "@/lib/model/traffic";
import { LatencyPool } from "@/lib/queries/latency-pool";

/** Figures of a cell stand in the order of `TRAFFIC_COUNTERS`. */
export const COUNTERS = TRAFFIC_COUNTERS.length;
const FIRST_CELLS = 256;

/** The cells of some minutes, laid flat, so that a day of them can be added up and kept. */
export interface TrafficBlock {
  cellIds: Int32Array;
  /** Counter `c` of cell `i` at `i * COUNTERS + c`. */
  counters: Float64Array;
  /** The latency buckets of cell `i` stand from `bucketStarts[i]` up to `bucketStarts[i + 1]`. */
  bucketStarts: Int32Array;
  buckets: Uint16Array;
  bucketCounts: Float64Array;
  /** Of the observed time, what cannot be read any more, in milliseconds. */
  lostMs: number;
}

/** Bytes of memory that a block takes. */
export function blockBytes({ cellIds, counters, bucketStarts, buckets, bucketCounts }: TrafficBlock): number {
  const arrays = [cellIds, counters, bucketStarts, buckets, bucketCounts];
  return arrays.reduce((sum, { byteLength }) => sum + byteLength, 200);
}

/** Adds up the cells of stored rows. */
export class BlockSum {
  #places = new Map<number, number>();
  #counters = new Float64Array(FIRST_CELLS * COUNTERS);
  #latency = new LatencyPool(FIRST_CELLS, LAST_BUCKET + 1);

  #lostMs = 0;

  add(cells: ReadonlyMap<number, TrafficFigures>): void {
    for (const [cellId, figures] of cells) {
      const place = this.#place(cellId);
      let at = place * COUNTERS;
      for (const counter of TRAFFIC_COUNTERS) (this.#counters[at++] as number) += figures[counter];
      for (const [bucket, count] of figures.buckets) this.#latency.add(place, bucket, count);
    }
  }

  addBlock({ cellIds, counters, bucketStarts, buckets, bucketCounts, lostMs }: TrafficBlock): void {
    this.#lostMs += lostMs;
    for (let i = 0; i < cellIds.length; i++) {
      const place = this.#place(cellIds[i] as number);
      for (let c = 0; c < COUNTERS; c++) {
        (this.#counters[place * COUNTERS + c] as number) += counters[i * COUNTERS + c] as number;
      }
      for (let at = bucketStarts[i] as number; at < (bucketStarts[i + 1] as number); at++) {
        this.#latency.add(place, buckets[at] as number, bucketCounts[at] as number);
      }
    }
  }

  /** Notes a row that cannot be read. */
  lose(observedMs: number): void {
    this.#lostMs += observedMs;
  }

  /** What was added, in no order. */
  finish(): TrafficBlock {
    const cells = this.#places.size;
    const bucketStarts = new Int32Array(cells + 1);
    const buckets: number[] = [];
    const bucketCounts: number[] = [];
    for (let place = 0; place < cells; place++) {
      for (const [bucket, count] of this.#latency.bucketsOf(place)) {
        buckets.push(bucket);
        bucketCounts.push(count);
      }
      bucketStarts[place + 1] = buckets.length;
    }
    return {
      cellIds: Int32Array.from(this.#places.keys()),
      counters: this.#counters.slice(0, cells * COUNTERS),
      bucketStarts,
      buckets: Uint16Array.from(buckets),
      bucketCounts: Float64Array.from(bucketCounts),
      lostMs: this.#lostMs,
    };
  }

  #place(cellId: number): number {
    const known = this.#places.get(cellId);
    if (known !== undefined) return known;
    const place = this.#places.size;
    this.#places.set(cellId, place);
    if ((place + 1) * COUNTERS > this.#counters.length) {
      const larger = new Float64Array(this.#counters.length * 2);
      larger.set(this.#counters);
      this.#counters = larger;
      this.#latency.growTo(larger.length / COUNTERS);
    }
    return place;
  }
}
