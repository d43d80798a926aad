import { sql } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { ingestBatch } from "@/lib/db/schema-sources";
import type { EncodedIngestBatch } from "@/lib/model/ingest-batch";

/** Heard by the worker when there is a batch; its payload is the cluster's id. */
export const INGEST_CHANNEL = "ingest";

export type IngestKind = "audit" | "etcd-log" | "connections";

/** Keeps a batch: once this has returned, it is not lost. */
export async function insertIngestBatch(
  db: Db,
  clusterId: number,
  kind: IngestKind,
  encoded: EncodedIngestBatch,
): Promise<void> {
  await insertIngestBatches(db, clusterId, kind, [encoded]);
}

/** Keeps the batches of one request: all of them or none. Wakes the worker. */
export async function insertIngestBatches(
  db: Db,
  clusterId: number,
  kind: IngestKind,
  encoded: readonly EncodedIngestBatch[],
): Promise<void> {
  if (encoded.length === 0) return;
  const rows = encoded.map(({ events, format, payload, eventIds }) => ({
    ...{ clusterId, kind, events, format, payload, eventIds },
  }));
  const inserted = db.$with("inserted").as(db.insert(ingestBatch).values(rows).returning({ id: ingestBatch.id }));
  // One statement, so one round trip: what is told is told when the rows are there.
  await db
    .with(inserted)
    .select({ told: sql`pg_notify(${INGEST_CHANNEL}, ${String(clusterId)})`, rows: sql`count(*)` })
    .from(inserted);
}
