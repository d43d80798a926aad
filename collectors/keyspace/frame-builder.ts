import type { KeyspaceFigures } from "@/collectors/keyspace/keyspace-model";
import { type Figure, type Figures, OWN_COUNTERS, OWN_GAUGES, ROOT } from "@/collectors/keyspace/prefix-tree";
import { emptyFrameCells, FRAME_COUNTERS, FRAME_GAUGES, type FrameCells } from "@/lib/model/frame";

/**
 * What happened between two looks at the figures: the whole keyspace and the slots that changed, their gauges now, their
 * counts in between.
 */
export function changedCells(before: Figures | null, now: KeyspaceFigures): FrameCells {
  return pickCells(before, now, markChanged(before, now));
}

/** The same, with every slot that holds keys beside those that changed. */
export function allCells(before: Figures | null, now: KeyspaceFigures): FrameCells {
  const isWanted = markChanged(before, now);
  for (let slot = 0; slot < isWanted.length; slot++) if ((now.keys[slot] as number) > 0) isWanted[slot] = 1;
  return pickCells(before, now, isWanted);
}

/** A cell of a frame as plain numbers; slot 0 is the whole keyspace. */
export function cellTotals(before: Figures | null, now: KeyspaceFigures, slot: number): Record<Figure, number> {
  const totals = {} as Record<Figure, number>;
  for (const gauge of OWN_GAUGES) totals[gauge] = now[gauge][slot] as number;
  for (const counter of OWN_COUNTERS) totals[counter] = increase(before, now, counter, slot);
  return totals;
}

/** Figure by figure, as each is an array: a cluster has thousands of slots. `before` may be shorter than `now`. */
function pickCells(before: Figures | null, now: KeyspaceFigures, isWanted: Uint8Array): FrameCells {
  const slots: number[] = [];
  for (let slot = 0; slot < isWanted.length; slot++) if (slot === ROOT || isWanted[slot] === 1) slots.push(slot);
  const cells = emptyFrameCells(slots.length);
  cells.slots.set(slots);
  for (const gauge of FRAME_GAUGES) pick(now[gauge], null, cells.slots, cells[gauge]);
  for (const counter of FRAME_COUNTERS) pick(now[counter], before?.[counter] ?? null, cells.slots, cells[counter]);
  return cells;
}

function pick(now: Float64Array, before: Float64Array | null, slots: Int32Array, cells: Float64Array): void {
  const known = before?.length ?? 0;
  for (let i = 0; i < slots.length; i++) {
    const slot = slots[i] as number;
    cells[i] = (now[slot] as number) - (slot < known ? ((before as Float64Array)[slot] as number) : 0);
  }
}

/** 1 for every slot in which something was written or differs. */
function markChanged(before: Figures | null, now: KeyspaceFigures): Uint8Array {
  const isChanged = new Uint8Array(now.keys.length);
  for (const figure of CHANGING) markDifferent(now[figure], before?.[figure] ?? null, isChanged);
  return isChanged;
}

function markDifferent(now: Float64Array, before: Float64Array | null, isChanged: Uint8Array): void {
  const known = before?.length ?? 0;
  for (let slot = 0; slot < now.length; slot++) {
    if (now[slot] !== (slot < known ? (before as Float64Array)[slot] : 0)) isChanged[slot] = 1;
  }
}

/** Counters that no write leaves as they are, and the gauges. */
const CHANGING: readonly Figure[] = ["puts", "deletes", ...OWN_GAUGES];

/** `before` may be shorter: its slots are the first of `now`. */
function increase(before: Figures | null, now: KeyspaceFigures, counter: Figure, slot: number): number {
  return (now[counter][slot] as number) - (before?.[counter][slot] ?? 0);
}
