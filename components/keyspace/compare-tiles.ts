import { type ColorScale, changeWords } from "@/components/keyspace/color-scales";
import { LEAST_PART, MAX_TILES, nameOf, type Tile, toRestTile } from "@/components/keyspace/tiles";
import { toVisibleText } from "@/components/ui/visible-text";
import type { CompareAnswer, CompareRow } from "@/lib/api/compare";
import { changeColor, inkOn } from "@/lib/model/heat-color";
import { formatBytes, formatBytesChange, formatRatio } from "@/lib/model/units";

/** The tiles of a comparison: as large as what is there now, coloured by what changed; the gone ones have none. */
export interface CompareTiles {
  tiles: Tile<CompareRow>[];
  gone: CompareRow[];
  scale: Pick<ColorScale, "isChange" | "marks">;
}

/** A child that holds nearly all of its parent at both instants: its own children say more. */
const NEARLY_ALL = 0.9;
/** The least change that takes the end of the scale. */
const LEAST_CHANGE_BYTES = 1_024;

/** The child to look through; null when none stands for the whole. */
export function findDominantChange(answer: CompareAnswer | undefined): CompareRow | null {
  if (!answer?.parent) return null;
  const { before, after } = answer.parent;
  const isDominant = (row: CompareRow) =>
    row.hasChildren &&
    row.after.liveBytes > 0 &&
    row.after.liveBytes >= after.liveBytes * NEARLY_ALL &&
    row.before.liveBytes >= before.liveBytes * NEARLY_ALL;
  return answer.items.find(isDominant) ?? null;
}

/** Turns compared rows into tiles, the heaviest first. Rows below `seenThrough` are named below it. */
export function toCompareTiles(
  rows: readonly CompareRow[],
  { parent, seenThrough }: { parent: string; seenThrough: string | null },
): CompareTiles {
  const most = Math.max(LEAST_CHANGE_BYTES, ...rows.map(({ changeBytes }) => Math.abs(changeBytes)));
  const there = rows
    .filter((row) => row.after.liveBytes > 0)
    .sort((a, b) => b.after.liveBytes - a.after.liveBytes || (a.prefix < b.prefix ? -1 : 1));
  const total = there.reduce((sum, { after }) => sum + after.liveBytes, 0);
  const shown = there.slice(0, MAX_TILES).filter(({ after }) => after.liveBytes >= total * LEAST_PART);
  const tiles = shown.map((row) => {
    const isBelow = seenThrough !== null && row.prefix.startsWith(seenThrough);
    return toTile(row, { most, total, name: compareName(row, isBelow ? seenThrough : parent) });
  });
  const rest = total - shown.reduce((sum, { after }) => sum + after.liveBytes, 0);
  if (rest > total * LEAST_PART) tiles.push(toRestTile(rest, total, formatBytes(rest)));
  return { tiles, gone: rows.filter(({ status }) => status === "gone"), scale: toScale(most) };
}

/** A row's name below its parent. */
export function compareName({ kind, prefix }: Pick<CompareRow, "kind" | "prefix">, parent: string): string {
  if (kind === "direct") return "keys right here";
  if (kind === "rest") return "all others";
  return nameOf({ kind, prefix }, parent);
}

/** Tells a compared row from its siblings. */
export function compareRowId({ kind, prefix }: Pick<CompareRow, "kind" | "prefix">): string {
  return `${kind} ${prefix}`;
}

function toTile(
  row: CompareRow,
  { most, total, name }: { most: number; total: number; name: string },
): Tile<CompareRow> {
  const { changeBytes, before, after, status } = row;
  // The root spreads small changes apart; the legend's ends stay what they are.
  const fill = changeColor(Math.sign(changeBytes) * Math.sqrt(Math.abs(changeBytes) / most));
  const change = status === "new" ? "new" : `${changeWords(changeBytes)}, from ${formatBytes(before.liveBytes)}`;
  const part = formatRatio(after.liveBytes / total);
  return {
    id: compareRowId(row),
    row,
    name,
    weight: after.liveBytes,
    value: status === "new" ? `new, ${formatBytes(after.liveBytes)}` : formatBytesChange(changeBytes),
    fill,
    ink: inkOn(fill),
    words: `${toVisibleText(name)}: ${formatBytes(after.liveBytes)} live, ${part} of the whole; ${change}`,
  };
}

function toScale(most: number): CompareTiles["scale"] {
  return {
    isChange: true,
    marks: [
      { at: 0, words: formatBytesChange(-most) },
      { at: 0.5, words: "0" },
      { at: 1, words: formatBytesChange(most) },
    ],
  };
}
