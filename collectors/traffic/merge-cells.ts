import type { CellDictionary, CellSource } from "@/collectors/traffic/cell-dictionary";
import type { TrafficFigures } from "@/lib/model/traffic";
import { addFigures, cellKey, type TrafficCell } from "@/lib/model/traffic-cells";
import { addCell, EVERYTHING_ELSE, foldCells, foldStrangers } from "@/lib/model/traffic-folding";

export interface CellMerge {
  source: CellSource;
  atMs: number;
  /** Cells there may be at most. */
  limit: number;
  /** By their id in the dictionary; changed in place. */
  before: Map<number, TrafficFigures>;
  /** By `cellKey`; changed in place. */
  added: Map<string, TrafficCell>;
}

/** Adds cells to those of a minute or hour, by their ids; what has no room is folded. New cells enter the dictionary. */
export async function mergeCells(
  dictionary: CellDictionary,
  merge: CellMerge,
): Promise<{ cells: Map<number, TrafficFigures>; foldedCells: number }> {
  const { source, atMs, limit, before, added } = merge;
  await dictionary.lookUp(source, [...added.values()]);
  let foldedCells = 0;
  let cells = added;
  if (countTogether(before, added) > limit) {
    cells = await toKeys(dictionary, before);
    for (const [key, cell] of added) addCell(cells, key, cell);
    before.clear();
    foldedCells += foldCells(cells, limit);
    await dictionary.lookUp(source, [...cells.values()]);
  }
  foldedCells += await makeRoom(dictionary, source, cells);
  await dictionary.insert(source, [...cells.values()], atMs);
  await dictionary.touch(source, [...cells.values()], atMs);
  for (const { cellId, figures } of cells.values()) {
    const there = before.get(cellId as number);
    if (there === undefined) before.set(cellId as number, figures);
    else addFigures(there, figures);
  }
  return { cells: before, foldedCells };
}

function countTogether(before: ReadonlyMap<number, unknown>, added: ReadonlyMap<string, TrafficCell>): number {
  let fresh = 0;
  for (const { cellId } of added.values()) if (cellId === null || !before.has(cellId)) fresh++;
  return before.size + fresh;
}

/** Cells by what they stand for; those the dictionary no longer knows together. */
async function toKeys(
  dictionary: CellDictionary,
  cells: ReadonlyMap<number, TrafficFigures>,
): Promise<Map<string, TrafficCell>> {
  const identities = await dictionary.identities([...cells.keys()]);
  const byKey = new Map<string, TrafficCell>();
  for (const [cellId, figures] of cells) {
    const { identity, isFolded } = identities.get(cellId) ?? { identity: EVERYTHING_ELSE, isFolded: true };
    const known = identities.has(cellId) ? cellId : null;
    addCell(byKey, cellKey(identity, isFolded), { identity, isFolded, cellId: known, figures });
  }
  return byKey;
}

/** Folds what the dictionary has no room for. */
async function makeRoom(
  dictionary: CellDictionary,
  source: CellSource,
  cells: Map<string, TrafficCell>,
): Promise<number> {
  const countStrangers = () => [...cells.values()].filter(({ cellId }) => cellId === null).length;
  if (countStrangers() === 0) return 0;
  const room = await dictionary.room();
  if (countStrangers() <= room) return 0;
  let foldedCells = foldStrangers(cells, room, { isLast: false });
  await dictionary.lookUp(source, [...cells.values()]);
  foldedCells += foldStrangers(cells, room + dictionary.spareRoom, { isLast: true });
  await dictionary.lookUp(source, [...cells.values()]);
  return foldedCells;
}
