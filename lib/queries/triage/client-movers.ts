import type { TimeRange } from "@/lib/model/time-range";
import type { TrafficDimension, TrafficIdentity } from "@/lib/model/traffic";
import { groupCells } from "@/lib/queries/traffic-groups";
import type { TrafficReading } from "@/lib/queries/traffic-reading";
import { TrafficTable } from "@/lib/queries/traffic-table";
import { type ComparedReading, clientKey, readClientDetails } from "@/lib/queries/triage/client-details";
import { isSliceWithin } from "@/lib/queries/triage/client-lines";
import type { ClientMover } from "@/lib/rules/triage/triage-facts";

/** A client, and its part of what rose in all, by requests or by bytes. */
export interface RankedMover {
  mover: ClientMover;
  score: number;
}

/** The clients that rose most, then the busiest; null where the source told nothing of the window. */
export function findClientMovers(compared: ComparedReading, limit: number): RankedMover[] | null {
  const { readings, times, clientOf } = compared;
  const window = sumUp(readings.axis, { range: times.window, clientOf });
  if (window === null) return null;
  const calm = sumUp(readings.calm, { range: times.calm, clientOf });
  const all = [...window.clients].map(([name, now]) => ({ name, now, before: calm?.clients.get(name) ?? null }));
  const rises = all.map(({ now, before }) => ({
    requests: calm === null ? 0 : now.requests - (before?.requests ?? 0),
    bytes: calm === null ? 0 : now.bytes - (before?.bytes ?? 0),
  }));
  const total = (figure: "requests" | "bytes") => rises.reduce((sum, rise) => sum + Math.max(0, rise[figure]), 0);
  const [requests, bytes] = [total("requests"), total("bytes")];
  const scored = all.map((client, i) => ({
    ...client,
    score: Math.max(part(rises[i]?.requests, requests), part(rises[i]?.bytes, bytes)),
  }));
  const chosen = scored.sort((a, b) => b.score - a.score || b.now.requests - a.now.requests).slice(0, limit);
  const clients = chosen.map(({ name, now: { identity } }) => ({ key: name, identity }));
  const movers = readClientDetails(compared, clients, { isCalmTold: calm !== null });
  return chosen.map(({ score }, place) => ({ score, mover: movers[place] as ClientMover }));
}

function part(rise: number | undefined, total: number): number {
  return rise === undefined || rise <= 0 || total <= 0 ? 0 : rise / total;
}

interface ClientSum {
  identity: TrafficIdentity;
  /** Per observed second. */
  requests: number;
  bytes: number;
}

/** Requests and bytes by client over a range; null where it was not observed. What was folded is nobody's. */
function sumUp(
  reading: TrafficReading,
  { range, clientOf }: { range: TimeRange; clientOf: readonly TrafficDimension[] },
): { clients: Map<string, ClientSum> } | null {
  const isIn = reading.slices.map((slice) => isSliceWithin(slice, range));
  const observedMs = reading.slices.reduce((sum, slice, i) => sum + (isIn[i] ? slice.observedMs : 0), 0);
  if (observedMs <= 0) return null;
  const groups = groupCells(reading.cells, { groupBy: clientOf, filter: {} });
  const table = new TrafficTable(groups.other + 1, reading.latencyBuckets);
  reading.addTo(table, (cell, slice) => (isIn[slice] ? (groups.groupOf[cell] as number) : -1));
  const seconds = observedMs / 1_000;
  const clients = new Map<string, ClientSum>();
  for (const [group, identity] of groups.identities.entries()) {
    const requests = table.of(group, "requests") / seconds;
    if (requests > 0) {
      clients.set(clientKey(identity, clientOf), {
        identity,
        requests,
        bytes: table.of(group, "responseBytes") / seconds,
      });
    }
  }
  return { clients };
}
