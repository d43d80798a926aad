/** Fewer steps than this say nothing. */
const FEWEST_STEPS = 3;

/**
 * By how many keys a member differed from the leader all through a time: the least of its steps. The two are not read at
 * the same instant, so a step is compared with all that the leader had from the step before to the step after. Null: too
 * little is known.
 */
export function keysApart(keys: readonly (number | null)[], leaderKeys: readonly (number | null)[]): number | null {
  let least = Number.POSITIVE_INFINITY;
  let steps = 0;
  for (const [step, own] of keys.entries()) {
    const near = [leaderKeys[step - 1], leaderKeys[step], leaderKeys[step + 1]];
    const known = near.filter((value) => value !== null && value !== undefined);
    if (own === null || known.length < near.length) continue;
    steps++;
    least = Math.min(least, Math.max(0, own - Math.max(...known), Math.min(...known) - own));
  }
  return steps < FEWEST_STEPS ? null : least;
}
