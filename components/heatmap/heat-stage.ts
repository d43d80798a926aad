import { type CellPlace, rowKey, timeOf } from "@/components/heatmap/heat-cells";
import { HeatPainter, type Painting } from "@/components/heatmap/heat-painter";
import type { RowWindow } from "@/components/heatmap/heat-search";
import type { HeatBounds, HeatView } from "@/components/heatmap/heat-view";
import { rowsOfWindow, windowOfRows } from "@/components/heatmap/row-window";

/** A rectangle being drawn over the cells, in parts of the width and height. */
export interface Brush {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** What moves without the page being drawn anew. */
export interface StageState {
  view: HeatView;
  /** True while the view shows all of the answer's time: it then follows the next answer. */
  follows: boolean;
  size: { width: number; height: number };
  hover: CellPlace | null;
  pinned: CellPlace | null;
  cursor: CellPlace | null;
  brush: Brush | null;
}

/** How long a view must be still before it is drawn in detail. */
const STILL_MS = 120;

/**
 * The part of a heatmap that answers to the hand: which part is in sight, where the pointer and the cursor are. Draws on
 * its canvas by itself; React parts subscribe to the state they show.
 */
export class HeatStage {
  #state: StageState;
  #painting: Painting;
  #painter: HeatPainter | null = null;
  #listeners = new Set<() => void>();
  #frame = 0;
  #still: ReturnType<typeof setTimeout> | undefined;
  #isMoving = false;
  #awaitedRows: RowWindow | null = null;

  /** Shows `rows` of the painting first, all of it where they are null or not in it. */
  constructor(painting: Painting, rows: RowWindow | null = null) {
    this.#painting = painting;
    const free = { hover: null, pinned: null, cursor: null, brush: null };
    const found = rowsOfWindow(painting.head.rows, rows);
    const view = { ...wholeView(painting), ...found };
    if (found === null) this.#awaitedRows = rows;
    this.#state = { view, follows: true, size: { width: 0, height: 0 }, ...free };
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  get = (): StageState => this.#state;

  get painting(): Painting {
    return this.#painting;
  }

  get bounds(): HeatBounds {
    return { rows: this.#painting.matrix.rows, latestMs: Math.max(Date.now(), timeOf(this.#painting.head).toMs) };
  }

  /** Draws on this canvas from now on; answers how to stop. */
  attach(canvas: HTMLCanvasElement): () => void {
    this.#painter = new HeatPainter(canvas);
    this.#schedule();
    return () => {
      this.#painter = null;
      cancelAnimationFrame(this.#frame);
      clearTimeout(this.#still);
    };
  }

  /** Takes another answer, scale or brightness. Rows stay where they are, by name. */
  show(painting: Painting): void {
    const before = this.#painting;
    if (painting === before) return;
    this.#painting = painting;
    const isOther = painting.head !== before.head;
    if (isOther) {
      const view = this.#state.follows ? { ...this.#state.view, ...timeOf(painting.head) } : this.#state.view;
      const place = (cell: CellPlace | null) => cell && moveCell(cell, before, painting);
      const { hover, pinned, cursor } = this.#state;
      const cells = { hover: place(hover), pinned: place(pinned), cursor: place(cursor) };
      const awaited = rowsOfWindow(painting.head.rows, this.#awaitedRows);
      if (awaited !== null) this.#awaitedRows = null;
      this.#set({ view: { ...keepRows(view, before, painting), ...awaited }, ...cells });
    }
    this.#schedule();
  }

  resize(width: number, height: number): void {
    this.#set({ size: { width, height } });
    this.#schedule();
  }

  /** Shows another part. Quick while it moves, in detail once it is still. */
  setView(view: HeatView): void {
    const before = this.#state;
    this.#awaitedRows = null;
    const isSameTime = view.fromMs === before.view.fromMs && view.toMs === before.view.toMs;
    this.#set({ view, follows: before.follows && isSameTime });
    this.#isMoving = true;
    clearTimeout(this.#still);
    this.#still = setTimeout(() => {
      this.#isMoving = false;
      this.#schedule();
    }, STILL_MS);
    this.#schedule();
  }

  /** Shows these rows of the same time, or all. Those that are not there yet are shown with the answer that has them. */
  showRows(rows: RowWindow | null): void {
    const found = rowsOfWindow(this.#painting.head.rows, rows);
    const { top, bottom } = found ?? wholeView(this.#painting);
    this.setView({ ...this.#state.view, top, bottom });
    if (found === null) this.#awaitedRows = rows;
  }

  /** True while rows were asked for that no answer has had. */
  get awaitsRows(): boolean {
    return this.#awaitedRows !== null;
  }

  /** The view in sight is what has been asked for: the next answer fills it. */
  follow(): void {
    this.#set({ follows: true });
  }

  /** Back to all of the answer. */
  reset(): void {
    this.setView(wholeView(this.#painting));
    this.follow();
  }

  mark(change: Partial<Pick<StageState, "hover" | "pinned" | "cursor" | "brush">>): void {
    this.#set(change);
  }

  #set(change: Partial<StageState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }

  #schedule(): void {
    if (this.#painter === null) return;
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => {
      if (this.#isMoving) this.#painter?.move(this.#painting, this.#state.view);
      else this.#painter?.repaint(this.#painting, this.#state.view);
    });
  }
}

function wholeView({ head, matrix }: Painting): HeatView {
  return { ...timeOf(head), top: 0, bottom: matrix.rows };
}

function keepRows(view: HeatView, before: Painting, now: Painting): HeatView {
  const isWhole = view.top === 0 && view.bottom === before.matrix.rows;
  const keys = now.head.rows.map(rowKey);
  const isSame = keys.length === before.head.rows.length && before.head.rows.every((row, i) => rowKey(row) === keys[i]);
  if (isSame) return view;
  const shown = isWhole ? null : rowsOfWindow(now.head.rows, windowOfRows(before.head.rows, view));
  return { ...view, ...(shown ?? { top: 0, bottom: now.matrix.rows }) };
}

/** The same cell in the next answer; null when it is no longer in it. */
function moveCell({ row, column }: CellPlace, before: Painting, now: Painting): CellPlace | null {
  const [name, atMs] = [before.head.rows[row], before.head.atMs[column]];
  if (name === undefined || atMs === undefined) return null;
  const place = now.head.rows.findIndex((other) => rowKey(other) === rowKey(name));
  const moved = Math.floor((atMs - timeOf(now.head).fromMs) / now.head.stepMs);
  return place < 0 || moved < 0 || moved >= now.head.atMs.length ? null : { row: place, column: moved };
}
