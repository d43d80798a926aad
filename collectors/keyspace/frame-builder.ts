import type { KeyspaceFigures } from "@/collectors/keyspace/keyspace-model";
import { type Figure, type Figures, OWN_COUNTERS, OWN_GAUGES, ROOT } from "@/collectors/keyspace/prefix-tree";
import { emptyFrameCells, FRAME_MEASURES, type FrameCells } from "@/lib/model/frame";

/**
 * What happened between two looks at the figures: the whole keyspace and the slots that changed, their gauges now, their
 * counts in between.
 */
export function changedCells(before: Figures | null, now: KeyspaceFigures): FrameCells {
  return pickCells(before, now, (slot) => hasChanged(before, now, slot));
}

/** The same, with every slot that holds keys beside those that changed. */
export function allCells(before: Figures | null, now: KeyspaceFigures): FrameCells {
  return pickCells(before, now, (slot) => (now.keys[slot] as number) > 0 || hasChanged(before, now, slot));
}

/** A cell of a frame as plain numbers; slot 0 is the whole keyspace. */
export function cellTotals(before: Figures | null, now: KeyspaceFigures, slot: number): Record<Figure, number> {
  const totals = {} as Record<Figure, number>;
  for (const gauge of OWN_GAUGES) totals[gauge] = now[gauge][slot] as number;
  for (const counter of OWN_COUNTERS) totals[counter] = increase(before, now, counter, slot);
  return totals;
}

function pickCells(before: Figures | null, now: KeyspaceFigures, wanted: (slot: number) => boolean): FrameCells {
  const slots: number[] = [];
  for (let slot = 0; slot < now.keys.length; slot++) if (slot === ROOT || wanted(slot)) slots.push(slot);
  const cells = emptyFrameCells(slots.length);
  cells.slots.set(slots);
  for (const [i, slot] of slots.entries()) {
    const totals = cellTotals(before, now, slot);
    for (const measure of FRAME_MEASURES) cells[measure][i] = totals[measure];
  }
  return cells;
}

function hasChanged(before: Figures | null, now: KeyspaceFigures, slot: number): boolean {
  if (increase(before, now, "puts", slot) > 0 || increase(before, now, "deletes", slot) > 0) return true;
  return OWN_GAUGES.some((gauge) => now[gauge][slot] !== (before?.[gauge][slot] ?? 0));
}

/** `before` may be shorter: its slots are the first of `now`. */
function increase(before: Figures | null, now: KeyspaceFigures, counter: Figure, slot: number): number {
  return (now[counter][slot] as number) - (before?.[counter][slot] ?? 0);
}
