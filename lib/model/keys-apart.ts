/** How many keys a member had at an instant. */
export interface KeyReading {
  atMs: number;
  keys: number;
}

/**
 * How many keys more (or, below 0, fewer) a member has than the leader, as far as the time between two readings does not
 * explain it: each of the member's readings lies between two of the leader's, and what the leader had there counts as
 * possible. Of several readings the least difference counts. Null when no reading lies between two.
 */
export function keysApart(member: readonly KeyReading[], leader: readonly KeyReading[]): number | null {
  let least: number | null = null;
  for (const { atMs, keys } of member) {
    const before = leader.findLast((reading) => reading.atMs <= atMs);
    const after = leader.find((reading) => reading.atMs >= atMs);
    if (before === undefined || after === undefined) continue;
    const [low, high] = [Math.min(before.keys, after.keys), Math.max(before.keys, after.keys)];
    const apart = keys < low ? keys - low : keys > high ? keys - high : 0;
    if (least === null || Math.abs(apart) < Math.abs(least)) least = apart;
  }
  return least;
}
