"use client";

import { ArrowDown, ArrowUp } from "lucide-react";
import { type Column, columnWidth, type TableSort } from "@/components/tables/column";
import { Tooltip } from "@/components/ui/tooltip";

/** The head of a table: a button per column that can be sorted. */
export function TableHead<Row>(props: {
  columns: readonly Column<Row>[];
  sort: TableSort | undefined;
  onSort(column: Column<Row>): void;
}) {
  const { columns, sort, onSort } = props;
  return (
    <>
      <colgroup>
        {columns.map((column) => (
          <col key={column.id} style={{ width: columnWidth(column) ?? undefined }} />
        ))}
      </colgroup>
      <thead>
        <tr aria-rowindex={1}>
          {columns.map((column) => (
            <th
              key={column.id}
              scope="col"
              className={column.numeric ? "num" : undefined}
              aria-sort={column.sortable === false ? undefined : ariaSort(column.id, sort)}
            >
              <HeadContent column={column} sort={sort} onSort={onSort} />
            </th>
          ))}
        </tr>
      </thead>
    </>
  );
}

function HeadContent<Row>(props: {
  column: Column<Row>;
  sort: TableSort | undefined;
  onSort(column: Column<Row>): void;
}) {
  const { column, sort, onSort } = props;
  if (column.sortable === false) return <HeadText column={column} />;
  const Arrow = sort?.order === "asc" ? ArrowUp : ArrowDown;
  const button = (
    <button
      type="button"
      className="table-sort"
      data-hint={column.hint !== undefined || undefined}
      onClick={() => onSort(column)}
    >
      {sort?.column === column.id && <Arrow size={12} aria-hidden="true" />}
      <span>{column.header}</span>
    </button>
  );
  return column.hint === undefined ? button : <Tooltip text={column.hint}>{button}</Tooltip>;
}

function HeadText<Row>({ column }: { column: Column<Row> }) {
  if (column.hint === undefined) {
    return <span className={column.hideHeader ? "visually-hidden" : undefined}>{column.header}</span>;
  }
  return <span title={column.hint}>{column.header}</span>;
}

function ariaSort(columnId: string, sort: TableSort | undefined): "ascending" | "descending" | "none" {
  if (sort?.column !== columnId) return "none";
  return sort.order === "asc" ? "ascending" : "descending";
}
