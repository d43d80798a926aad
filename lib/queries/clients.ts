import type { ClientRow, ClientsAnswer, ClientsParams } from "@/lib/api/clients";
import type { Db } from "@/lib/db/client";
import type { TimeRange } from "@/lib/model/time-range";
import { readClientFacts } from "@/lib/queries/client-facts";
import { sortClients } from "@/lib/queries/client-order";
import { type ClientSeen, readClientSeen } from "@/lib/queries/client-seen";
import { toSlicesOf } from "@/lib/queries/client-slices";
import { toQueryRange } from "@/lib/queries/query-range";
import { readAddressNames, resolveUser } from "@/lib/queries/resolve-address";
import { answerTraffic, readTraffic, toAnsweredRange } from "@/lib/queries/traffic-answer";
import { toFigures } from "@/lib/queries/traffic-figures";
import { groupCells, NO_IDENTITY, type TrafficGroups } from "@/lib/queries/traffic-groups";
import { HOUR_MS, MINUTE_MS } from "@/lib/queries/traffic-heads";
import type { TrafficReading } from "@/lib/queries/traffic-reading";
import { TrafficTable } from "@/lib/queries/traffic-table";
import { findClientPatterns } from "@/lib/rules/clients/client-rules";

/** How finely activity is told: a longer range by longer slices. */
const SLICES = [
  { reachMs: 2 * HOUR_MS, sliceMs: MINUTE_MS },
  { reachMs: 6 * HOUR_MS, sliceMs: 5 * MINUTE_MS },
  { reachMs: 60 * HOUR_MS, sliceMs: HOUR_MS },
  { reachMs: 360 * HOUR_MS, sliceMs: 6 * HOUR_MS },
];
const LONGEST_SLICE_MS = 24 * HOUR_MS;

/**
 * Who calls: clients by agent, user and address, what they ask for, how that compares with the range before, and the
 * abusive patterns they show. What has no row of its own comes as one *other* row.
 */
export async function listClients(
  db: Db,
  clusterId: number,
  params: ClientsParams,
  nowMs: number,
): Promise<ClientsAnswer> {
  const { groupBy } = params;
  const range = toQueryRange(params, nowMs);
  const stepMs = SLICES.find(({ reachMs }) => range.toMs - range.fromMs <= reachMs)?.sliceMs ?? LONGEST_SLICE_MS;
  const { reading, ...standing } = await answerTraffic(db, clusterId, {
    ...{ range, groupBy, filter: params, source: undefined, stepMs, nowMs },
  });
  if (!reading) return { groupBy, items: [], nextCursor: null, total: null, before: null, ...standing };
  const before = await readBefore(db, clusterId, { range: reading.range, source: reading.source, params, nowMs });
  const clients = gather(reading, before, params);
  const seen = await readClientSeen(db, clusterId, { reading, groups: clients.groups, groupBy });
  const items = toItems(clients, seen, params);
  await addNames(db, clusterId, items);
  return {
    groupBy,
    items,
    nextCursor: null,
    total: toFigures(clients.table, clients.total, clients.context),
    ...standing,
    before: before && toAnsweredRange(before, { range: before.range, nowMs }),
  };
}

/** The range before, as long; null where nobody was heard in it. */
async function readBefore(
  db: Db,
  clusterId: number,
  question: { range: TimeRange; source: TrafficReading["source"]; params: ClientsParams; nowMs: number },
): Promise<TrafficReading | null> {
  const { range, source, params, nowMs } = question;
  const lengthMs = Math.min(range.toMs, Math.ceil(nowMs / MINUTE_MS) * MINUTE_MS) - range.fromMs;
  const earlier = { fromMs: range.fromMs - lengthMs, toMs: range.fromMs };
  const read = await readTraffic(db, clusterId, source, {
    range: earlier,
    groupBy: params.groupBy,
    filter: params,
    nowMs,
  });
  return read.observedMs > 0 ? read : null;
}

interface Clients {
  reading: TrafficReading;
  groups: TrafficGroups;
  table: TrafficTable;
  /** The table's row of all clients. */
  total: number;
  context: Parameters<typeof toFigures>[2];
  /** By group; null: not observed. */
  requestsPerSecondBefore: (number | null)[];
  wasHeardBefore: boolean;
}

