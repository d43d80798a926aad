import { readCompare } from "@/components/keyspace/compare-search";
import {
  type ChosenPrefix,
  readChoice,
  readPrefix,
  readRange,
  type SearchReader,
} from "@/components/keyspace/view-search";
import type { RangeParams } from "@/lib/api/common";
import { PREFIX_SORTS, type PrefixesParams, type PrefixRow } from "@/lib/api/prefixes";

/** What the size of a tile can stand for. */
export const AREAS = ["liveBytes", "keys", "history", "writes", "growth"] as const;
export type Area = (typeof AREAS)[number];

/** What the colour of a tile can stand for. */
export const COLORS = ["writes", "lastWrite", "largestValue", "growth"] as const;
export type Color = (typeof COLORS)[number];

/** Rows a page of the table, and tiles asked for. */
export const PAGE_ROWS = 200;

/** The state of the Keyspace page: all of it is in the URL. */
export interface KeyspaceState {
  chosen: ChosenPrefix;
  area: Area;
  /** Null: not chosen; what is known decides (`defaultColor`). */
  color: Color | null;
  sort: PrefixesParams["sort"];
  order: "asc" | "desc";
  range: RangeParams;
  /** The earlier instant, or how long ago; null: not comparing. */
  compare: string | null;
}

/** Reads the state of the Keyspace page from its query string; what it does not say has a default. */
export function readKeyspace(search: SearchReader): KeyspaceState {
  const area = readChoice(search, "area", AREAS);
  const sort = PREFIX_SORTS.find((candidate) => candidate === search.get("sort")) ?? AREA_SORTS[area];
  const order = search.get("order");
  return {
    chosen: readPrefix(search),
    area,
    color: COLORS.find((candidate) => candidate === search.get("colour")) ?? null,
    sort,
    order: order === "asc" || order === "desc" ? order : sort === "prefix" ? "asc" : "desc",
    range: readRange(search),
    compare: readCompare(search),
  };
}

const AREA_SORTS = {
  liveBytes: "liveBytes",
  keys: "keys",
  history: "historyBytes",
  writes: "writesPerSecond",
  growth: "growthBytes",
} as const satisfies Record<Area, PrefixesParams["sort"]>;

/** What the table asks the API for. */
export function tableParams({ chosen, sort, order, range }: KeyspaceState) {
  return { ...toParent(chosen), ...range, sort, order, limit: PAGE_ROWS };
}

type TileParams = ReturnType<typeof tableParams>;

/** What the treemap asks for: its heaviest children. Growth has two ends. */
export function tileParams({ chosen, area, range }: KeyspaceState): [TileParams, ...TileParams[]] {
  const heaviest = { ...toParent(chosen), ...range, sort: AREA_SORTS[area], order: "desc" as const, limit: PAGE_ROWS };
  return area === "growth" ? [heaviest, { ...heaviest, order: "asc" as const }] : [heaviest];
}

/** What the treemap asks about a child it looks through. */
export function belowParams({ area, range }: KeyspaceState, dominant: Pick<PrefixRow, "prefix" | "prefixBase64">) {
  const { prefix, prefixBase64: base64 } = dominant;
  const chosen = { prefix, ...(base64 === null ? {} : { prefixBase64: base64 }) };
  return { ...toParent(chosen), ...range, sort: AREA_SORTS[area], order: "desc" as const, limit: PAGE_ROWS };
}

/** A chosen prefix as the parent of a list. */
export function toParent({ prefix, prefixBase64 }: ChosenPrefix) {
  return { parent: prefix, ...(prefixBase64 === undefined ? {} : { parentBase64: prefixBase64 }) };
}
