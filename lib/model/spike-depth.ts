/** A prefix that is out of its band, and by how much. */
export interface OutPrefix {
  slot: number;
  excess: number;
}

/** So much of a prefix's excess must lie below it for those below to be named instead. */
const CARRIED = 0.7;
/** What is spread over more is a matter of the prefix above. */
const MAX_CARRIERS = 3;

/**
 * Of prefixes that are out of their band, those whose excess lies nearly whole in a few below them: what stands for it
 * is told instead. Answers for each the nearest prefixes below it that are out too, all of them.
 */
export function findCarriers(
  out: readonly OutPrefix[],
  parentOf: (slot: number) => number | null,
): Map<number, readonly number[]> {
  const excessOf = new Map(out.map(({ slot, excess }) => [slot, excess]));
  const below = new Map<number, OutPrefix[]>();
  for (const one of out) {
    const above = findAbove(one.slot, parentOf, excessOf);
    if (above === null) continue;
    const siblings = below.get(above) ?? [];
    siblings.push(one);
    below.set(above, siblings);
  }
  const carriers = new Map<number, readonly number[]>();
  for (const [slot, children] of below) {
    const heaviest = children.map(({ excess }) => excess).sort((a, b) => b - a);
    const carried = heaviest.slice(0, MAX_CARRIERS).reduce((sum, excess) => sum + excess, 0);
    if (carried >= CARRIED * (excessOf.get(slot) as number)) {
      carriers.set(
        slot,
        children.map((child) => child.slot),
      );
    }
  }
  return carriers;
}

/** The nearest prefix above that is out too. */
function findAbove(
  slot: number,
  parentOf: (slot: number) => number | null,
  out: ReadonlyMap<number, number>,
): number | null {
  for (let above = parentOf(slot); above !== null; above = parentOf(above)) if (out.has(above)) return above;
  return null;
}
