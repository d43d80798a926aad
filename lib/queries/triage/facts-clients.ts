import type { Db } from "@/lib/db/client";
import type { TimeRange } from "@/lib/model/time-range";
import type { TrafficDimension } from "@/lib/model/traffic";
import { readApiserverTraffic } from "@/lib/queries/traffic-apiserver";
import { readCellTraffic } from "@/lib/queries/traffic-cells";
import type { TrafficReading } from "@/lib/queries/traffic-reading";
import { scaleToTotals } from "@/lib/queries/traffic-scale";
import type { ComparedReading } from "@/lib/queries/triage/client-details";
import { findClientMovers, type RankedMover } from "@/lib/queries/triage/client-movers";
import { axisRange, type TriageTimes } from "@/lib/queries/triage/times";
import { readBoth } from "@/lib/queries/triage/to-axis";
import type { ClientMover } from "@/lib/rules/triage/triage-facts";

const MINUTE_MS = 60_000;
const MOST = 20;

type ClientSource = ClientMover["source"];

/** By what each source tells who asked. */
const CLIENT_OF: Record<ClientSource, readonly TrafficDimension[]> = {
  audit: ["userAgent", "user", "sourceAddress"],
  "etcd-log": ["sourceAddress"],
  apiserver: ["verb", "resource"],
};

/**
 * Who asked more than before: clients of the apiserver as audit events name them, else what the apiserver counts by verb
 * and resource; and the addresses that etcd's own log names. Null: nobody tells.
 */
export async function readClientFacts(db: Db, clusterId: number, times: TriageTimes): Promise<ClientMover[] | null> {
  const [audit, log] = await Promise.all([
    readSource(db, clusterId, times, "audit"),
    readSource(db, clusterId, times, "etcd-log"),
  ]);
  const apiserver = audit === null ? await readSource(db, clusterId, times, "apiserver") : null;
  const told = [audit, apiserver, log].filter((movers) => movers !== null);
  if (told.length === 0) return null;
  const ranked = told.flat().sort((a, b) => moves(b) - moves(a) || b.score - a.score || byName(a, b));
  return ranked.slice(0, MOST).map(({ mover }) => mover);
}

/** 1 where requests or bytes left their calm band: shares of different sources say less than that. */
function moves({ mover: { requests, responseBytesPerSecond } }: RankedMover): 0 | 1 {
  return requests.movedAtMs !== null || (responseBytesPerSecond?.movedAtMs ?? null) !== null ? 1 : 0;
}

function byName(a: RankedMover, b: RankedMover): number {
  return a.mover.name < b.mover.name ? -1 : 1;
}

/** Null: the source told nothing of the window. */
async function readSource(
  db: Db,
  clusterId: number,
  times: TriageTimes,
  source: ClientSource,
): Promise<RankedMover[] | null> {
  const blockMs = Math.max(MINUTE_MS, times.axis.stepMs);
  const readings = await readBoth(times, axisRange(times.axis), (range) =>
    readOne(db, clusterId, { source, range, blockMs }),
  );
  const compared: ComparedReading = { source, readings, times, clientOf: CLIENT_OF[source] };
  return findClientMovers(compared, MOST);
}

async function readOne(
  db: Db,
  clusterId: number,
  { source, range, blockMs }: { source: ClientSource; range: TimeRange; blockMs: number },
): Promise<TrafficReading> {
  if (source === "apiserver") return readApiserverTraffic(db, clusterId, { range, byCode: true, stepMs: blockMs });
  const reading = await readCellTraffic(db, clusterId, { source, range, blockMs });
  return source === "etcd-log" ? scaleToTotals(db, clusterId, reading) : reading;
}
