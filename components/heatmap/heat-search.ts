import {
  type ChosenPrefix,
  readChoice,
  readPrefix,
  readRange,
  type SearchReader,
} from "@/components/keyspace/view-search";
import type { RangeParams } from "@/lib/api/common";
import { COMPARE_PRESETS } from "@/lib/api/compare";
import type { HeatmapParams } from "@/lib/api/heatmap";
import { HEAT_MEASURES, type HeatMeasure } from "@/lib/model/heat-matrix";

export const HEAT_SCALES = ["log", "linear"] as const;

/** Cells that something else on the page speaks of. */
export interface Highlight {
  prefix: string;
  fromMs: number;
  toMs: number;
}

/** The rows in sight, by the names of the first and the last: a row means the same in the next answer. */
export interface RowWindow {
  first: string;
  last: string;
}

/** The state of the Heatmap page: all of it is in the URL. */
export interface HeatmapState {
  chosen: ChosenPrefix;
  range: RangeParams;
  measure: HeatMeasure;
  scale: (typeof HEAT_SCALES)[number];
  /** An offset or an instant; null: nothing is compared. */
  compare: string | null;
  highlight: Highlight | null;
  /** Null: all rows. */
  rows: RowWindow | null;
  /** −1 to 1. */
  brightness: number;
  asTable: boolean;
}

/** Reads the state of the Heatmap page from its query string; what it does not say has a default. */
export function readHeatmapState(search: SearchReader): HeatmapState {
  return {
    chosen: readPrefix(search),
    range: readRange(search),
    measure: readChoice(search, "measure", HEAT_MEASURES),
    scale: readChoice(search, "scale", HEAT_SCALES),
    compare: readCompare(search.get("compare")),
    highlight: readHighlight(search),
    rows: readRows(search),
    brightness: readBrightness(search.get("brightness")),
    asTable: search.get("view") === "table",
  };
}

/** Nearly two pixels a row: more could not be told apart. */
const PAGE_ROWS = 300;

/** What the page asks the API for. */
export function heatmapQuery({ chosen, range, measure, compare }: HeatmapState): Partial<HeatmapParams> {
  return { ...chosen, ...range, measure, rows: PAGE_ROWS, ...(compare === null ? {} : { compare }) };
}

function readCompare(text: string | null): string | null {
  if (text === null || COMPARE_PRESETS.some((offset) => offset === text)) return text;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? null : new Date(atMs).toISOString();
}

function readRows(search: SearchReader): RowWindow | null {
  const [first, last] = [search.get("first"), search.get("last")];
  return first === null || last === null ? null : { first, last };
}

function readBrightness(text: string | null): number {
  const brightness = Math.round(Number(text) * 10) / 10;
  return Math.abs(brightness) <= 1 ? brightness : 0;
}

function readHighlight(search: SearchReader): Highlight | null {
  const prefix = search.get("highlight");
  const [fromMs, toMs] = ["hfrom", "hto"].map((name) => Date.parse(search.get(name) ?? ""));
  if (prefix === null || fromMs === undefined || toMs === undefined || !(fromMs < toMs)) return null;
  return { prefix, fromMs, toMs };
}