function gather(reading: TrafficReading, before: TrafficReading | null, params: ClientsParams): Clients {
  const { groupBy } = params;
  const groups = groupCells(reading.cells, { groupBy, filter: params });
  const total = groups.other + 1;
  const table = new TrafficTable(total + 1, reading.latencyBuckets);
  reading.addTo(table, (cell) => groups.groupOf[cell] as number);
  for (let group = 0; group < total; group++) table.addRow(total, table, group);
  const context = {
    reading,
    observedSeconds: reading.observedMs / 1_000,
    totalRequests: table.of(total, "requests"),
  };
  return {
    ...{ reading, groups, table, total, context },
    requestsPerSecondBefore: countBefore(groups, before, params),
    wasHeardBefore: before !== null,
  };
}

function countBefore(groups: TrafficGroups, before: TrafficReading | null, params: ClientsParams): (number | null)[] {
  if (!before) return [...groups.identities.map(() => null), null];
  const earlier = groupCells(before.cells, { groupBy: params.groupBy, filter: params });
  const counts = new Float64Array(earlier.other + 1);
  before.eachCount((cell, _slice, requests) => {
    const group = earlier.groupOf[cell] as number;
    if (group >= 0) (counts[group] as number) += requests;
  });
  const byName = new Map(earlier.identities.map((identity, group) => [JSON.stringify(identity), group]));
  const seconds = before.observedMs / 1_000;
  const rates = groups.identities.map(
    (identity) => (counts[byName.get(JSON.stringify(identity)) ?? -1] ?? 0) / seconds,
  );
  return [...rates, (counts[earlier.other] ?? 0) / seconds];
}

function toItems(clients: Clients, seen: ClientSeen, params: ClientsParams): ClientRow[] {
  const { reading, groups, table, context, requestsPerSecondBefore, wasHeardBefore } = clients;
  const facts = readClientFacts(reading, groups);
  const rows = groups.identities.map((identity, group): ClientRow => {
    const { firstSeenMs, lastSeenMs } = seen.of(group);
    return {
      ...identity,
      ...toFigures(table, group, context),
      isOther: false,
      resolvedName: null,
      ...facts.slicesOf(group),
      requestsPerSecondBefore: requestsPerSecondBefore[group] ?? null,
      isNew: wasHeardBefore && firstSeenMs !== null && firstSeenMs >= reading.range.fromMs,
      firstSeenAt: toInstant(firstSeenMs),
      lastSeenAt: toInstant(lastSeenMs),
      perMinute: [],
      findings: findClientPatterns(facts.of(group)),
      source: reading.source,
      origin: reading.origin,
    };
  });
  const order = sortClients(rows, params.sort);
  const shown = order.slice(0, params.limit);
  for (const group of order.slice(params.limit)) table.addRow(groups.other, table, group);
  const lines = toSlicesOf(reading, groups, shown);
  const items = shown.map((group, place) => ({ ...(rows[group] as ClientRow), perMinute: lines.of(place) }));
  if (table.of(groups.other, "requests") > 0) items.push(toOther(clients, lines.of(shown.length)));
  return items;
}

/** Everything without a row of its own; of many together, only the sums mean something. */
function toOther({ reading, groups, table, context }: Clients, perMinute: (number | null)[]): ClientRow {
  return {
    ...NO_IDENTITY,
    ...toFigures(table, groups.other, context),
    isOther: true,
    ...{ resolvedName: null, topVerbs: [], topResources: [], requestsPerSecondBefore: null, isNew: false },
    ...{ firstSeenAt: null, lastSeenAt: null, perMinute, findings: [] },
    source: reading.source,
    origin: reading.origin,
  };
}

function toInstant(ms: number | null): string | null {
  return ms === null || ms <= 0 ? null : new Date(ms).toISOString();
}

/** What the user's own name says, else what is known of the address. */
async function addNames(db: Db, clusterId: number, items: ClientRow[]): Promise<void> {
  const unnamed = items.filter((row) => {
    row.resolvedName = resolveUser(row.user);
    return row.resolvedName === null && row.sourceAddress !== null;
  });
  const names = await readAddressNames(
    db,
    clusterId,
    unnamed.map(({ sourceAddress }) => sourceAddress as string),
  );
  for (const row of unnamed) row.resolvedName = names.get(row.sourceAddress as string) ?? null;
}
