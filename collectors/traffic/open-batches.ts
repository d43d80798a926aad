import { sql } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import type { IngestKind } from "@/lib/db/ingest";

/** What one turn of a cluster takes at most, and always one batch: bounds the worker's memory and its turn. */
const TURN_EVENTS = 20_000;
const TURN_BYTES = 8 * 1024 * 1024;
export const TURN_BATCHES = 64;

/** A batch that waits for the worker. */
export interface OpenBatch {
  id: number;
  kind: IngestKind;
  receivedMs: number;
  events: number;
  format: number;
  payload: Buffer;
  eventIds: Buffer;
}

/** The clusters that have batches waiting. */
export async function listClustersWithBatches(db: Db): Promise<number[]> {
  const rows = await db.execute<{ id: string }>(sql`
    select id from cluster
    where exists (select from ingest_batch as batch where batch.cluster_id = cluster.id and batch.taken_at is null)
    order by id`);
  return rows.map((row) => Number(row.id));
}

/** The oldest waiting batches of a cluster, as many as one turn takes, and whether more wait. */
export async function readOpenBatches(
  tx: Db,
  clusterId: number,
  limit: number,
): Promise<{ batches: OpenBatch[]; hasMore: boolean }> {
  const heads = await tx.execute<{ id: string; events: number; bytes: number }>(sql`
    select id, events, octet_length(payload) as bytes from ingest_batch
    where cluster_id = ${clusterId} and taken_at is null order by id limit ${limit + 1}`);
  let [events, bytes, count] = [0, 0, 0];
  for (const head of heads.slice(0, limit)) {
    events += head.events;
    bytes += head.bytes;
    if (count > 0 && (events > TURN_EVENTS || bytes > TURN_BYTES)) break;
    count++;
  }
  const ids = `{${heads
    .slice(0, count)
    .map((head) => head.id)
    .join(",")}}`;
  const rows = await tx.execute<BatchRow>(sql`
    select id, kind, extract(epoch from received_at) * 1000 as received_ms, events, format, payload, event_ids
    from ingest_batch where cluster_id = ${clusterId} and id = any(${ids}::bigint[]) order by id`);
  return { batches: rows.map(toBatch), hasMore: heads.length > count };
}

/** Marks batches as taken and empties them; their ids stay to be compared. Throws when another took one of them. */
export async function markTaken(tx: Db, clusterId: number, batches: readonly OpenBatch[]): Promise<void> {
  const ids = `{${batches.map(({ id }) => id).join(",")}}`;
  const rows = await tx.execute(sql`
    update ingest_batch set taken_at = now(), payload = ''
    where cluster_id = ${clusterId} and id = any(${ids}::bigint[]) and taken_at is null returning id`);
  if (rows.length !== batches.length) throw new Error("another worker took batches of this turn");
}

/** How many batches wait, and since when; null: none does. */
export async function readBacklog(db: Db, clusterId: number): Promise<{ batches: number; sinceMs: number } | null> {
  const [row] = await db.execute<{ batches: string; since_ms: string | null }>(sql`
    select count(*) as batches, extract(epoch from min(received_at)) * 1000 as since_ms from ingest_batch
    where cluster_id = ${clusterId} and taken_at is null`);
  return row?.since_ms ? { batches: Number(row.batches), sinceMs: Number(row.since_ms) } : null;
}

interface BatchRow extends Record<string, unknown> {
  id: string;
  kind: IngestKind;
  received_ms: string;
  events: number;
  format: number;
  payload: Buffer;
  event_ids: Buffer;
}

function toBatch(row: BatchRow): OpenBatch {
  return {
    ...{ id: Number(row.id), kind: row.kind, receivedMs: Number(row.received_ms), events: row.events },
    ...{ format: row.format, payload: row.payload, eventIds: row.event_ids },
  };
}
