import { gzipSync } from "node:zlib";
import { POST as postAudit } from "@/app/api/v1/ingest/[cluster]/audit/route";
import { POST as postConnections } from "@/app/api/v1/ingest/[cluster]/connections/route";
import { POST as postEtcdLog } from "@/app/api/v1/ingest/[cluster]/etcd-log/route";
import type { Db } from "@/lib/db/client";
import { ingestBatch } from "@/lib/db/schema-sources";
import { decodeIngestBatch, EVENT_ID_BYTES } from "@/lib/model/ingest-batch";
import type { LogSignal } from "@/lib/model/log-signals";
import type { TrafficEvent } from "@/lib/model/traffic";

const ROUTES = { audit: postAudit, "etcd-log": postEtcdLog, connections: postConnections };

export interface Sent {
  cluster: string;
  token?: string;
  body?: string | Buffer | ReadableStream<Uint8Array>;
  isGzip?: boolean;
  headers?: Record<string, string>;
}

/** Sends to an ingest endpoint as a sender does, past the web server. */
export function send(source: keyof typeof ROUTES, sent: Sent): Promise<Response> {
  const { cluster, token, body, isGzip = false, headers = {} } = sent;
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  const request = new Request(`http://localhost:3000/api/v1/ingest/${cluster}/${source}`, {
    method: "POST",
    headers: {
      host: "localhost:3000",
      "content-type": "application/json",
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(isGzip && { "content-encoding": "gzip" }),
      ...headers,
    },
    body: isGzip && Buffer.isBuffer(bytes) ? new Uint8Array(gzipSync(bytes)) : (bytes as BodyInit | undefined),
    ...(bytes instanceof ReadableStream && { duplex: "half" }),
  } as RequestInit);
  return ROUTES[source](request, { params: Promise.resolve({ cluster }) });
}

/** Everything that was kept, unpacked by the code of its own. */
export async function readKept(db: Db) {
  const rows = await db.select().from(ingestBatch).orderBy(ingestBatch.id);
  const kept = {
    events: [] as TrafficEvent[],
    ids: [] as string[],
    signals: [] as LogSignal[],
    faults: {} as Record<string, number>,
  };
  for (const row of rows) {
    if (row.kind === "connections") continue;
    const batch = decodeIngestBatch(row.format, row.payload, row.eventIds);
    if (batch.events.length !== row.events) throw new Error(`the row says ${row.events} events`);
    kept.events.push(...batch.events);
    kept.signals.push(...batch.signals);
    for (const [fault, count] of batch.faults) kept.faults[fault] = (kept.faults[fault] ?? 0) + count;
    for (let at = 0; at < batch.eventIds.length; at += EVENT_ID_BYTES) {
      kept.ids.push(batch.eventIds.toString("hex", at, at + EVENT_ID_BYTES));
    }
  }
  return { ...kept, rows };
}
