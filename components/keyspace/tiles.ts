import { type ColorScale, changeWords, toColorScale } from "@/components/keyspace/color-scales";
import type { Area, Color } from "@/components/keyspace/keyspace-search";
import { toVisibleText } from "@/components/ui/visible-text";
import type { PrefixesAnswer, PrefixRow } from "@/lib/api/prefixes";
import { inkOn } from "@/lib/model/heat-color";
import { formatBytes, formatBytesChange, formatCount, formatPerSecond, formatRatio } from "@/lib/model/units";

/** One rectangle of the treemap. */
export interface Tile<Row = PrefixRow> {
  id: string;
  /** Null: what has no tile of its own. */
  row: Row | null;
  /** Its name, relative to the parent. */
  name: string;
  weight: number;
  /** The figure its area stands for, in words. */
  value: string;
  fill: string;
  ink: string;
  /** Everything it shows, as one sentence. */
  words: string;
}

/** The tiles of a treemap, the heaviest first, and what of it could not be drawn. */
export interface Tiles {
  tiles: Tile[];
  /** Children without any area: nothing of the measure, or not known. */
  without: number;
  scale: ColorScale;
}

export interface TileQuestion {
  parent: PrefixRow | null;
  rows: readonly PrefixRow[];
  area: Area;
  color: Color;
  /** The instant the rows are complete up to, and where the revision clock begins; RFC 3339. */
  at: string | null;
  clockSince: string | null;
  /** The child that is looked through: its children are among `rows` in its stead. */
  seenThrough: string | null;
}

/** More rectangles than this cannot be told apart. */
export const MAX_TILES = 90;
/** What takes a smaller part of the area than this cannot be seen. */
export const LEAST_PART = 1 / 3_000;
const UNKNOWN_FILL = "rgb(98 108 126)";

/** Turns the children of a prefix into tiles. Small ones and those not listed share one at the end. */
export function toTiles(question: TileQuestion): Tiles {
  const { parent, area } = question;
  const rows = distinct(question.rows);
  const scale = toColorScale({ ...question, rows });
  const weighed = rows
    .map((row) => ({ row, weight: areaOf(row, area) ?? 0 }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight);
  const listed = weighed.reduce((sum, { weight }) => sum + weight, 0);
  const total = Math.max(listed, area === "growth" || parent === null ? 0 : (areaOf(parent, area) ?? 0));
  const shown = weighed.slice(0, MAX_TILES).filter(({ weight }) => weight >= total * LEAST_PART);
  const tiles = shown.map(({ row, weight }) => toTile({ row, weight, total, scale, ...question }));
  const rest = total - shown.reduce((sum, { weight }) => sum + weight, 0);
  if (rest > total * LEAST_PART) tiles.push(toRestTile(rest, total, formatArea(rest, area)));
  return { tiles, without: rows.length - weighed.length, scale };
}

/** A child may be listed twice: as one that grew most and as one that shrank most. An *other* row has its parent's name. */
function distinct(rows: readonly PrefixRow[]): PrefixRow[] {
  return [...new Map(rows.map((row) => [rowId(row), row])).values()];
}

/** Tells a row from its siblings. */
export function rowId({ kind, prefix }: Pick<PrefixRow, "kind" | "prefix">): string {
  return `${kind} ${prefix}`;
}

/** A child that takes nearly the whole area; drawing its own children instead says more. */
export function findDominant(answer: PrefixesAnswer | undefined, area: Area): PrefixRow | null {
  if (!answer?.parent || area === "growth") return null;
  const total = areaOf(answer.parent, area) ?? 0;
  const isDominant = (row: PrefixRow) => row.hasChildren && (areaOf(row, area) ?? 0) >= total * NEARLY_ALL;
  return total > 0 ? (answer.items.find(isDominant) ?? null) : null;
}

const NEARLY_ALL = 0.9;

/** The colour when none is chosen: writes, where they are known for most of the area; single keys have none. */
export function defaultColor(rows: readonly PrefixRow[], area: Area): Color {
  if (area === "growth") return "growth";
  const weigh = (some: readonly PrefixRow[]) => some.reduce((sum, row) => sum + (areaOf(row, area) ?? 0), 0);
  const known = weigh(rows.filter((row) => row.writesPerSecond !== null));
  return known * 2 >= weigh(rows) ? "writes" : "largestValue";
}

function areaOf(row: PrefixRow, area: Area): number | null {
  if (area === "writes") return row.writesPerSecond;
  if (area === "growth") return row.growthBytes === null ? null : Math.abs(row.growthBytes);
  return area === "history" ? row.historyBytes : row[area];
}

function toTile(props: TileQuestion & { row: PrefixRow; weight: number; total: number; scale: ColorScale }): Tile {
  const { row, weight, total, parent, area, scale, seenThrough } = props;
  const isBelow = seenThrough !== null && row.prefix.startsWith(seenThrough);
  const name = nameOf(row, isBelow ? seenThrough : (parent?.prefix ?? ""));
  const value = area === "growth" ? formatBytesChange(row.growthBytes ?? 0) : formatArea(weight, area);
  const colored = scale.of(row);
  const fill = colored?.fill ?? UNKNOWN_FILL;
  const part = area === "growth" ? "" : `, ${formatRatio(weight / total)} of the whole`;
  const areaWords = area === "growth" ? changeWords(row.growthBytes ?? 0) : AREA_WORDS[area](value);
  const colorWords = colored && props.color !== area ? `; ${colored.words}` : "";
  const words = `${toVisibleText(name)}: ${areaWords}${part}${colorWords}`;
  return { id: rowId(row), row, name, weight, value, fill, ink: inkOn(fill), words };
}

const AREA_WORDS: Record<Exclude<Area, "growth">, (value: string) => string> = {
  liveBytes: (value) => `${value} live`,
  keys: (value) => value,
  history: (value) => `${value} of history`,
  writes: (value) => value,
};

/** What is too small to be seen, or not listed, as one tile; `value` is its weight in words. */
export function toRestTile(weight: number, total: number, value: string): Tile<never> {
  return {
    id: "rest",
    row: null,
    name: "smaller ones",
    weight,
    value,
    fill: UNKNOWN_FILL,
    ink: inkOn(UNKNOWN_FILL),
    words: `smaller ones together: ${value}, ${formatRatio(weight / total)} of the whole`,
  };
}

/** A row's name below its parent; *other* rows are called what they are. */
export function nameOf(row: Pick<PrefixRow, "kind" | "prefix">, parent: string): string {
  if (row.kind === "other") return "other prefixes";
  const isBelow = row.prefix.length > parent.length && row.prefix.startsWith(parent);
  return isBelow ? row.prefix.slice(parent.length) : row.prefix;
}

/** A weight in the words of its measure. */
export function formatArea(weight: number, area: Area): string {
  if (area === "keys") return `${formatCount(weight)} ${weight === 1 ? "key" : "keys"}`;
  return area === "writes" ? `${formatPerSecond(weight)} writes/s` : formatBytes(weight);
}
