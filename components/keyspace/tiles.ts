import type { Area, Color } from "@/components/keyspace/keyspace-search";
import { toVisibleText } from "@/components/ui/visible-text";
import type { PrefixesAnswer, PrefixRow } from "@/lib/api/prefixes";
import { changeColor, heatColor, inkOn, logRatio } from "@/lib/model/heat-color";
import {
  formatBytes,
  formatBytesChange,
  formatCount,
  formatDuration,
  formatPerSecond,
  formatRatio,
} from "@/lib/model/units";

/** One rectangle of the treemap. */
export interface Tile {
  id: string;
  /** Null: what has no tile of its own. */
  row: PrefixRow | null;
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

/** How figures become colours, and how the legend says it: positions from 0 to 1 with their words. */
export interface ColorScale {
  color: Color;
  isChange: boolean;
  marks: { at: number; words: string }[];
  of(row: PrefixRow): { fill: string; words: string } | null;
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
const MAX_TILES = 90;
/** What takes a smaller part of the area than this cannot be seen. */
const LEAST_PART = 1 / 3_000;
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
  if (rest > total * LEAST_PART) tiles.push(toRestTile(rest, total, area));
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
  return row[area];
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
  writes: (value) => value,
};

function toRestTile(weight: number, total: number, area: Area): Tile {
  const value = formatArea(weight, area);
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

function changeWords(bytes: number): string {
  if (bytes === 0) return "unchanged";
  return `${bytes > 0 ? "grew" : "shrank"} by ${formatBytes(Math.abs(bytes))}`;
}

function toColorScale(question: TileQuestion): ColorScale {
  const { rows, color } = question;
  if (color === "growth") return growthScale(rows);
  if (color === "lastWrite") return lastWriteScale(rows, question);
  if (color === "largestValue") return largestValueScale(rows);
  return writesScale(rows);
}

const LEAST_RATE = 0.01;

function writesScale(rows: readonly PrefixRow[]): ColorScale {
  const most = Math.max(1, ...rows.map((row) => row.writesPerSecond ?? 0));
  return {
    color: "writes",
    isChange: false,
    marks: toMarks(LEAST_RATE, most, (rate) => `${formatPerSecond(rate)}/s`),
    of({ writesPerSecond }) {
      if (writesPerSecond === null) return null;
      const fill = heatColor(logRatio(writesPerSecond, LEAST_RATE, most));
      return { fill, words: `${formatPerSecond(writesPerSecond)} writes per second` };
    },
  };
}

function largestValueScale(rows: readonly PrefixRow[]): ColorScale {
  const least = 64;
  const most = Math.max(1_024, ...rows.map((row) => row.largestValueBytes));
  return {
    color: "largestValue",
    isChange: false,
    marks: toMarks(least, most, formatBytes),
    of({ largestValueBytes }) {
      const fill = heatColor(logRatio(largestValueBytes, least, most));
      return { fill, words: `largest value ${formatBytes(largestValueBytes)}` };
    },
  };
}

const LEAST_AGE_MS = 10_000; // dates are slices of ten seconds
const HOUR_MS = 3_600_000;

/** Recent is bright: it is where something happens. What is older than the clock is as dark as it gets. */
function lastWriteScale(rows: readonly PrefixRow[], { at, clockSince }: TileQuestion): ColorScale {
  const nowMs = at === null ? Number.NaN : Date.parse(at);
  const ageOf = ({ newestModAt }: PrefixRow) =>
    newestModAt === null ? null : Math.max(LEAST_AGE_MS, nowMs - Date.parse(newestModAt));
  const clockMs = clockSince === null ? 0 : nowMs - Date.parse(clockSince);
  const most = Math.max(HOUR_MS, clockMs || 0, ...rows.map((row) => ageOf(row) ?? 0));
  const marks = toMarks(LEAST_AGE_MS, most, formatDuration);
  return {
    color: "lastWrite",
    isChange: false,
    marks: marks.map(({ at: place, words }) => ({ at: 1 - place, words: words.replace("≤", "<") })).reverse(),
    of(row) {
      const ageMs = ageOf(row);
      if (ageMs !== null && Number.isFinite(ageMs)) {
        const fill = heatColor(1 - logRatio(ageMs, LEAST_AGE_MS, most));
        return { fill, words: `last written ${formatDuration(ageMs)} before` };
      }
      if (row.newestModRevision === null || clockSince === null) return null;
      return { fill: heatColor(0), words: "last written before the revision clock begins" };
    },
  };
}

function growthScale(rows: readonly PrefixRow[]): ColorScale {
  const most = Math.max(1_024, ...rows.map((row) => Math.abs(row.growthBytes ?? 0)));
  return {
    color: "growth",
    isChange: true,
    marks: [
      { at: 0, words: formatBytesChange(-most) },
      { at: 0.5, words: "0" },
      { at: 1, words: formatBytesChange(most) },
    ],
    of({ growthBytes }) {
      if (growthBytes === null) return null;
      // The root spreads small changes apart; the legend's ends stay what they are.
      const ratio = Math.sign(growthBytes) * Math.sqrt(Math.abs(growthBytes) / most);
      return { fill: changeColor(ratio), words: changeWords(growthBytes) };
    },
  };
}

function toMarks(least: number, most: number, format: (value: number) => string): ColorScale["marks"] {
  const middle = Math.sqrt(least * most);
  return [
    { at: 0, words: `≤ ${format(least)}` },
    { at: 0.5, words: format(middle) },
    { at: 1, words: format(most) },
  ];
}
