import { type Column, columnWidth } from "@/components/tables/column";

/** What a column that shares the rest needs at least, in pixels. */
const SHARED_WIDTH = 160;

/** The width in pixels under which a table scrolls sideways instead of squeezing its columns. */
export function minTableWidth<Row>(columns: readonly Column<Row>[]): number {
  return columns.reduce((sum, column) => sum + (columnWidth(column) ?? SHARED_WIDTH), 0);
}
