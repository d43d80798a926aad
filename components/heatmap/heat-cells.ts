import type { HeatHead, HeatMatrix } from "@/lib/model/heat-matrix";

/** A cell by its place. */
export interface CellPlace {
  row: number;
  column: number;
}

/** What a cell says. */
export interface CellFacts extends CellPlace {
  prefix: string;
  prefixBase64: string | null;
  kind: "prefix" | "rest";
  fromMs: number;
  toMs: number;
  /** Null: nobody watched, or not known. */
  value: number | null;
  isObserved: boolean;
  /** Of its column, 0 to 1; null where that would mean nothing. */
  share: number | null;
}

/** Where a matrix begins and ends in time. */
export function timeOf({ atMs, stepMs }: Pick<HeatHead, "atMs" | "stepMs">): { fromMs: number; toMs: number } {
  const fromMs = atMs[0] ?? 0;
  return { fromMs, toMs: fromMs + atMs.length * stepMs };
}

/** Whether values can be less than nothing. */
export function isSigned({ measure, compare }: Pick<HeatHead, "measure" | "compare">): boolean {
  return measure === "liveBytesChange" || compare !== null;
}

/** Tells a row from all others, also in the next answer. */
export function rowKey({ prefix, kind }: { prefix: string; kind: string }): string {
  return `${kind} ${prefix}`;
}

/** Everything there is to say of a cell; null when it is not in the matrix. */
export function factsOf({ head, values }: HeatMatrix, { row, column }: CellPlace): CellFacts | null {
  const name = head.rows[row];
  const atMs = head.atMs[column];
  if (name === undefined || atMs === undefined) return null;
  const columns = head.atMs.length;
  const value = values[row * columns + column] as number;
  const { prefix, prefixBase64, kind } = name;
  return {
    ...{ row, column, prefix, prefixBase64, kind, fromMs: atMs, toMs: atMs + head.stepMs },
    value: Number.isNaN(value) ? null : value,
    isObserved: (head.observedMs[column] ?? 0) > 0,
    share: isSigned(head) || !(value >= 0) ? null : shareOf(value, sumColumn(head, values, column)),
  };
}

function sumColumn(head: HeatHead, values: Float32Array, column: number): number {
  let sum = 0;
  for (let row = 0; row < head.rows.length; row++) sum += values[row * head.atMs.length + column] as number;
  return sum;
}

function shareOf(value: number, sum: number): number | null {
  return sum > 0 ? value / sum : null;
}

/** The strongest of some cells; the first when none is known. */
export function strongestOf(
  { head, values }: HeatMatrix,
  rows: { first: number; end: number },
  columns: { first: number; end: number },
): CellPlace | null {
  let found: CellPlace | null = null;
  let most = -1;
  for (let row = Math.max(0, rows.first); row < Math.min(head.rows.length, rows.end); row++) {
    for (let column = Math.max(0, columns.first); column < Math.min(head.atMs.length, columns.end); column++) {
      const size = Math.abs(values[row * head.atMs.length + column] as number);
      if (found === null || size > most) {
        found = { row, column };
        most = Number.isNaN(size) ? -1 : size;
      }
    }
  }
  return found;
}
