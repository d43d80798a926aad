/** Size against written bytes: which prefixes are large, which are busy, and what the four corners are called. */

export interface ChurnFigures {
  liveBytes: number;
  /** Null: nobody watched. */
  writtenBytesPerSecond: number | null;
}

export const CORNERS = ["large-busy", "large-still", "small-busy", "small-still"] as const;
export type Corner = (typeof CORNERS)[number];

/** Where large and busy begin; null: nothing is. */
export interface ChurnLines {
  liveBytes: number | null;
  writtenBytesPerSecond: number | null;
}

/**
 * The lines that divide prefixes: large are the fewest that together hold `part` (0 to 1) of the live bytes, busy the
 * fewest that together take `part` of the written bytes. A line is the smallest figure that is on its upper side.
 */
export function divideChurn(rows: readonly ChurnFigures[], part: number): ChurnLines {
  return {
    liveBytes: leastOfLargest(
      rows.map(({ liveBytes }) => liveBytes),
      part,
    ),
    writtenBytesPerSecond: leastOfLargest(
      rows.map(({ writtenBytesPerSecond }) => writtenBytesPerSecond ?? 0),
      part,
    ),
  };
}

/** The corner a prefix is in; one whose writes are not known counts as still. */
export function cornerOf(row: ChurnFigures, lines: ChurnLines): Corner {
  const isLarge = lines.liveBytes !== null && row.liveBytes >= lines.liveBytes;
  const isBusy =
    lines.writtenBytesPerSecond !== null && (row.writtenBytesPerSecond ?? 0) >= lines.writtenBytesPerSecond;
  if (isLarge) return isBusy ? "large-busy" : "large-still";
  return isBusy ? "small-busy" : "small-still";
}

function leastOfLargest(values: readonly number[], part: number): number | null {
  const sorted = values.filter((value) => value > 0).sort((a, b) => b - a);
  const wanted = sorted.reduce((sum, value) => sum + value, 0) * part;
  let sum = 0;
  for (const value of sorted) {
    sum += value;
    if (sum >= wanted) return value;
  }
  return sorted.at(-1) ?? null;
}
