import type { TrafficIdentity } from "@/lib/model/traffic";
import { addFigures, cellKey, emptyFigures, type TrafficCell } from "@/lib/model/traffic-cells";

/**
 * Keeps the number of cells within bounds: the lightest give up what tells them apart, one step after the other, and go
 * on together. Every figure stays in the sum, and what was done by verb, resource and code stays exact for as long as
 * those alone find room.
 */

/** What is given up, first to last. */
const STEPS: readonly Partial<TrafficIdentity>[] = [
  { namespace: null, sourceAddress: null },
  { namespace: null, sourceAddress: null, user: null },
  { namespace: null, sourceAddress: null, user: null, userAgent: null },
];
/** What a cell stands for when even verb, resource and code have too many values. */
export const EVERYTHING_ELSE: TrafficIdentity = {
  verb: null,
  resource: null,
  namespace: null,
  user: null,
  userAgent: null,
  sourceAddress: null,
  code: null,
};

/**
 * Folds the lightest cells until no more than `limit` are left; the heavier half of what may stay is touched last. They give
 * up no more than has to be. Answers how many cells that stood for themselves were folded. `cells` is by `cellKey`.
 */
export function foldCells(cells: Map<string, TrafficCell>, limit: number): number {
  if (cells.size <= limit) return 0;
  const ascending = lightestFirst(cells);
  const light = ascending.slice(0, cells.size - Math.floor(limit / 2));
  const coarsenings = STEPS.map((step) => (identity: TrafficIdentity) => ({ ...identity, ...step }));
  for (const some of [light, ascending]) {
    for (const toCoarser of coarsenings) {
      const fold = planFold(cells, some, toCoarser);
      if (fold.sizeAfter <= limit) return foldUntil(cells, limit, fold.moves);
    }
  }
  const rest = planFold(cells, ascending, coarsenings[coarsenings.length - 1] as (typeof coarsenings)[number]);
  const folded = foldUntil(cells, limit, rest.moves);
  return folded + foldUntil(cells, limit, planFold(cells, lightestFirst(cells), () => EVERYTHING_ELSE).moves);
}

/**
 * Folds the lightest of the cells that are not in the dictionary until it has room for the rest: into one for each verb,
 * resource and code, or with `isLast` into one for everything. Answers how many cells that stood for themselves were folded.
 */
export function foldStrangers(cells: Map<string, TrafficCell>, room: number, { isLast }: { isLast: boolean }): number {
  const strangers = lightestFirst(cells).filter(({ cell }) => cell.cellId === null);
  const toCoarser = (identity: TrafficIdentity) =>
    isLast
      ? EVERYTHING_ELSE
      : { ...EVERYTHING_ELSE, verb: identity.verb, resource: identity.resource, code: identity.code };
  const limit = cells.size - strangers.length + Math.max(0, room);
  return foldUntil(cells, limit, planFold(cells, strangers, toCoarser).moves);
}

interface Entry {
  key: string;
  cell: TrafficCell;
}

interface Move extends Entry {
  identity: TrafficIdentity;
  coarserKey: string;
}

/** What folding all of these would come to. */
function planFold(
  cells: ReadonlyMap<string, TrafficCell>,
  entries: readonly Entry[],
  toCoarser: (identity: TrafficIdentity) => TrafficIdentity,
): { moves: Move[]; sizeAfter: number } {
  const moves: Move[] = [];
  const fresh = new Set<string>();
  for (const { key, cell } of entries) {
    const identity = toCoarser(cell.identity);
    const coarserKey = cellKey(identity, true);
    if (coarserKey === key) continue;
    moves.push({ key, cell, identity, coarserKey });
    fresh.add(coarserKey);
  }
  let sizeAfter = cells.size - moves.length;
  for (const key of fresh) if (!cells.has(key)) sizeAfter++;
  return { moves, sizeAfter };
}

/** Folds in order until no more than `limit` are left. */
function foldUntil(cells: Map<string, TrafficCell>, limit: number, moves: readonly Move[]): number {
  let folded = 0;
  for (const { key, cell, identity, coarserKey } of moves) {
    if (cells.size <= limit) break;
    const current = cells.get(key) ?? cell; // others may have been folded into it
    cells.delete(key);
    addCell(cells, coarserKey, { identity, isFolded: true, cellId: null, figures: current.figures });
    if (!cell.isFolded) folded++;
  }
  return folded;
}

/** Adds a cell to those of its key; the figures that are there are changed in place, those of `cell` never. */
export function addCell(cells: Map<string, TrafficCell>, key: string, cell: TrafficCell): void {
  const there = cells.get(key);
  if (there === undefined) {
    const figures = emptyFigures();
    addFigures(figures, cell.figures);
    cells.set(key, { ...cell, figures });
    return;
  }
  addFigures(there.figures, cell.figures);
  there.cellId ??= cell.cellId;
}

/** Of equally heavy ones those that are not in the dictionary yet come first. */
function lightestFirst(cells: ReadonlyMap<string, TrafficCell>): Entry[] {
  const entries = Array.from(cells, ([key, cell]) => ({ key, cell }));
  return entries.sort(
    (a, b) =>
      a.cell.figures.requests - b.cell.figures.requests ||
      Number(a.cell.cellId !== null) - Number(b.cell.cellId !== null) ||
      (a.key < b.key ? -1 : 1),
  );
}
