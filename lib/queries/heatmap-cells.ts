import type { FrameMeasure } from "@/lib/model/frame";
import type { HeatMeasure, HeatUnit } from "@/lib/model/heat-matrix";
import type { HeatRow } from "@/lib/model/heat-rows";
import type { Samples } from "@/lib/queries/samples";

interface Shown {
  /** Read and added up. */
  measures: readonly FrameMeasure[];
  /** `rate`: per watched second. `change`: against the column before. `level`: at the end of the column. */
  kind: "rate" | "change" | "level";
  unit: HeatUnit;
}

/** What each measure is made of. */
export const SHOWN: Record<HeatMeasure, Shown> = {
  writes: { measures: ["puts", "deletes"], kind: "rate", unit: "perSecond" },
  writtenBytes: { measures: ["writtenBytes"], kind: "rate", unit: "bytesPerSecond" },
  deletes: { measures: ["deletes"], kind: "rate", unit: "perSecond" },
  liveBytesChange: { measures: ["keyBytes", "valueBytes"], kind: "change", unit: "bytes" },
  historyBytes: { measures: ["historyBytes"], kind: "level", unit: "bytes" },
};

/** How many columns before the first are needed to know the first. */
export function columnsBefore(measure: HeatMeasure): 0 | 1 {
  return SHOWN[measure].kind === "change" ? 1 : 0;
}

/**
 * The cells of `rows` in `columns` columns, row by row, each row being its slot less those that have rows of their own;
 * less what they were in `earlier`, where that is given. Both are sums of the measures that are shown, and have
 * `columnsBefore` columns more at their start.
 */
export function fillCells(
  { samples, earlier }: { samples: Samples; earlier: Samples | null },
  rows: readonly HeatRow[],
  { measure, columns }: { measure: HeatMeasure; columns: number },
): Float32Array {
  const line = new LineReader(samples, measure);
  const other = earlier === null ? null : new LineReader(earlier, measure);
  const skipped = columnsBefore(measure);
  const cells = new Float32Array(rows.length * columns);
  for (const [place, row] of rows.entries()) {
    const figures = line.read(row);
    if (other !== null) subtract(figures, other.read(row), 0);
    cells.set(figures.subarray(skipped, skipped + columns), place * columns);
  }
  return cells;
}

/** Reads the cells of one row after the other, into the same line. */
class LineReader {
  #line: Float64Array;
  #values: Float64Array;
  #divisors: Float64Array;
  #isChange: boolean;

  constructor(
    private readonly samples: Samples,
    measure: HeatMeasure,
  ) {
    const { measures, kind } = SHOWN[measure];
    this.#line = new Float64Array(samples.atMs.length);
    this.#values = samples.of(measures[0] as FrameMeasure); // all of them, added up
    this.#divisors = toDivisors(samples.observedMs, kind);
    this.#isChange = kind === "change";
  }

  read({ slot, less }: HeatRow): Float64Array {
    const line = this.#line;
    const start = this.#startOf(slot);
    if (start < 0) line.fill(0);
    else line.set(this.#values.subarray(start, start + line.length));
    for (const other of less) {
      const from = this.#startOf(other);
      if (from >= 0) subtract(line, this.#values, from);
    }
    if (this.#isChange) toChanges(line);
    divide(line, this.#divisors);
    return line;
  }

  /** Where the figures of a slot begin; negative when it has none. */
  #startOf(slot: number): number {
    return this.samples.rowOf(slot) * this.#line.length;
  }
}

/** What a column's figure is divided by: NaN where it cannot be known. */
function toDivisors(observedMs: Float64Array, kind: Shown["kind"]): Float64Array {
  return observedMs.map((ms, column) => {
    const isGap = ms === 0 || (kind === "change" && observedMs[column - 1] === 0);
    if (isGap) return Number.NaN;
    return kind === "rate" ? ms / 1_000 : 1;
  });
}

function subtract(line: Float64Array, values: Float64Array, from: number): void {
  const { length } = line;
  for (let column = 0; column < length; column++) (line[column] as number) -= values[from + column] as number;
}

/** Each column less the one before; nothing is known of the first. */
function toChanges(line: Float64Array): void {
  for (let column = line.length - 1; column > 0; column--) (line[column] as number) -= line[column - 1] as number;
  line[0] = Number.NaN;
}

function divide(line: Float64Array, divisors: Float64Array): void {
  const { length } = line;
  for (let column = 0; column < length; column++) (line[column] as number) /= divisors[column] as number;
}
