import { and, eq, gte, inArray, lt, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { ClusterSummary } from "@/lib/api/clusters";
import type { Db } from "@/lib/db/client";
import { cluster, keyspaceFrame, prefix } from "@/lib/db/schema";
import { toKeyText } from "@/lib/model/key-text";
import { readTotals } from "@/lib/queries/totals";

/** How busy a cluster is. */
export type ClusterActivity = Pick<ClusterSummary, "writesPerSecond" | "writesSparkline" | "hottestPrefix">;

const MINUTE_MS = 60_000;
const MINUTES = 60;
/** The hottest prefix is looked for again when the answer is older. */
const HOTTEST_KEPT_MS = 30_000;

/** The last minute and the last hour of some clusters. */
export async function readActivity(
  db: Db,
  clusterIds: number[],
  nowMs: number,
): Promise<{ of(clusterId: number): ClusterActivity }> {
  const rates = await readLastMinute(db, clusterIds, nowMs);
  const sparklines = await readSparklines(db, clusterIds, nowMs);
  const hottest = new Map<number, ClusterActivity["hottestPrefix"]>();
  for (const id of clusterIds) {
    const isBusy = sparklines.get(id)?.some((writes) => writes !== null && writes > 0) ?? false;
    hottest.set(id, isBusy ? await readHottestOnceInAWhile(db, id, nowMs) : null);
  }
  return {
    of: (clusterId) => ({
      writesPerSecond: rates.get(clusterId) ?? null,
      writesSparkline: sparklines.get(clusterId) ?? Array.from({ length: MINUTES }, () => null),
      hottestPrefix: hottest.get(clusterId) ?? null,
    }),
  };
}

const writes = sql`sum(${keyspaceFrame.puts} + ${keyspaceFrame.deletes})`.mapWith(Number);
const observedMs = sql`sum(${keyspaceFrame.observedMs})`.mapWith(Number);

/** Over the closed frames of a minute: the running one, however long, is not written yet. */
async function readLastMinute(db: Db, clusterIds: number[], nowMs: number): Promise<Map<number, number>> {
  const rows = await db
    .select({ clusterId: keyspaceFrame.clusterId, writes, observedMs })
    .from(keyspaceFrame)
    .innerJoin(cluster, eq(cluster.id, keyspaceFrame.clusterId))
    .where(
      and(
        inArray(keyspaceFrame.clusterId, clusterIds),
        gte(keyspaceFrame.at, new Date(nowMs - 2 * MINUTE_MS)), // no frame is longer than a minute
        lt(keyspaceFrame.at, new Date(nowMs)),
        sql`${keyspaceFrame.at} >= ${new Date(nowMs - MINUTE_MS).toISOString()}::timestamptz
          - ${cluster.frameSeconds} * interval '1 second'`,
      ),
    )
    .groupBy(keyspaceFrame.clusterId);
  return new Map(rows.map((row) => [row.clusterId, row.writes / (row.observedMs / 1_000)]));
}

/** A point a minute, the oldest first; the running minute is not among them. */
async function readSparklines(db: Db, clusterIds: number[], nowMs: number): Promise<Map<number, (number | null)[]>> {
  const toMs = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;
  const fromMs = toMs - MINUTES * MINUTE_MS;
  const minute = sql`floor((extract(epoch from ${keyspaceFrame.at}) * 1000 - ${fromMs}::bigint) / ${MINUTE_MS})`;
  const rows = await db
    .select({ clusterId: keyspaceFrame.clusterId, minute: minute.mapWith(Number), writes, observedMs })
    .from(keyspaceFrame)
    .where(
      and(
        inArray(keyspaceFrame.clusterId, clusterIds),
        gte(keyspaceFrame.at, new Date(fromMs)),
        lt(keyspaceFrame.at, new Date(toMs)),
      ),
    )
    .groupBy(keyspaceFrame.clusterId, sql`2`);
  const sparklines = new Map<number, (number | null)[]>();
  for (const row of rows) {
    const points = sparklines.get(row.clusterId) ?? Array.from({ length: MINUTES }, () => null);
    points[row.minute] = row.writes / (row.observedMs / 1_000);
    sparklines.set(row.clusterId, points);
  }
  return sparklines;
}

type Hottest = { readAtMs: number; prefix: ClusterActivity["hottestPrefix"] };
const kept = new WeakMap<Db, Map<number, Hottest>>();

/** Unpacking an hour of frames every two seconds, for every cluster of the fleet, would be too much. */
async function readHottestOnceInAWhile(
  db: Db,
  clusterId: number,
  nowMs: number,
): Promise<ClusterActivity["hottestPrefix"]> {
  const known = kept.get(db) ?? new Map<number, Hottest>();
  kept.set(db, known);
  const last = known.get(clusterId);
  if (last && Math.abs(nowMs - last.readAtMs) < HOTTEST_KEPT_MS) return last.prefix;
  const hottest = await readHottestPrefix(db, clusterId, nowMs);
  known.set(clusterId, { readAtMs: nowMs, prefix: hottest });
  return hottest;
}

/** The most written resource of the last hour: a prefix of two segments, such as `/registry/pods/`. */
async function readHottestPrefix(db: Db, clusterId: number, nowMs: number): Promise<ClusterActivity["hottestPrefix"]> {
  const above = alias(prefix, "above");
  const resources = await db
    .select({ slot: prefix.slot, prefix: prefix.prefix })
    .from(prefix)
    .innerJoin(above, and(eq(above.clusterId, prefix.clusterId), eq(above.slot, prefix.parentSlot)))
    .where(and(eq(prefix.clusterId, clusterId), eq(above.parentSlot, ROOT_SLOT), eq(prefix.isOther, false)));
  const range = { fromMs: nowMs - MINUTES * MINUTE_MS, toMs: nowMs };
  const slots = new Set(resources.map(({ slot }) => slot));
  const { sum, observedMs } = await readTotals(db, clusterId, { range, slots, nowMs });
  let most: { prefix: Buffer; writes: number } | null = null;
  for (const { slot, prefix } of resources) {
    const writes = sum("puts", slot) + sum("deletes", slot);
    if (writes > (most?.writes ?? 0)) most = { prefix, writes };
  }
  if (most === null || observedMs === 0) return null;
  const { text, base64 } = toKeyText(most.prefix);
  return { prefix: text, prefixBase64: base64, writesPerSecond: most.writes / (observedMs / 1_000) };
}

const ROOT_SLOT = 0;
