import { NEWEST_EVENT_MS, OLDEST_EVENT_MS } from "@/collectors/traffic/limits";
import type { OpenBatch } from "@/collectors/traffic/open-batches";
import type { TrafficStore, Turn } from "@/collectors/traffic/traffic-store";
import { writeFaults } from "@/collectors/traffic/write";
import { connectionSample } from "@/lib/db/schema-metrics";
import { log } from "@/lib/log";
import { cleanText } from "@/lib/model/clean-text";
import { type ConnectionsReport, decodeConnectionsReport } from "@/lib/model/connections-report";
import type { IngestFaultName } from "@/lib/model/ingest-faults";

const MAX_TEXT_CHARACTERS = 256;
/** Clients that are kept apart; the others are summed up. */
const MAX_CLIENTS = 1_000;
const MAX_COUNT = 2 ** 31 - 1; // of the column

/** Writes what an agent counted; the same report sent again changes nothing. */
export async function writeConnections(store: TrafficStore, turn: Turn, batch: OpenBatch): Promise<void> {
  const report = decodeReport(turn, batch);
  const atMs = Date.parse(report?.at ?? "");
  const fault = report === null ? "not-an-event" : timeFault(atMs, turn.nowMs);
  store.requirePartitions(fault === null ? Math.min(atMs, turn.nowMs) : turn.nowMs);
  if (report === null || fault !== null) {
    await writeFaults(turn, "connections", new Map([[fault ?? "not-an-event", 1]]));
    return;
  }
  const reporter = cleanText(report.reporter, MAX_TEXT_CHARACTERS) ?? "";
  await turn.tx
    .insert(connectionSample)
    .values({ clusterId: turn.clusterId, at: new Date(atMs), reporter, ...sumUp(report.clients) })
    .onConflictDoNothing();
}

/** The clients with most connections, and the others together. */
export function sumUp(clients: ConnectionsReport["clients"]): {
  connections: number;
  clients: ConnectionsReport["clients"];
  otherConnections: number;
} {
  const byAddress = new Map<string, number>();
  for (const { address: told, connections } of clients) {
    const address = cleanText(told, MAX_TEXT_CHARACTERS) ?? "";
    byAddress.set(address, (byAddress.get(address) ?? 0) + connections);
  }
  const most = [...byAddress]
    .map(([address, connections]) => ({ address, connections }))
    .sort((a, b) => b.connections - a.connections || (a.address < b.address ? -1 : 1));
  const total = (some: typeof most) =>
    Math.min(
      MAX_COUNT,
      some.reduce((sum, one) => sum + one.connections, 0),
    );
  return {
    connections: total(most),
    clients: most.slice(0, MAX_CLIENTS),
    otherConnections: total(most.slice(MAX_CLIENTS)),
  };
}

function decodeReport({ clusterId }: Turn, { id, format, payload }: OpenBatch): ConnectionsReport | null {
  try {
    return decodeConnectionsReport(format, payload);
  } catch (error) {
    log.error({ clusterId, batch: id, error: String(error) }, "a report of connections cannot be read");
    return null;
  }
}

function timeFault(atMs: number, nowMs: number): IngestFaultName | null {
  if (Number.isNaN(atMs)) return "bad-time";
  if (atMs > nowMs + NEWEST_EVENT_MS) return "in-the-future";
  return atMs >= nowMs - OLDEST_EVENT_MS ? null : "too-old";
}
