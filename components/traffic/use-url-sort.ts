"use client";

import { useMemo } from "react";
import { useUrlState } from "@/components/shell/use-url-state";
import { type Column, compareValues, type TableSort } from "@/components/tables/column";
import { readSort } from "@/components/traffic/traffic-search";

/** Rows in the order the query string names, with what a table needs to change it. The unknown comes last either way. */
export function useUrlSort<Row>(rows: readonly Row[], columns: readonly Column<Row>[], initial: TableSort) {
  const { params, patch } = useUrlState();
  const named = readSort(params, initial);
  const sort = columns.some(({ id }) => id === named.column) ? named : initial;
  const { column: columnId, order } = sort;
  const sorted = useMemo(() => sortRows(rows, columns, { column: columnId, order }), [rows, columns, columnId, order]);
  const onSort = ({ column, order: next }: TableSort) => {
    const isInitial = column === initial.column && next === initial.order;
    patch({ sort: isInitial ? null : column, order: isInitial ? null : next });
  };
  return { rows: sorted, sort, onSort };
}

/** A copy of `rows` by one column. Without such a column the order stays. */
export function sortRows<Row>(rows: readonly Row[], columns: readonly Column<Row>[], sort: TableSort): Row[] {
  const column = columns.find(({ id }) => id === sort.column);
  if (column === undefined) return [...rows];
  const sign = sort.order === "asc" ? 1 : -1;
  return rows
    .map((row) => ({ row, value: column.value(row) }))
    .sort((a, b) => {
      if (a.value === null || b.value === null) return Number(a.value === null) - Number(b.value === null);
      return sign * compareValues(a.value, b.value);
    })
    .map(({ row }) => row);
}
