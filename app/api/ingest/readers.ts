import type { BatchBuilder } from "@/app/api/ingest/batch-builder";
import { MAX_ITEM_BYTES } from "@/app/api/ingest/limits";
import { reduceAuditEvent } from "@/lib/model/audit-event";
import { reduceLogLine } from "@/lib/model/etcd-log-line";
import { digestEventId } from "@/lib/model/ingest-batch";
import { JsonItems } from "@/lib/model/json-items";
import { LineItems } from "@/lib/model/line-items";

/** Takes a body apart while it comes. */
export interface BodyReader {
  push(chunk: Buffer): void;
  finish(): void;
}

/** Reads audit events: an EventList, one event, or one a line. */
export function auditReader(batch: BatchBuilder): BodyReader {
  return new JsonItems(MAX_ITEM_BYTES, {
    onItem: (bytes) => takeAuditEvent(bytes, batch),
    onBroken: () => batch.addFault("not-json"),
    onTooLong: () => batch.addFault("too-long"),
  });
}

/** Reads lines of etcd's log. */
export function etcdLogReader(batch: BatchBuilder): BodyReader {
  return new LineItems(MAX_ITEM_BYTES, {
    onItem: (bytes) => takeLogLine(bytes.toString("utf8"), batch),
    onTooLong: () => batch.addFault("too-long"),
  });
}

function takeAuditEvent(bytes: Buffer, batch: BatchBuilder): void {
  let parsed: unknown;
  try {
    parsed = JSON.parse(bytes.toString("utf8"));
  } catch {
    batch.addFault("not-json");
    return;
  }
  batch.understood++;
  const reduced = reduceAuditEvent(parsed);
  if ("fault" in reduced) batch.addFault(reduced.fault);
  else if ("event" in reduced) {
    batch.addEvent(reduced.event, digestEventId(reduced.id));
    if (reduced.isTruncated) batch.addFault("truncated");
  }
}

/** A line of a request is its own id: it holds the instant, the client's port and a time in nanoseconds. */
function takeLogLine(line: string, batch: BatchBuilder): void {
  const reduced = reduceLogLine(line);
  if ("fault" in reduced) batch.addFault(reduced.fault);
  else if ("event" in reduced && reduced.event) batch.addEvent(reduced.event, digestEventId(line));
  else if ("signal" in reduced && reduced.signal) batch.addSignal(reduced.signal);
  else if ("config" in reduced && reduced.config) batch.addConfig(reduced.config);
  if (!("fault" in reduced) || reduced.fault !== "not-json") batch.understood++;
}
