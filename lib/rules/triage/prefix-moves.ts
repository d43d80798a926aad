import { known } from "@/lib/rules/triage/readings";
import type { Moved, PrefixFacts } from "@/lib/rules/triage/triage-facts";

/** A prefix whose writes or bytes left their calm. */
export interface PrefixMove {
  prefix: PrefixFacts;
  measure: "writes" | "writtenBytes";
  moved: Moved;
  /** Of the window's load by this measure. */
  share: number;
  /** By how much it rose, of what all prefixes rose by. */
  score: number;
}

/** Against the calm time; of the window's load; and at least so much more (rules.md, C0). */
export const MOVED_TIMES = 3;
export const MIN_SHARE = 0.2;
export const FLOORS = { writes: 5, writtenBytes: 65_536 } as const;
/** A deeper prefix with so much of a mover's rise is the better name for it. */
const SAME_RISE = 0.8;

/** The prefix whose rise is the greatest part of all; the most exact name for it. Null: none moved. */
export function findMover(prefixes: readonly PrefixFacts[]): PrefixMove | null {
  const moves = [...listMoves(prefixes, "writes"), ...listMoves(prefixes, "writtenBytes")];
  const [first] = moves.sort((a, b) => b.score - a.score || b.share - a.share);
  if (first === undefined) return null;
  return moves.reduce((best, move) => (isCloser(move, best) ? move : best), first);
}

/** Whether a figure has moved beside its calm, by three times and by the floor. */
export function hasMoved(moved: Moved, floor: number): boolean {
  const window = known(moved.window);
  const calm = known(moved.calm);
  if (calm === null) return false;
  if (window !== null && window >= calm * MOVED_TIMES && window - calm >= floor) return true;
  // A short burst in a long window: it left its band, far above the worst of the calm time.
  const worst = known(moved.worst);
  const calmWorst = Math.max(calm, known(moved.calmWorst) ?? 0);
  return (
    known(moved.movedAtMs) !== null && worst !== null && worst >= calmWorst * MOVED_TIMES && worst - calmWorst >= floor
  );
}

function listMoves(prefixes: readonly PrefixFacts[], measure: PrefixMove["measure"]): PrefixMove[] {
  const rises = prefixes.map((prefix) => rise(prefix[measure]));
  // Prefixes may lie within each other, so what rose is at most what the strongest of them rose by, and more: shares only rank.
  const total = Math.max(1e-9, ...rises);
  return prefixes.flatMap((prefix, at) => {
    const moved = prefix[measure];
    const share = known(measure === "writes" ? prefix.writesShare : prefix.bytesShare) ?? 0;
    if (share < MIN_SHARE || !hasMoved(moved, FLOORS[measure])) return [];
    return [{ prefix, measure, moved, share, score: ((rises[at] as number) / total) * Math.min(1, share) }];
  });
}

function rise(moved: Moved): number {
  return Math.max(0, (known(moved.window) ?? 0) - (known(moved.calm) ?? 0));
}

function isCloser(move: PrefixMove, best: PrefixMove): boolean {
  return (
    move.measure === best.measure &&
    move.prefix.prefix.length > best.prefix.prefix.length &&
    move.prefix.prefix.startsWith(best.prefix.prefix) &&
    rise(move.moved) >= rise(best.moved) * SAME_RISE
  );
}
