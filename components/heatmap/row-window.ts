import { rowKey } from "@/components/heatmap/heat-cells";
import type { RowWindow } from "@/components/heatmap/heat-search";
import type { HeatRowName } from "@/lib/model/heat-matrix";

/** Rows in sight, with fractions: the part of a view that is no time. */
export interface RowSpan {
  top: number;
  bottom: number;
}

/** A row of which less than this can be seen is not counted as in sight. */
const LEAST_PART = 0.25;

/** The rows in sight by name; null: all of them. */
export function windowOfRows(rows: readonly HeatRowName[], { top, bottom }: RowSpan): RowWindow | null {
  const [from, to] = [Math.floor(top + LEAST_PART), Math.ceil(bottom - LEAST_PART)];
  const [first, last] = [rows[from], rows[to - 1]];
  if (first === undefined || last === undefined || (from === 0 && to === rows.length)) return null;
  return { first: rowKey(first), last: rowKey(last) };
}

/** Where the rows of a window stand in an answer; null when it has not both of them, in this order. */
export function rowsOfWindow(rows: readonly HeatRowName[], window: RowWindow | null): RowSpan | null {
  if (window === null) return null;
  const names = rows.map(rowKey);
  const [top, last] = [names.indexOf(window.first), names.indexOf(window.last)];
  return top < 0 || last < top ? null : { top, bottom: last + 1 };
}
