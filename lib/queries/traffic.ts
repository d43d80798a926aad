import type { TrafficAnswer, TrafficFigures, TrafficParams, TrafficRow } from "@/lib/api/traffic";
import type { Db } from "@/lib/db/client";
import { toQueryRange } from "@/lib/queries/query-range";
import { answerTraffic } from "@/lib/queries/traffic-answer";
import { type FigureContext, toFigures } from "@/lib/queries/traffic-figures";
import { groupCells, NO_IDENTITY, type TrafficGroups } from "@/lib/queries/traffic-groups";
import type { TrafficReading } from "@/lib/queries/traffic-reading";
import { TrafficTable } from "@/lib/queries/traffic-table";

/**
 * Requests of a range by some dimensions, from the source that knows them best. Rows that have no room of their own, and
 * what the source could not keep apart, come as one *other* row: the rows add up to the total.
 */
export async function listTraffic(
  db: Db,
  clusterId: number,
  params: TrafficParams,
  nowMs: number,
): Promise<TrafficAnswer> {
  const { groupBy, source } = params;
  const range = toQueryRange(params, nowMs);
  const answering = await answerTraffic(db, clusterId, { range, groupBy, filter: params, source, nowMs });
  const { reading, ...standing } = answering;
  const rows = reading ? toRows(reading, params) : { items: [], total: null };
  return { groupBy, ...rows, nextCursor: null, ...standing };
}

function toRows(reading: TrafficReading, params: TrafficParams): Pick<TrafficAnswer, "items" | "total"> {
  const groups = groupCells(reading.cells, { groupBy: params.groupBy, filter: params });
  const table = addUp(reading, groups);
  const { other } = groups;
  const totalRow = other + 1;
  const context: FigureContext = {
    reading,
    observedSeconds: reading.observedMs / 1_000,
    totalRequests: table.of(totalRow, "requests"),
  };
  const order = sortGroups(table, groups, { sort: params.sort, context });
  for (const group of order.slice(params.limit)) table.addRow(other, table, group);
  const origins = toOrigins(reading, groups);
  const about = (group: number) => ({ source: reading.source, origin: origins[group] ?? reading.origin });
  const items: TrafficRow[] = order.slice(0, params.limit).map((group) => ({
    ...(groups.identities[group] ?? NO_IDENTITY),
    ...toFigures(table, group, context),
    isOther: false,
    ...about(group),
  }));
  if (table.of(other, "requests") > 0) {
    const origin = reading.origin;
    items.push({ ...NO_IDENTITY, ...toFigures(table, other, context), isOther: true, source: reading.source, origin });
  }
  return { items, total: toFigures(table, totalRow, context) };
}

/** A row a group, one for *other* and one for all. */
function addUp(reading: TrafficReading, { groupOf, other }: TrafficGroups): TrafficTable {
  const table = new TrafficTable(other + 2, reading.latencyBuckets);
  reading.addTo(table, (cell) => groupOf[cell] as number);
  for (let row = 0; row <= other; row++) table.addRow(other + 1, table, row);
  return table;
}

/** The groups that were seen at all, the largest first. */
function sortGroups(
  table: TrafficTable,
  { identities }: TrafficGroups,
  { sort, context }: { sort: TrafficParams["sort"]; context: FigureContext },
): number[] {
  const weigh = (group: number) => weightOf(table, group, sort, context);
  return identities
    .map((identity, group) => ({ group, weight: weigh(group), name: JSON.stringify(Object.values(identity)) }))
    .filter(({ group }) => table.of(group, "requests") > 0)
    .sort(
      (a, b) =>
        b.weight - a.weight ||
        table.of(b.group, "requests") - table.of(a.group, "requests") ||
        (a.name < b.name ? -1 : 1),
    )
    .map(({ group }) => group);
}

/** What is not known comes last. */
function weightOf(table: TrafficTable, group: number, sort: keyof TrafficFigures, context: FigureContext): number {
  if (sort === "requests" || sort === "errors" || sort === "responseBytes") return table.of(group, sort);
  if (sort === "busySeconds") return table.of(group, "durationMicros");
  return toFigures(table, group, context)[sort] ?? -1;
}

/** A group is as exact as the least exact of its cells. */
function toOrigins({ cells }: TrafficReading, { groupOf }: TrafficGroups): TrafficRow["origin"][] {
  const origins: TrafficRow["origin"][] = [];
  for (const [cell, { origin }] of cells.entries()) {
    const group = groupOf[cell] as number;
    if (group < 0) continue;
    const there = origins[group];
    origins[group] = there === undefined || RANK[origin] > RANK[there] ? origin : there;
  }
  return origins;
}

const RANK: Record<TrafficRow["origin"], number> = { exact: 0, sampled: 1, estimated: 2 };
