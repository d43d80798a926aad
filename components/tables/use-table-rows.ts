"use client";

import {
  type ColumnDef,
  getCoreRowModel,
  getFilteredRowModel,
  getSortedRowModel,
  useReactTable,
} from "@tanstack/react-table";
import { useMemo, useState } from "react";
import { type Column, compareValues, firstOrder, type TableSort } from "@/components/tables/column";
import type { DataTableProps } from "@/components/tables/data-table";
import { toVisibleText } from "@/components/ui/visible-text";

/** The rows of a table in their order, those that contain the filter's text; and how to change the order. */
export function useTableRows<Row>(props: DataTableProps<Row>, filter: string) {
  const { rows, columns, onSort, filterText } = props;
  const [ownSort, setOwnSort] = useState<TableSort | undefined>(props.sort);
  const sort = onSort === undefined ? ownSort : props.sort;
  const definitions = useMemo(() => columns.map((column) => toDefinition(column)), [columns]);
  // Stable between renders: react-table sorts again whenever this is another array.
  const sorting = useMemo(() => (sort === undefined ? [] : [toSorting(sort)]), [sort]);
  const table = useReactTable({
    data: rows as Row[],
    columns: definitions,
    state: { globalFilter: filter.trim(), sorting },
    // There are no pages to go back to, and the reset would draw everything again.
    autoResetAll: false,
    manualSorting: onSort !== undefined,
    globalFilterFn: (row, _columnId, text: string) => contains(filterText ?? allValues(columns), row.original, text),
    // The filter looks at the whole row; once is enough.
    getColumnCanGlobalFilter: (column) => column.id === columns[0]?.id,
    getCoreRowModel: getCoreRowModel(),
    getFilteredRowModel: getFilteredRowModel(),
    getSortedRowModel: getSortedRowModel(),
  });
  const sortBy = (column: Column<Row>) => (onSort ?? setOwnSort)(nextSort(column, sort));
  return { shownRows: table.getRowModel().rows.map((row) => row.original), sort, sortBy };
}

/** A second click turns the order around. */
function nextSort<Row>(column: Column<Row>, sort: TableSort | undefined): TableSort {
  if (sort?.column !== column.id) return { column: column.id, order: firstOrder(column) };
  return { column: column.id, order: sort.order === "asc" ? "desc" : "asc" };
}

function toDefinition<Row>(column: Column<Row>): ColumnDef<Row> {
  return {
    id: column.id,
    accessorFn: (row) => column.value(row) ?? undefined,
    sortingFn: (left, right) => compareValues(column.value(left.original) ?? "", column.value(right.original) ?? ""),
    // The unknown comes last whichever the order.
    sortUndefined: "last",
  };
}

function toSorting(sort: TableSort) {
  return { id: sort.column, desc: sort.order === "desc" };
}

function allValues<Row>(columns: readonly Column<Row>[]): (row: Row) => string {
  return (row) => columns.map((column) => column.value(row) ?? "").join("\n");
}

/** Also as it looks on screen, so that what is read can be typed. */
function contains<Row>(textOf: (row: Row) => string, row: Row, wanted: string): boolean {
  const text = textOf(row).toLowerCase();
  const lower = wanted.toLowerCase();
  return text.includes(lower) || toVisibleText(text).toLowerCase().includes(lower);
}
