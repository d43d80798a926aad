import { and, desc, eq, gte, lt } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { connectionSample } from "@/lib/db/schema-metrics";
import type { TimeRange } from "@/lib/model/time-range";

/** Agents that have not reported for so long before the range's end are history, not members. */
const STALE_MS = 600_000;

/** Established connections by the reporter's name, the member's: the newest report of the range's last minutes. */
export async function readMemberConnections(
  db: Db,
  clusterId: number,
  range: TimeRange,
): Promise<ReadonlyMap<string, number>> {
  const { at, reporter, connections } = connectionSample;
  const since = new Date(Math.max(range.fromMs, range.toMs - STALE_MS));
  const rows = await db
    .selectDistinctOn([reporter], { reporter, connections })
    .from(connectionSample)
    .where(and(eq(connectionSample.clusterId, clusterId), gte(at, since), lt(at, new Date(range.toMs))))
    .orderBy(reporter, desc(at));
  return new Map(rows.map((row) => [row.reporter, row.connections]));
}
