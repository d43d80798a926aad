"use client";

import type { KeyboardEvent } from "react";
import { type CellPlace, strongestOf, timeOf } from "@/components/heatmap/heat-cells";
import type { HeatStage } from "@/components/heatmap/heat-stage";
import { reveal, zoomRows, zoomTime } from "@/components/heatmap/heat-view";

const FAR = 10;
const ZOOM_STEP = 0.7;

/**
 * What the keyboard does to a heatmap: arrows move a cursor from cell to cell, Page Up and Down by ten rows, Home and End
 * to the ends of the row, plus and minus zoom time (with shift held: rows), Enter opens the prefix, Space pins, Escape
 * unpins, then resets.
 */
export function useHeatKeys(stage: HeatStage, { onOpen, onReset }: { onOpen(cell: CellPlace): void; onReset(): void }) {
  return (event: KeyboardEvent<HTMLElement>) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== event.currentTarget) return;
    const cursor = stage.get().cursor;
    const step = STEPS[event.key];
    if (step !== undefined) moveCursor(stage, step);
    else if (event.key in ZOOMS) zoom(stage, ZOOMS[event.key] as number, event.shiftKey && event.key !== "+");
    else if (event.key === "Enter" && cursor !== null) onOpen(cursor);
    else if (event.key === " ") stage.mark({ pinned: stage.get().pinned === null ? cursor : null });
    else if (event.key === "Escape" && stage.get().pinned !== null) stage.mark({ pinned: null });
    else if (event.key === "Escape") onReset();
    else return;
    event.preventDefault();
  };
}

const STEPS: Record<string, { right?: number; down?: number }> = {
  ArrowLeft: { right: -1 },
  ArrowRight: { right: 1 },
  ArrowUp: { down: -1 },
  ArrowDown: { down: 1 },
  PageUp: { down: -FAR },
  PageDown: { down: FAR },
  Home: { right: Number.NEGATIVE_INFINITY },
  End: { right: Number.POSITIVE_INFINITY },
};
const ZOOMS: Record<string, number> = { "+": ZOOM_STEP, "=": ZOOM_STEP, "-": 1 / ZOOM_STEP, _: 1 / ZOOM_STEP };

function moveCursor(stage: HeatStage, { right = 0, down = 0 }: { right?: number; down?: number }): void {
  const { head } = stage.painting;
  const before = stage.get().cursor;
  // The first key finds the strongest cell; from there one walks.
  const cursor = before === null ? strongestInSight(stage) : step(before, right, down, head);
  if (cursor === null) return;
  const fromMs = timeOf(head).fromMs + cursor.column * head.stepMs;
  const { view } = stage.get();
  const seen = reveal(view, { row: cursor.row, fromMs, toMs: fromMs + head.stepMs }, stage.bounds);
  stage.mark({ cursor, pinned: null, hover: null });
  if (seen.fromMs !== view.fromMs || seen.top !== view.top) stage.setView(seen);
}

function step({ row, column }: CellPlace, right: number, down: number, head: { rows: unknown[]; atMs: number[] }) {
  return {
    row: Math.max(0, Math.min(head.rows.length - 1, row + down)),
    column: Math.max(0, Math.min(head.atMs.length - 1, column + right)),
  };
}

function strongestInSight(stage: HeatStage): CellPlace | null {
  const { view } = stage.get();
  const { head, values } = stage.painting;
  const column = (atMs: number) => Math.floor((atMs - timeOf(head).fromMs) / head.stepMs);
  const columns = { first: column(view.fromMs), end: column(view.toMs - 1) + 1 };
  return strongestOf({ head, values }, { first: Math.floor(view.top), end: Math.ceil(view.bottom) }, columns);
}

/** Around the cursor, else around the middle. */
function zoom(stage: HeatStage, factor: number, isRows: boolean): void {
  const { view, cursor } = stage.get();
  const { head } = stage.painting;
  const cursorMs = cursor === null ? Number.NaN : timeOf(head).fromMs + (cursor.column + 0.5) * head.stepMs;
  const ratio = isRows
    ? ((cursor?.row ?? Number.NaN) + 0.5 - view.top) / (view.bottom - view.top)
    : (cursorMs - view.fromMs) / (view.toMs - view.fromMs);
  const at = ratio >= 0 && ratio <= 1 ? ratio : 0.5;
  stage.setView((isRows ? zoomRows : zoomTime)(view, factor, at, stage.bounds));
}
