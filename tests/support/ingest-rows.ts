import type { Db } from "@/lib/db/client";
import { insertIngestBatch } from "@/lib/db/ingest";
import { reduceAuditEvent } from "@/lib/model/audit-event";
import { digestEventId, encodeIngestBatch, type IngestBatch } from "@/lib/model/ingest-batch";

/** Audit lines as the ingest endpoint leaves them for the worker. */
export function toAuditBatch(lines: readonly string[]): IngestBatch {
  const batch: IngestBatch = { events: [], eventIds: Buffer.alloc(0), faults: new Map(), signals: [] };
  const ids: Buffer[] = [];
  for (const line of lines) {
    const reduced = reduceAuditEvent(JSON.parse(line));
    if (!("event" in reduced)) continue;
    batch.events.push(reduced.event);
    ids.push(digestEventId(reduced.id));
  }
  return { ...batch, eventIds: Buffer.concat(ids) };
}

/** Leaves audit lines as one batch. */
export async function sendAudit(db: Db, clusterId: number, lines: readonly string[]): Promise<void> {
  await insertIngestBatch(db, clusterId, "audit", encodeIngestBatch(toAuditBatch(lines)));
}
