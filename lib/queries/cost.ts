import { and, asc, eq, gte, lt } from "drizzle-orm";
import type { CostAnswer, CostFigures, CostHour, CostParams } from "@/lib/api/cost";
import type { Db } from "@/lib/db/client";
import { cluster, collectorCost, keyspaceStatus, scanBoundary } from "@/lib/db/schema";
import { COST_PURPOSES, type CostPurpose } from "@/lib/model/cost";
import type { TimeRange } from "@/lib/model/time-range";
import { toQueryRange } from "@/lib/queries/query-range";

const HOUR_MS = 3_600_000;
const FIGURES = ["requests", "keys", "receivedBytes", "requestSeconds", "events"] as const;

/** What reading a cluster cost it, by purpose and hour, and what keeps that within bounds. Served by the primary key. */
export async function readCost(db: Db, clusterId: number, params: CostParams, nowMs: number): Promise<CostAnswer> {
  const asked = toQueryRange(params, nowMs);
  const rows = await readHours(db, clusterId, { fromMs: floorToHour(asked.fromMs), toMs: asked.toMs });
  const recentFromMs = floorToHour(nowMs) - HOUR_MS;
  const recent = await readHours(db, clusterId, { fromMs: recentFromMs, toMs: nowMs });
  const fromMs = rows[0] === undefined ? floorToHour(asked.fromMs) : Date.parse(rows[0].hour);
  const toMs = Math.min(nowMs, floorToHour(asked.toMs - 1) + HOUR_MS);
  const hours = Math.max(0, toMs - fromMs) / HOUR_MS;
  return {
    items: COST_PURPOSES.map((purpose) => {
      const figures = sum(rows.filter((row) => row.purpose === purpose));
      return { purpose, ...figures, perHour: perHour(figures, hours) };
    }),
    nextCursor: null,
    hours: rows,
    recent: { ...sum(recent), from: recent[0]?.hour ?? new Date(recentFromMs).toISOString() },
    range: { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString(), hours },
    ...(await readBounds(db, clusterId)),
    at: new Date(nowMs).toISOString(),
    origin: "exact",
  };
}

async function readHours(db: Db, clusterId: number, { fromMs, toMs }: TimeRange): Promise<CostHour[]> {
  const rows = await db
    .select()
    .from(collectorCost)
    .where(
      and(
        eq(collectorCost.clusterId, clusterId),
        gte(collectorCost.hour, new Date(fromMs)),
        lt(collectorCost.hour, new Date(toMs)),
      ),
    )
    .orderBy(asc(collectorCost.hour), asc(collectorCost.purpose));
  return rows.map(({ clusterId: _, hour, purpose, ...figures }) => ({
    hour: hour.toISOString(),
    purpose: purpose as CostPurpose,
    ...figures,
  }));
}

async function readBounds(
  db: Db,
  clusterId: number,
): Promise<Pick<CostAnswer, "settings" | "boundaries" | "modelBytes">> {
  const [row] = await db
    .select({
      paused: cluster.paused,
      scanShare: cluster.scanShare,
      frameSeconds: cluster.frameSeconds,
      boundariesAt: scanBoundary.at,
      boundariesKeys: scanBoundary.keys,
      modelBytes: keyspaceStatus.modelBytes,
    })
    .from(cluster)
    .leftJoin(scanBoundary, eq(scanBoundary.clusterId, cluster.id))
    .leftJoin(keyspaceStatus, eq(keyspaceStatus.clusterId, cluster.id))
    .where(eq(cluster.id, clusterId));
  if (!row) throw new Error(`no cluster ${clusterId}`);
  const { boundariesAt, boundariesKeys, modelBytes, ...settings } = row;
  const hasBoundaries = boundariesAt !== null && boundariesKeys !== null;
  return {
    settings,
    boundaries: hasBoundaries ? { at: boundariesAt.toISOString(), keys: boundariesKeys } : null,
    modelBytes,
  };
}

function sum(rows: readonly CostFigures[]): CostFigures {
  const total: CostFigures = { requests: 0, keys: 0, receivedBytes: 0, requestSeconds: 0, events: 0 };
  for (const row of rows) for (const figure of FIGURES) total[figure] += row[figure];
  return total;
}

function perHour(figures: CostFigures, hours: number): CostFigures {
  const average = { ...figures };
  for (const figure of FIGURES) average[figure] = hours === 0 ? 0 : figures[figure] / hours;
  return average;
}

function floorToHour(atMs: number): number {
  return Math.floor(atMs / HOUR_MS) * HOUR_MS;
}
