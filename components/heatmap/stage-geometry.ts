import { type CellPlace, strongestOf, timeOf } from "@/components/heatmap/heat-cells";
import type { Brush, HeatStage } from "@/components/heatmap/heat-stage";
import type { HeatView } from "@/components/heatmap/heat-view";
import type { HeatHead } from "@/lib/model/heat-matrix";
import { cellsOfPixel } from "@/lib/model/heat-paint";

/** A rectangle in CSS pixels from the top left of the cells. */
export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** The cell at a place of the canvas: of those that share its pixel the one whose colour shows. */
export function cellAt(stage: HeatStage, { x, y }: { x: number; y: number }): CellPlace | null {
  const { view, size } = stage.get();
  const { head, values } = stage.painting;
  if (x < 0 || y < 0 || x >= size.width || y >= size.height) return null;
  const startMs = timeOf(head).fromMs;
  const [left, right] = [(view.fromMs - startMs) / head.stepMs, (view.toMs - startMs) / head.stepMs];
  const columns = cellsOfPixel(Math.floor(x), size.width, left, right);
  const rows = cellsOfPixel(Math.floor(y), size.height, view.top, view.bottom);
  return strongestOf({ head, values }, rows, columns);
}

/** Where a cell lies on the canvas. */
export function boxOfCell(
  head: HeatHead,
  cell: CellPlace,
  view: HeatView,
  size: { width: number; height: number },
): Box {
  const fromMs = timeOf(head).fromMs + cell.column * head.stepMs;
  return boxOf({ fromMs, toMs: fromMs + head.stepMs, top: cell.row, bottom: cell.row + 1 }, view, size);
}

/** Where a stretch of time and rows lies on the canvas; it may reach beyond. */
export function boxOf(part: HeatView, view: HeatView, size: { width: number; height: number }): Box {
  const xOf = (atMs: number) => ((atMs - view.fromMs) / (view.toMs - view.fromMs)) * size.width;
  const yOf = (row: number) => ((row - view.top) / (view.bottom - view.top)) * size.height;
  const [left, top] = [xOf(part.fromMs), yOf(part.top)];
  return { left, top, width: xOf(part.toMs) - left, height: yOf(part.bottom) - top };
}

/** What a brush has marked, as a view. */
export function viewOfBrush(brush: Brush, view: HeatView): HeatView {
  const spanMs = view.toMs - view.fromMs;
  const span = view.bottom - view.top;
  return {
    fromMs: view.fromMs + brush.left * spanMs,
    toMs: view.fromMs + brush.right * spanMs,
    top: view.top + brush.top * span,
    bottom: view.top + brush.bottom * span,
  };
}

/** The part of a box that is in sight; null when none is. */
export function clipBox(box: Box, size: { width: number; height: number }): Box | null {
  const left = Math.max(0, box.left);
  const top = Math.max(0, box.top);
  const width = Math.min(size.width, box.left + box.width) - left;
  const height = Math.min(size.height, box.top + box.height) - top;
  return width <= 0 || height <= 0 ? null : { left, top, width, height };
}
