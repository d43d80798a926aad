"use client";

import { type ReactNode, useMemo, useRef, useState } from "react";
import type { Column, TableSort } from "@/components/tables/column";
import { type ExportFormat, ExportLinks } from "@/components/tables/export-links";
import { exportRows } from "@/components/tables/export-rows";
import { TableBody } from "@/components/tables/table-body";
import { TableFilter } from "@/components/tables/table-filter";
import { TableHead } from "@/components/tables/table-head";
import { TableTotal } from "@/components/tables/table-total";
import { minTableWidth } from "@/components/tables/table-width";
import { useRowFocus } from "@/components/tables/use-row-focus";
import { useTableRows } from "@/components/tables/use-table-rows";
import { Badge } from "@/components/ui/badge";
import { Panel } from "@/components/ui/panel";
import { formatCount } from "@/lib/model/units";

export interface DataTableProps<Row> {
  /** What the rows are, for the title, the exports' file name and those who cannot see. */
  label: string;
  /** Instead of `label` as the panel's title. */
  title?: ReactNode;
  note?: ReactNode;
  actions?: ReactNode;
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  rowKey(row: Row): string;
  /** The order at first, or, with `onSort`, the order the server answered in. */
  sort?: TableSort;
  /** Set where the server sorts. */
  onSort?(sort: TableSort): void;
  /** What the filter box looks through; every column's value when absent. */
  filterText?(row: Row): string;
  /** How many rows there are in all, when `rows` is only a part. */
  totalRows?: number;
  exportHref?(format: ExportFormat): string;
  selectedKey?: string | null;
  /** Enter, Right and a click on a row. */
  onActivate?(row: Row): void;
  /** Left and Backspace. */
  onBack?(): void;
  /** What the rows add up to: drawn below them, in the same columns. */
  total?: Row;
  /** What to say when there is no row at all. */
  empty: ReactNode;
  footer?: ReactNode;
}

/**
 * A panel with a table that sorts, filters, exports and is walked by arrow keys. Draws its own panel: do not wrap it in
 * one. Above about a hundred rows only those in sight are drawn.
 */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, rows, columns, rowKey, onActivate, onBack } = props;
  const [filter, setFilter] = useState("");
  const regionRef = useRef<HTMLElement>(null);
  const { shownRows, sort, sortBy } = useTableRows(props, filter);
  const focus = useRowFocus({ regionRef, rows: shownRows, rowKey, selectedKey: props.selectedKey, onActivate, onBack });
  const width = useMemo(() => minTableWidth(columns), [columns]);
  return (
    <Panel
      flush
      title={props.title ?? label}
      badge={<Badge>{countWords(shownRows.length, rows.length, props.totalRows)}</Badge>}
      note={props.note}
      actions={
        <>
          {props.actions}
          <TableFilter label={label} value={filter} onChange={setFilter} onLeave={focus.enter} />
          <ExportLinks
            label={label}
            href={props.exportHref}
            content={(format) => exportRows(format, columns, shownRows)}
          />
        </>
      }
    >
      <section
        className="table-region"
        aria-label={`${label}, table`}
        // Focusable, so that the keyboard can scroll it sideways on a narrow screen.
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
        ref={regionRef}
        onKeyDown={focus.onKeyDown}
      >
        <table
          className="table"
          role={onActivate === undefined ? undefined : "grid"}
          aria-label={label}
          aria-rowcount={shownRows.length + 1}
          style={{ minWidth: width }}
        >
          <TableHead columns={columns} sort={sort} onSort={sortBy} />
          <TableBody {...props} rows={shownRows} regionRef={regionRef} focus={focus} />
          {props.total !== undefined && <TableTotal columns={columns} row={props.total} />}
        </table>
        {rows.length === 0 && props.empty}
        {rows.length > 0 && shownRows.length === 0 && (
          <p className="table-nothing">
            Nothing here contains “{filter}”. <ClearFilter onClear={() => setFilter("")} />
          </p>
        )}
      </section>
      {props.footer !== undefined && <div className="table-foot">{props.footer}</div>}
    </Panel>
  );
}

function ClearFilter({ onClear }: { onClear(): void }) {
  return (
    <button type="button" className="button small" onClick={onClear}>
      Clear the filter
    </button>
  );
}

function countWords(shown: number, loaded: number, total = loaded): string {
  if (shown < loaded) return `${formatCount(shown)} of ${formatCount(total)}`;
  return loaded < total ? `first ${formatCount(loaded)} of ${formatCount(total)}` : formatCount(total);
}
