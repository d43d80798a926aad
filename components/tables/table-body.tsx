"use client";

import { defaultRangeExtractor, type Range, useVirtualizer } from "@tanstack/react-virtual";
import { clsx } from "clsx";
import { type MouseEvent, type RefObject, useEffect, useState } from "react";
import type { Column } from "@/components/tables/column";
import type { RowFocus } from "@/components/tables/use-row-focus";

const ROW_HEIGHT = 33;
const HEAD_HEIGHT = 32;
/** Fewer rows than this are all drawn: the browser's own search then finds them. */
const VIRTUAL_FROM = 100;

/** What is taken for the region's size until it is measured, on the server too. */
const INITIAL_RECT = { width: 1_000, height: 750 };

interface TableBodyProps<Row> {
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  rowKey(row: Row): string;
  selectedKey?: string | null;
  onActivate?(row: Row): void;
  regionRef: RefObject<HTMLElement | null>;
  focus: RowFocus;
}

/** The rows of a table; beyond a hundred only those in sight, between two spacers. */
export function TableBody<Row>(props: TableBodyProps<Row>) {
  const { rows, columns, regionRef, focus } = props;
  const isVirtual = rows.length > VIRTUAL_FROM;
  const virtualizer = useVirtualizer({
    count: rows.length,
    enabled: isVirtual,
    getScrollElement: () => regionRef.current,
    initialRect: INITIAL_RECT,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
    scrollPaddingStart: HEAD_HEIGHT,
    // The row with the focus stays drawn, wherever one scrolls.
    rangeExtractor: (range) => withIndex(range, focus.activeIndex),
  });
  // The region around the table is known only once all is mounted: draw again then, or nothing is until something moves.
  const [, setMounted] = useState(false);
  useEffect(() => setMounted(true), []);
  useEffect(() => {
    focus.scrollToIndex.current = (index) => {
      if (isVirtual) virtualizer.scrollToIndex(index);
    };
  });
  const drawn = isVirtual ? virtualizer.getVirtualItems() : rows.map((_, index) => ({ index, start: 0, end: 0 }));
  let endPx = 0;
  return (
    <tbody>
      {drawn.map((item) => {
        const gapPx = isVirtual ? item.start - endPx : 0;
        endPx = item.end;
        return <BodyRow key={props.rowKey(rows[item.index] as Row)} {...props} index={item.index} gapPx={gapPx} />;
      })}
      {isVirtual && <Spacer heightPx={virtualizer.getTotalSize() - endPx} columns={columns.length} />}
    </tbody>
  );
}

function BodyRow<Row>(props: TableBodyProps<Row> & { index: number; gapPx: number }) {
  const { columns, index, focus, onActivate, gapPx } = props;
  const row = props.rows[index] as Row;
  const isSelected = props.selectedKey != null && props.selectedKey === props.rowKey(row);
  return (
    <>
      {gapPx > 0 && <Spacer heightPx={gapPx} columns={columns.length} />}
      <tr
        data-index={index}
        aria-rowindex={index + 2}
        aria-selected={onActivate === undefined ? undefined : isSelected}
        className={clsx(isSelected && "selected", onActivate !== undefined && "opens")}
        tabIndex={index === focus.activeIndex ? 0 : -1}
        onFocus={() => focus.onRowFocus(index)}
        onClick={onActivate === undefined ? undefined : (event) => !isSomethingElse(event) && onActivate(row)}
      >
        {columns.map((column) => (
          <td key={column.id} className={column.numeric ? "num" : undefined}>
            {column.cell === undefined ? (column.value(row) ?? <span className="faint">–</span>) : column.cell(row)}
          </td>
        ))}
      </tr>
    </>
  );
}

function Spacer({ heightPx, columns }: { heightPx: number; columns: number }) {
  if (heightPx <= 0) return null;
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: this row stands for rows not drawn and takes no focus
    <tr className="table-spacer" aria-hidden="true">
      <td colSpan={columns} style={{ height: heightPx }} />
    </tr>
  );
}

/** A click on a link or button in the row, or the end of marking text, is not a click on the row. */
function isSomethingElse(event: MouseEvent<HTMLElement>): boolean {
  const isOnControl = event.target instanceof Element && event.target.closest("a, button, input, label") !== null;
  return isOnControl || (window.getSelection()?.isCollapsed === false && event.detail < 2);
}

function withIndex(range: Range, index: number): number[] {
  const indexes = defaultRangeExtractor(range);
  if (index >= range.count || indexes.includes(index)) return indexes;
  return [...indexes, index].sort((left, right) => left - right);
}
