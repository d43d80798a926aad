import type { MetricCells } from "@/lib/model/metric-frame";
import type { MetricKind } from "@/lib/model/metrics";
import type { TimeRange } from "@/lib/model/time-range";

/** One reading of one target: of counters what they grew by since `fromMs`, of gauges what they stand at. */
export interface MetricFrame {
  /** Null: there is no reading before to count from. */
  fromMs: number | null;
  atMs: number;
  cells: MetricCells;
}

/** Equal steps of time, half-open. */
export interface MetricGrid {
  fromMs: number;
  stepMs: number;
  columns: number;
}

/** Figures that have been put into steps; NaN where nothing was read. */
export interface ColumnsPart {
  observedMs: ArrayLike<number>;
  series: ReadonlyMap<number, Float64Array>;
}

/**
 * Readings of one target put into equal steps. What a counter grew by between two readings is shared out evenly over
 * the time between; whole numbers stay whole, and the shares of one reading add up to it on any grid. A gauge's step
 * has its last reading.
 */
export class MetricColumns {
  /** How much of each step lies between two readings, in milliseconds. */
  readonly observedMs: Float64Array;
  /** By series id; NaN where nothing was read. */
  readonly series = new Map<number, Float64Array>();
  #grid: MetricGrid;
  #kindOf: (seriesId: number) => MetricKind | undefined;

  /** Series of which `kindOf` knows nothing are left out. */
  constructor(grid: MetricGrid, kindOf: (seriesId: number) => MetricKind | undefined) {
    this.#grid = grid;
    this.#kindOf = kindOf;
    this.observedMs = new Float64Array(grid.columns);
  }

  /** Readings must come in the order of time. Of one that reaches out of `within`, or of the grid, its share counts. */
  add({ fromMs, atMs, cells }: MetricFrame, within: TimeRange = this.#range): void {
    const shares = fromMs === null ? [] : sharesOf(this.#grid, { fromMs, toMs: atMs }, within);
    for (const { column, ms } of shares) this.observedMs[column] = (this.observedMs[column] as number) + ms;
    const readIn = this.#columnOf(atMs, within);
    for (let i = 0; i < cells.ids.length; i++) {
      const id = cells.ids[i] as number;
      const kind = this.#kindOf(id);
      if (kind === "gauge" && readIn !== null) this.#row(id)[readIn] = cells.values[i] as number;
      if (kind === "counter" && shares.length > 0) shareOut(this.#row(id), shares, cells.values[i] as number);
    }
  }

  /** Adds columns of a finer grid, such as the minutes of a sealed hour: each falls whole into one step, if into any. */
  addColumns(finer: MetricGrid, part: ColumnsPart, within: TimeRange = this.#range): void {
    const columns = Array.from({ length: finer.columns }, (_, i) =>
      this.#columnOf(finer.fromMs + i * finer.stepMs, within),
    );
    for (const [i, column] of columns.entries()) {
      if (column === null) continue;
      this.observedMs[column] = (this.observedMs[column] as number) + (part.observedMs[i] as number);
    }
    for (const [id, values] of part.series) {
      const kind = this.#kindOf(id);
      if (kind === undefined) continue;
      const row = this.#row(id);
      for (const [i, column] of columns.entries()) {
        const value = values[i] as number;
        if (column === null || Number.isNaN(value)) continue;
        row[column] = kind === "gauge" ? value : plus(row[column] as number, value);
      }
    }
  }

  get #range(): TimeRange {
    const { fromMs, stepMs, columns } = this.#grid;
    return { fromMs, toMs: fromMs + stepMs * columns };
  }

  #columnOf(atMs: number, within: TimeRange): number | null {
    if (atMs < within.fromMs || atMs >= within.toMs) return null;
    const column = Math.floor((atMs - this.#grid.fromMs) / this.#grid.stepMs);
    return column >= 0 && column < this.#grid.columns ? column : null;
  }

  #row(id: number): Float64Array {
    let row = this.series.get(id);
    if (row === undefined) {
      row = new Float64Array(this.#grid.columns).fill(Number.NaN);
      this.series.set(id, row);
    }
    return row;
  }
}

/** A step's part of the time between two readings, and the bounds of that part as shares of it. */
interface Share {
  column: number;
  ms: number;
  from: number;
  to: number;
}

function sharesOf(grid: MetricGrid, reading: TimeRange, within: TimeRange): Share[] {
  const lengthMs = reading.toMs - reading.fromMs;
  const untilMs = Math.min(reading.toMs, within.toMs);
  const shares: Share[] = [];
  if (!(lengthMs > 0)) return shares;
  let startMs = Math.max(reading.fromMs, within.fromMs, grid.fromMs);
  while (startMs < untilMs) {
    const column = Math.floor((startMs - grid.fromMs) / grid.stepMs);
    if (column >= grid.columns) break;
    const endMs = Math.min(untilMs, grid.fromMs + (column + 1) * grid.stepMs);
    const [from, to] = [(startMs - reading.fromMs) / lengthMs, (endMs - reading.fromMs) / lengthMs];
    shares.push({ column, ms: endMs - startMs, from, to });
    startMs = endMs;
  }
  return shares;
}

function shareOut(row: Float64Array, shares: readonly Share[], growth: number): void {
  for (const { column, from, to } of shares) {
    row[column] = plus(row[column] as number, grownBy(growth, to) - grownBy(growth, from));
  }
}

/** What of `growth` belongs to the first `share` of its time: in whole units, or in whole millionths. */
function grownBy(growth: number, share: number): number {
  if (share === 1) return growth;
  if (Number.isInteger(growth)) return Math.floor(growth * share);
  return Math.floor(growth * share * 1e6) / 1e6;
}

/** A sum; what is not known yet counts as nothing. Parts of a second stay whole microseconds. */
function plus(sum: number, value: number): number {
  const total = Number.isNaN(sum) ? value : sum + value;
  return Number.isInteger(total) ? total : Math.round(total * 1e6) / 1e6;
}
