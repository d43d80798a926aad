import { setImmediate as nextTurn } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { DEDUPE_WINDOW_MS, HOUR_MS } from "@/collectors/traffic/limits";
import type { TrafficStore } from "@/collectors/traffic/traffic-store";
import type { Db } from "@/lib/db/client";
import { readRetention } from "@/lib/db/retention";
import { decodeTrafficFrame } from "@/lib/model/traffic-frame";

const REVOKED_TOKEN_LIFE_MS = 90 * 24 * HOUR_MS;
/** A dictionary fuller than this is rid of what no hour names; below, that is not worth reading the hours for. */
const LARGE_RATIO = 0.1;
const HOURS_AT_ONCE = 24;

/** Deletes batches that were counted so long ago that nobody repeats them any more. */
export async function expireBatches(db: Db, nowMs: number): Promise<void> {
  await db.execute(sql`
    delete from ingest_batch using cluster
    where ingest_batch.cluster_id = cluster.id and taken_at < ${iso(nowMs - DEDUPE_WINDOW_MS)}::timestamptz`);
}

/** Deletes cells that no kept minute or hour names, and tokens that were revoked long ago. */
export async function expireTraffic(store: TrafficStore, nowMs: number): Promise<void> {
  const { db } = store;
  const kept = await readRetention(db);
  const minutesSinceMs = nowMs - kept.minutes * HOUR_MS;
  await db.execute(sql`delete from ingest_token where revoked_at < ${iso(nowMs - REVOKED_TOKEN_LIFE_MS)}::timestamptz`);
  const clusters = await db.execute<{ cluster_id: string; cells: string }>(
    sql`select cluster_id, count(*) as cells from traffic_cell group by 1`,
  );
  for (const row of clusters) {
    const clusterId = Number(row.cluster_id);
    const isLarge = Number(row.cells) > LARGE_RATIO * store.cache.maxCells;
    // Of a small dictionary only what is older than any hour goes, for that needs no look at the hours.
    const unusedSinceMs = isLarge ? minutesSinceMs : Math.min(minutesSinceMs, nowMs - kept.hours * HOUR_MS);
    await store.turn(clusterId, ({ tx }) => deleteUnused(tx, clusterId, { unusedSinceMs, isLarge }));
  }
  store.cache.clear();
}

/** Under the cluster's lock, so that no cell goes that is being named. */
async function deleteUnused(
  tx: Db,
  clusterId: number,
  { unusedSinceMs, isLarge }: { unusedSinceMs: number; isLarge: boolean },
): Promise<void> {
  // Cells are noted as seen to the hour.
  const before = iso(unusedSinceMs - HOUR_MS);
  if (!isLarge) {
    await tx.execute(
      sql`delete from traffic_cell where cluster_id = ${clusterId} and last_seen_at < ${before}::timestamptz`,
    );
    return;
  }
  const named = await listNamedByHours(tx, clusterId);
  await tx.execute(sql`
    delete from traffic_cell where cluster_id = ${clusterId} and last_seen_at < ${before}::timestamptz
      and cell_id <> all(${`{${[...named].join(",")}}`}::int[])`);
}

async function listNamedByHours(tx: Db, clusterId: number): Promise<Set<number>> {
  const named = new Set<number>();
  for (let after = { atMs: 0, source: "" }; ; ) {
    const rows = await tx.execute<{ at_ms: string; source: string; format: number; payload: Buffer }>(sql`
      select extract(epoch from at) * 1000 as at_ms, source, format, payload from traffic_hour
      where cluster_id = ${clusterId} and (at, source) > (${iso(after.atMs)}::timestamptz, ${after.source})
      order by at, source limit ${HOURS_AT_ONCE}`);
    for (const { format, payload } of rows) {
      for (const cellId of listCells(format, payload)) named.add(cellId);
      await nextTurn();
    }
    const last = rows[rows.length - 1];
    if (last === undefined || rows.length < HOURS_AT_ONCE) return named;
    after = { atMs: Number(last.at_ms), source: last.source };
  }
}

function listCells(format: number, payload: Buffer): Iterable<number> {
  try {
    return decodeTrafficFrame(format, payload).keys();
  } catch {
    return []; // nobody can read that hour, so nobody misses its cells
  }
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}
