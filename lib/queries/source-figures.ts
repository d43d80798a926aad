import { and, count, desc, eq, gte, inArray, type SQL, sql } from "drizzle-orm";
import type { PgColumn, PgTable } from "drizzle-orm/pg-core";
import type { SourceRow } from "@/lib/api/sources";
import type { Db } from "@/lib/db/client";
import { connectionSample, leaseSample, metricFrame, metricTarget } from "@/lib/db/schema-metrics";
import { ingestFault, trafficMinute } from "@/lib/db/schema-sources";
import { faultLabel } from "@/lib/model/ingest-faults";
import type { SourceName } from "@/lib/model/sources";

/** What has come of a source: its newest, and of the last hour events or readings. */
export interface SourceFigures {
  at: Date | null;
  received: number;
  faults: SourceRow["faults"];
  targets: SourceRow["targets"];
}

const HOUR_MS = 3_600_000;

/** The figures of every source of a cluster. */
export async function readSourceFigures(
  db: Db,
  clusterId: number,
  nowMs: number,
): Promise<Map<SourceName, SourceFigures>> {
  const since = new Date(nowMs - HOUR_MS);
  const faults = await listFaults(db, clusterId, since);
  const targets = await db
    .select()
    .from(metricTarget)
    .where(eq(metricTarget.clusterId, clusterId))
    .orderBy(metricTarget.url, metricTarget.targetId);
  const figures = new Map<SourceName, SourceFigures>();
  const add = (
    source: SourceName,
    { at, received }: { at: Date | null; received: number },
    ofTargets: Target[] = [],
  ) => {
    const mine = faults.filter((fault) => fault.source === source);
    figures.set(source, {
      ...{ at, received, targets: ofTargets.map(toTarget) },
      faults: mine.map(({ fault, events }) => ({ fault, label: faultLabel(fault), events })),
    });
  };
  for (const [source, name] of [
    ["metrics", "etcd"],
    ["apiserver", "apiserver"],
  ] as const) {
    const mine = targets.filter((target) => target.source === name);
    add(source, await readMetrics(db, clusterId, mine, since), mine);
  }
  for (const source of ["audit", "etcd-log"] as const) add(source, await readTraffic(db, clusterId, source, since));
  add("connections", await readSamples(db, connectionSample, clusterId, since));
  add("leases", await readSamples(db, leaseSample, clusterId, since));
  return figures;
}

type Target = typeof metricTarget.$inferSelect;

function toTarget({ url, failure, at, scrapeMs, bodyBytes, samples }: Target): SourceRow["targets"][number] {
  return { url, failure, at: at?.toISOString() ?? null, scrapeMs, bodyBytes, samples };
}

async function listFaults(db: Db, clusterId: number, since: Date) {
  const events = sql<number>`sum(${ingestFault.events})`.mapWith(Number);
  return db
    .select({ source: ingestFault.source, fault: ingestFault.fault, events })
    .from(ingestFault)
    .where(and(eq(ingestFault.clusterId, clusterId), gte(ingestFault.at, since)))
    .groupBy(ingestFault.source, ingestFault.fault)
    .orderBy(desc(events), ingestFault.fault);
}

async function readMetrics(db: Db, clusterId: number, targets: readonly Target[], since: Date) {
  const newestMs = Math.max(...targets.map(({ at }) => at?.getTime() ?? Number.NEGATIVE_INFINITY));
  const at = Number.isFinite(newestMs) ? new Date(newestMs) : null;
  if (targets.length === 0) return { at, received: 0 };
  const ids = targets.map(({ targetId }) => targetId);
  const [row] = await db
    .select({ readings: count() })
    .from(metricFrame)
    .where(and(eq(metricFrame.clusterId, clusterId), gte(metricFrame.at, since), inArray(metricFrame.targetId, ids)));
  return { at, received: row?.readings ?? 0 };
}

async function readTraffic(db: Db, clusterId: number, source: "audit" | "etcd-log", since: Date) {
  const mine = and(eq(trafficMinute.clusterId, clusterId), eq(trafficMinute.source, source));
  const [row] = await db
    .select({ events: sql<number>`coalesce(sum(${trafficMinute.events}), 0)`.mapWith(Number) })
    .from(trafficMinute)
    .where(and(mine, gte(trafficMinute.at, since)));
  return { at: await readNewest(db, trafficMinute, trafficMinute.at, mine), received: row?.events ?? 0 };
}

async function readSamples(
  db: Db,
  table: typeof connectionSample | typeof leaseSample,
  clusterId: number,
  since: Date,
) {
  const mine = eq(table.clusterId, clusterId);
  const [row] = await db
    .select({ samples: count() })
    .from(table as PgTable)
    .where(and(mine, gte(table.at, since)));
  return { at: await readNewest(db, table, table.at, mine), received: row?.samples ?? 0 };
}

async function readNewest(db: Db, table: PgTable, at: PgColumn, where: SQL | undefined): Promise<Date | null> {
  const [row] = await db.select({ at }).from(table).where(where).orderBy(desc(at)).limit(1);
  return (row?.at as Date | undefined) ?? null;
}
