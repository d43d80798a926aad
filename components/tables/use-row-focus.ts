"use client";

import { type KeyboardEvent, type RefObject, useLayoutEffect, useRef, useState } from "react";
import { targetIndex } from "@/components/tables/row-keys";

export interface RowFocus {
  /** The one row that Tab reaches. */
  activeIndex: number;
  /** Bring the row into sight, also when it is not drawn; set by the body. */
  scrollToIndex: RefObject<(index: number) => void>;
  onKeyDown(event: KeyboardEvent<HTMLElement>): void;
  onRowFocus(index: number): void;
  /** Puts the focus on the active row. */
  enter(): void;
}

/**
 * Walking the rows by keyboard: one row is in the tab order, arrows move it, Enter and Right open it, Left and Backspace
 * go back. When the rows are replaced while one had the focus (one drilled into it), the focus goes to the selected row
 * or the first, so that the walk goes on.
 */
export function useRowFocus<Row>(props: {
  regionRef: RefObject<HTMLElement | null>;
  rows: readonly Row[];
  rowKey(row: Row): string;
  selectedKey?: string | null | undefined;
  onActivate?: ((row: Row) => void) | undefined;
  onBack?: (() => void) | undefined;
}): RowFocus {
  const { regionRef, rows, rowKey, selectedKey, onActivate, onBack } = props;
  const [activeKey, setActiveKey] = useState<string | null>(null);
  const hadFocus = useRef(false);
  const scrollToIndex = useRef<(index: number) => void>(() => {});
  const indexOf = (key: string | null | undefined) => (key == null ? -1 : rows.findIndex((row) => rowKey(row) === key));
  const activeIndex = Math.max(0, firstFound(indexOf(activeKey), indexOf(selectedKey)));

  const focusRow = (index: number) => {
    const row = rows[index];
    if (row === undefined) return;
    setActiveKey(rowKey(row));
    scrollToIndex.current(index);
    // A row out of sight is drawn only after the scroll.
    requestAnimationFrame(() => findRow(regionRef.current, index)?.focus());
  };

  useLayoutEffect(() => {
    const region = regionRef.current;
    if (region === null) return;
    if (hadFocus.current && document.activeElement === document.body) findRow(region, activeIndex)?.focus();
    const noteFocus = () => {
      // Only leaving for something else counts: a focused row that is taken away leaves for nothing.
      hadFocus.current = document.activeElement !== document.body ? isRow(document.activeElement) : hadFocus.current;
    };
    document.addEventListener("focusin", noteFocus);
    return () => document.removeEventListener("focusin", noteFocus);
  });

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.altKey || event.ctrlKey || event.metaKey || !(event.target instanceof HTMLElement)) return;
    if (onBack !== undefined && (event.key === "Backspace" || event.key === "ArrowLeft") && isRow(event.target)) {
      event.preventDefault();
      onBack();
      return;
    }
    if (!isRow(event.target)) return;
    // The row that has the focus, which it may have got before we could hear of it.
    const index = Number(event.target.dataset.index);
    const target = targetIndex(event.key, index, rows.length);
    const active = rows[index];
    if (target !== null) focusRow(target);
    else if (
      active !== undefined &&
      onActivate !== undefined &&
      (event.key === "Enter" || event.key === "ArrowRight")
    ) {
      onActivate(active);
    } else return;
    event.preventDefault();
  };

  const onRowFocus = (index: number) => {
    const row = rows[index];
    if (row !== undefined) setActiveKey(rowKey(row));
  };
  return { activeIndex, scrollToIndex, onKeyDown, onRowFocus, enter: () => focusRow(activeIndex) };
}

function firstFound(...indexes: number[]): number {
  return indexes.find((index) => index >= 0) ?? -1;
}

function isRow(element: Element | null): boolean {
  return element instanceof HTMLTableRowElement;
}

function findRow(region: HTMLElement | null, index: number): HTMLElement | null {
  return region?.querySelector<HTMLElement>(`tr[data-index="${index}"]`) ?? null;
}
