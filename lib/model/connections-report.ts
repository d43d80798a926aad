import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { EncodedIngestBatch } from "@/lib/model/ingest-batch";

/** Version of the layout: JSON, deflated. */
const CONNECTIONS_FORMAT = 1;
const MAX_REPORT_BYTES = 8 * 1024 * 1024;

/** Who is connected to a member, as its agent saw it. */
export interface ConnectionsReport {
  /** The member's name. */
  reporter: string;
  /** RFC 3339. */
  at: string;
  clients: { address: string; connections: number }[];
}

/** Packs a report as a batch of the kind `connections`. */
export function encodeConnectionsReport(report: ConnectionsReport): EncodedIngestBatch {
  const payload = deflateRawSync(Buffer.from(JSON.stringify(report), "utf8"));
  return { format: CONNECTIONS_FORMAT, events: 1, payload, eventIds: Buffer.alloc(0) };
}

/** Unpacks what `encodeConnectionsReport` made. Throws on an unknown format and on damage. */
export function decodeConnectionsReport(format: number, payload: Uint8Array): ConnectionsReport {
  if (format !== CONNECTIONS_FORMAT) throw new Error(`unknown connections report format ${format}`);
  return JSON.parse(inflateRawSync(payload, { maxOutputLength: MAX_REPORT_BYTES }).toString("utf8"));
}
