/** What of a heatmap is in sight: a stretch of time, and rows, both with fractions. */
export interface HeatView {
  fromMs: number;
  toMs: number;
  top: number;
  bottom: number;
}

/** The area a view moves in. */
export interface HeatBounds {
  rows: number;
  /** Nothing is known of later. */
  latestMs: number;
}

export const LEAST_SPAN_MS = 60_000;
const MOST_SPAN_MS = 400 * 86_400_000;
const LEAST_ROWS = 2;

/** The view zoomed in (factor below 1) or out along time, the instant at `ratio` of its width staying in place. */
export function zoomTime(view: HeatView, factor: number, ratio: number, bounds: HeatBounds): HeatView {
  const spanMs = view.toMs - view.fromMs;
  const wantedMs = Math.max(LEAST_SPAN_MS, Math.min(MOST_SPAN_MS, spanMs * factor));
  const fromMs = view.fromMs + (spanMs - wantedMs) * ratio;
  return keepInside({ ...view, fromMs, toMs: fromMs + wantedMs }, bounds);
}

/** The same along rows. */
export function zoomRows(view: HeatView, factor: number, ratio: number, bounds: HeatBounds): HeatView {
  const span = view.bottom - view.top;
  const wanted = Math.max(Math.min(LEAST_ROWS, bounds.rows), Math.min(bounds.rows, span * factor));
  const top = view.top + (span - wanted) * ratio;
  return keepInside({ ...view, top, bottom: top + wanted }, bounds);
}

/** The view moved by parts of its own width and height. */
export function pan(view: HeatView, right: number, down: number, bounds: HeatBounds): HeatView {
  const movedMs = right * (view.toMs - view.fromMs);
  const moved = down * (view.bottom - view.top);
  return keepInside(
    { fromMs: view.fromMs + movedMs, toMs: view.toMs + movedMs, top: view.top + moved, bottom: view.bottom + moved },
    bounds,
  );
}

/** Moves a view no further than it must so that a cell is in sight. */
export function reveal(
  view: HeatView,
  cell: { row: number; fromMs: number; toMs: number },
  bounds: HeatBounds,
): HeatView {
  const spanMs = view.toMs - view.fromMs;
  const span = view.bottom - view.top;
  const lateMs = Math.max(0, cell.toMs - view.toMs) - Math.max(0, view.fromMs - cell.fromMs);
  const low = Math.max(0, cell.row + 1 - view.bottom) - Math.max(0, view.top - cell.row);
  return pan(view, lateMs / spanMs, low / span, bounds);
}

function keepInside(view: HeatView, { rows, latestMs }: HeatBounds): HeatView {
  const beyondMs = Math.max(0, view.toMs - latestMs);
  const span = Math.min(rows, view.bottom - view.top);
  const top = Math.max(0, Math.min(rows - span, view.top));
  return { fromMs: view.fromMs - beyondMs, toMs: view.toMs - beyondMs, top, bottom: top + span };
}
