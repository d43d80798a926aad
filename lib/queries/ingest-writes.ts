import { and, eq, isNull } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { type IngestKind, insertIngestBatches } from "@/lib/db/ingest";
import { ingestBatch } from "@/lib/db/schema-sources";
import type { EncodedIngestBatch } from "@/lib/model/ingest-batch";

/** Keeps the batches of one request, all or none; the worker counts them. Once this has returned they are not lost. */
export async function keepBatches(
  db: Db,
  clusterId: number,
  kind: IngestKind,
  batches: readonly EncodedIngestBatch[],
): Promise<void> {
  await insertIngestBatches(db, clusterId, kind, batches);
}

/** True when at least `limit` batches of a cluster wait for the worker. */
export async function isInboxFull(db: Db, clusterId: number, limit: number): Promise<boolean> {
  const rows = await db
    .select({ id: ingestBatch.id })
    .from(ingestBatch)
    .where(and(eq(ingestBatch.clusterId, clusterId), isNull(ingestBatch.takenAt)))
    .orderBy(ingestBatch.id)
    .offset(limit - 1)
    .limit(1);
  return rows.length > 0;
}
