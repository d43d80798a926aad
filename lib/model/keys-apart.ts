/** How many keys a member had at an instant. */
export interface KeyReading {
  atMs: number;
  keys: number;
}

/**
 * How many keys more (or, below 0, fewer) a member has than the leader, as far as the time between two readings does not
 * explain it: what the leader had from its last reading `slackMs` before a reading of the member to its first so much
 * after it counts as possible. Of several readings the least difference counts. Null when fewer than `fewestReadings` of
 * the member's lie between readings of the leader. `slackMs` is how far from its stated instant a reading may be.
 */
export function keysApart(
  member: readonly KeyReading[],
  leader: readonly KeyReading[],
  { slackMs = 0, fewestReadings = 1 } = {},
): number | null {
  let least: number | null = null;
  let compared = 0;
  for (const { atMs, keys } of member) {
    const first = leader.findLastIndex((reading) => reading.atMs <= atMs - slackMs);
    const last = leader.findIndex((reading) => reading.atMs >= atMs + slackMs);
    if (first < 0 || last < 0) continue;
    compared++;
    const possible = leader.slice(Math.min(first, last), Math.max(first, last) + 1).map((reading) => reading.keys);
    const [low, high] = [Math.min(...possible), Math.max(...possible)];
    const apart = keys < low ? keys - low : keys > high ? keys - high : 0;
    if (least === null || Math.abs(apart) < Math.abs(least)) least = apart;
  }
  return compared < fewestReadings ? null : least;
}
