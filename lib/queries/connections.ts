import { and, desc, eq, gte, lt } from "drizzle-orm";
import type { RangeParams } from "@/lib/api/common";
import type { ConnectionsAnswer } from "@/lib/api/leases";
import type { Db } from "@/lib/db/client";
import { connectionSample } from "@/lib/db/schema-metrics";
import type { TimeRange } from "@/lib/model/time-range";
import { formatCount } from "@/lib/model/units";
import { toBuckets, toQueryRange } from "@/lib/queries/query-range";
import { readAddressNames } from "@/lib/queries/resolve-address";
import { explainAbsence } from "@/lib/queries/source-standing";

/** A member with more than twice the mean is named: rule L23 of our catalogue. */
const IMBALANCE_RATIO = 2;
/** Fewer connections than this are not unevenly spread, they are few. */
const MIN_CONNECTIONS = 10;
/** An agent reports every 10 s; a report stands for no longer than this. */
const LONGEST_REPORT_MS = 60_000;
/** Agents that have not reported for so long before the range's end are history, not members. */
const STALE_MS = 600_000;
/** Clients of one report that are shown by name; the rest is added to *other*. */
const MAX_CLIENTS = 200;

/** Established connections to each member by client address, as the agents beside them counted: the newest of the range. */
export async function readConnections(
  db: Db,
  clusterId: number,
  params: RangeParams,
  nowMs: number,
): Promise<ConnectionsAnswer> {
  const range = toQueryRange(params, nowMs);
  const { at, reporter, connections } = connectionSample;
  const inRange = and(
    eq(connectionSample.clusterId, clusterId),
    gte(at, new Date(range.fromMs)),
    lt(at, new Date(range.toMs)),
  );
  const counts = await db.select({ at, reporter, connections }).from(connectionSample).where(inRange).orderBy(at);
  const newest = await db
    .selectDistinctOn([reporter])
    .from(connectionSample)
    .where(inRange)
    .orderBy(reporter, desc(at));
  const latestMs = Math.max(0, ...newest.map((row) => row.at.getTime()));
  const items = await toItems(
    db,
    clusterId,
    newest.filter((row) => row.at.getTime() > latestMs - STALE_MS),
  );
  const absence = items.length === 0 ? await explainAbsence(db, clusterId, "connections") : null;
  return {
    items,
    nextCursor: null,
    imbalance: toImbalance(items),
    reason: absence && [absence.reason, absence.remedy].filter((text) => text !== null).join(" "),
    series: toSeries(counts, range),
    range: {
      from: new Date(range.fromMs).toISOString(),
      to: new Date(range.toMs).toISOString(),
      observedSeconds: observedMs(counts, range.toMs) / 1_000,
    },
    origin: "sampled",
  };
}

type Report = typeof connectionSample.$inferSelect;
type Count = Pick<Report, "at" | "reporter" | "connections">;

async function toItems(db: Db, clusterId: number, reports: readonly Report[]): Promise<ConnectionsAnswer["items"]> {
  const names = await readAddressNames(
    db,
    clusterId,
    reports.flatMap(({ clients }) => clients.map(({ address }) => address)),
  );
  const mean = reports.reduce((sum, { connections }) => sum + connections, 0) / reports.length;
  return reports.map(({ reporter, connections, clients, otherConnections, at }) => ({
    reporter,
    connections,
    otherConnections: otherConnections + clients.slice(MAX_CLIENTS).reduce((sum, one) => sum + one.connections, 0),
    clients: clients
      .slice(0, MAX_CLIENTS)
      .map((client) => ({ ...client, resolvedName: names.get(client.address) ?? null })),
    at: at.toISOString(),
    againstMean: reports.length > 1 && mean > 0 ? connections / mean : null,
  }));
}

function toImbalance(items: ConnectionsAnswer["items"]): string | null {
  const all = items.reduce((sum, { connections }) => sum + connections, 0);
  const most = [...items].sort((a, b) => b.connections - a.connections)[0];
  if (!most || items.length < 2 || all < MIN_CONNECTIONS) return null;
  // Of two members none can have more than twice the mean: there, nine of ten are too many.
  const isUneven = items.length === 2 ? most.connections > all * 0.9 : (most.againstMean ?? 0) > IMBALANCE_RATIO;
  if (!isUneven) return null;
  return `${most.reporter} holds ${formatCount(most.connections)} of ${formatCount(all)} connections: clients list it first, or stayed there after a restart of the others.`;
}

/** One series a member: the mean of each bucket's reports; null where its agent did not report. */
function toSeries(counts: readonly Count[], range: TimeRange): ConnectionsAnswer["series"] {
  const { fromMs, stepMs, atMs } = toBuckets(range);
  const sums = new Map<string, { sum: number; reports: number }[]>();
  for (const { at, reporter, connections } of counts) {
    const buckets = sums.get(reporter) ?? atMs.map(() => ({ sum: 0, reports: 0 }));
    sums.set(reporter, buckets);
    const bucket = buckets[Math.floor((at.getTime() - fromMs) / stepMs)];
    if (!bucket) continue;
    bucket.sum += connections;
    bucket.reports++;
  }
  const series = [...sums]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, buckets]) => ({
      name,
      values: buckets.map(({ sum, reports }) => (reports === 0 ? null : sum / reports)),
    }));
  return { atMs, stepSeconds: stepMs / 1_000, series };
}

/** How much of the range the agent that reported most speaks of. */
function observedMs(counts: readonly Count[], toMs: number): number {
  const byReporter = new Map<string, number[]>();
  for (const { at, reporter } of counts) {
    const instants = byReporter.get(reporter) ?? [];
    instants.push(at.getTime());
    byReporter.set(reporter, instants);
  }
  const sums = [...byReporter.values()].map((instants) =>
    instants.reduce((sum, at, i) => sum + Math.min((instants[i + 1] ?? toMs) - at, LONGEST_REPORT_MS), 0),
  );
  return Math.max(0, ...sums);
}
