import { readChoice, readRange, type SearchReader } from "@/components/keyspace/view-search";
import type { TableSort } from "@/components/tables/column";
import { MATRIX_MEASURES, type MatrixMeasure, MEASURES } from "@/components/traffic/traffic-measures";
import type { RangeParams } from "@/lib/api/common";
import { TRAFFIC_SOURCES, type TrafficDimension, type TrafficSource } from "@/lib/model/traffic";

export const DRILL_TABS = ["clients", "namespaces", "codes"] as const;
export type DrillTab = (typeof DRILL_TABS)[number];
export const SERIES_BY = ["verb", "resource", "userAgent", "code"] as const;
export type SeriesBy = (typeof SERIES_BY)[number];

/** What one looks into: a resource, a verb, or one verb on one resource. */
export interface ChosenTraffic {
  resource?: string;
  verb?: string;
}

/** What the Traffic page shows, by its query string. */
export interface TrafficState {
  range: RangeParams;
  measure: MatrixMeasure;
  chosen: ChosenTraffic;
  tab: DrillTab;
  by: SeriesBy;
  source: TrafficSource | null;
}

/** The state of the Traffic page; what the query string does not say is the first choice. */
export function readTrafficState(search: SearchReader): TrafficState {
  const resource = search.get("resource");
  const verb = search.get("verb");
  return {
    range: readRange(search),
    measure: readChoice(search, "measure", MATRIX_MEASURES),
    chosen: { ...(resource ? { resource } : {}), ...(verb ? { verb } : {}) },
    tab: readChoice(search, "tab", DRILL_TABS),
    by: readChoice(search, "by", SERIES_BY),
    source: TRAFFIC_SOURCES.find((source) => source === search.get("source")) ?? null,
  };
}

/** Most rows of a question: cells of the matrix, rows of a list. */
const CELLS = 2_000;
const ROWS = 1_000;
/** What is taken home. */
export const EXPORT_LIMIT = 5_000;

/** What the page asks the API, the same on server and browser. */
export function trafficQuestions({ range, source, chosen, tab }: TrafficState) {
  const asked = { ...range, ...(source && { source }) };
  return {
    cells: { ...asked, groupBy: "verb,resource", limit: CELLS },
    rows: { ...asked, groupBy: "resource", limit: ROWS },
    verbs: { ...asked, groupBy: "verb", limit: ROWS },
    failures: { ...asked, ...chosen, groupBy: "code,resource", sort: "errors", limit: 300 },
    drill: { ...asked, ...chosen, groupBy: DRILL_GROUPS[tab].join(","), limit: 500 },
  };
}

/** The dimensions of a tab of the drill panel. */
export const DRILL_GROUPS: Record<DrillTab, TrafficDimension[]> = {
  clients: ["userAgent", "user"],
  namespaces: ["namespace"],
  codes: ["code"],
};

/** What the chart of the page asks. */
export function trafficSeriesQuestion({ range, source, chosen, by, measure }: TrafficState) {
  return { ...range, ...chosen, ...(source && { source }), by, measure: MEASURES[measure].series, top: 8 };
}

/** The order of a table in the query string, as `sort` and `order`; else `initial`. */
export function readSort(search: SearchReader, initial: TableSort): TableSort {
  const column = search.get("sort");
  if (column === null) return initial;
  return { column, order: search.get("order") === "asc" ? "asc" : "desc" };
}
