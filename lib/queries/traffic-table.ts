import { TRAFFIC_COUNTERS, type TrafficCounter } from "@/lib/model/traffic";
import { LatencyPool } from "@/lib/queries/latency-pool";
import { COUNTERS } from "@/lib/queries/traffic-block";

/** What a table adds up: the counters of cells, and requests by how they were answered. */
export const TABLE_FIGURES = [...TRAFFIC_COUNTERS, "errors", "throttled", "conflicts"] as const;
export type TableFigure = TrafficCounter | "errors" | "throttled" | "conflicts";

const WIDTH = TABLE_FIGURES.length;
const ERRORS = TABLE_FIGURES.indexOf("errors");
const THROTTLED = TABLE_FIGURES.indexOf("throttled");
const CONFLICTS = TABLE_FIGURES.indexOf("conflicts");
const REQUESTS = TABLE_FIGURES.indexOf("requests");

/** How the requests of a cell were answered. */
export const ANSWERS = { well: 0, failed: 1, throttled: 2, conflicting: 3 } as const;
export type AnswerKind = (typeof ANSWERS)[keyof typeof ANSWERS];

/** Figures of some rows, added up in typed arrays. */
export class TrafficTable {
  readonly rows: number;
  #figures: Float64Array;
  #latency: LatencyPool;

  constructor(rows: number, latencyBuckets: number) {
    this.rows = rows;
    this.#figures = new Float64Array(rows * WIDTH);
    this.#latency = new LatencyPool(rows, latencyBuckets);
  }

  /** Adds `scale` times the counters that begin at `at`, of requests that were all answered alike. */
  addCounters(
    row: number,
    counters: Float64Array,
    at: number,
    { answer, scale }: { answer: AnswerKind; scale: number },
  ) {
    const figures = this.#figures;
    const start = row * WIDTH;
    for (let c = 0; c < COUNTERS; c++) (figures[start + c] as number) += (counters[at + c] as number) * scale;
    if (answer === ANSWERS.well) return;
    const requests = (counters[at + REQUESTS] as number) * scale;
    (figures[start + ERRORS] as number) += requests;
    if (answer === ANSWERS.throttled) (figures[start + THROTTLED] as number) += requests;
    if (answer === ANSWERS.conflicting) (figures[start + CONFLICTS] as number) += requests;
  }

  add(row: number, figure: TableFigure, value: number): void {
    (this.#figures[row * WIDTH + TABLE_FIGURES.indexOf(figure)] as number) += value;
  }

  addBucket(row: number, bucket: number, count: number): void {
    this.#latency.add(row, bucket, count);
  }

  /** Adds a row of another table, whose latency buckets are the same. */
  addRow(row: number, from: TrafficTable, fromRow: number): void {
    for (let f = 0; f < WIDTH; f++) {
      (this.#figures[row * WIDTH + f] as number) += from.#figures[fromRow * WIDTH + f] as number;
    }
    this.#latency.addRow(row, from.#latency, fromRow);
  }

  of(row: number, figure: TableFigure): number {
    return this.#figures[row * WIDTH + TABLE_FIGURES.indexOf(figure)] as number;
  }

  /** Requests by latency bucket. */
  bucketsOf(row: number): Map<number, number> {
    return this.#latency.bucketsOf(row);
  }
}
