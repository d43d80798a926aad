import type { ReactNode } from "react";

/** A value a table can sort, filter and export. Null: not known, always last, exported as nothing. */
export type CellValue = string | number | null;

/** One column of a table. `value` is sorted, filtered and exported; `cell` is what is drawn, `value` when absent. */
export interface Column<Row> {
  id: string;
  header: string;
  /** True where the header is said to screen readers only. */
  hideHeader?: boolean;
  /** Explains the column on hover and focus of its header. */
  hint?: string;
  value(row: Row): CellValue;
  cell?(row: Row): ReactNode;
  /** Right-aligned, tabular figures, sorted from the largest at the first click. */
  numeric?: boolean;
  /** Pixels. Columns without share what is left; numeric ones have 104. */
  width?: number;
  /** False where an order would mean nothing (a sparkline, a row of buttons). */
  sortable?: boolean;
  /** False for what is not data (a row of buttons). */
  exported?: boolean;
}

/** Which column a table is sorted by. */
export interface TableSort {
  column: string;
  order: "asc" | "desc";
}

/** The width of a column in pixels, or null when it shares what is left. */
export function columnWidth<Row>(column: Column<Row>): number | null {
  return column.width ?? (column.numeric ? 104 : null);
}

/** The order at the first click on a column: figures from the largest, text from A. */
export function firstOrder<Row>(column: Column<Row>): "asc" | "desc" {
  return column.numeric ? "desc" : "asc";
}

/** Compares two known values, ascending: figures as figures, text as etcd orders keys. */
export function compareValues(left: string | number, right: string | number): number {
  if (typeof left === "number" && typeof right === "number") return left - right;
  return compareText(String(left), String(right));
}

/** By code unit, near enough to etcd's order of bytes that a table sorted by key reads as the keyspace does. */
function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
