import { eq, min } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { keyspaceFrame, prefixDay, prefixHour, sealedDay, sealedHour } from "@/lib/db/schema";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/**
 * The first instant of which the records of a cluster can tell what was held, on whatever level they are kept: the end
 * of the first sample. Null when there are none. Primary keys serve it.
 */
export async function readRecordsSince(db: Db, clusterId: number): Promise<Date | null> {
  const firsts = [
    { table: keyspaceFrame, start: keyspaceFrame.at, lengthMs: MINUTE_MS },
    { table: sealedHour, start: sealedHour.hour, lengthMs: HOUR_MS },
    { table: sealedDay, start: sealedDay.day, lengthMs: DAY_MS },
    { table: prefixHour, start: prefixHour.hour, lengthMs: HOUR_MS },
    { table: prefixDay, start: prefixDay.day, lengthMs: DAY_MS },
  ];
  const ends: number[] = [];
  for (const { table, start, lengthMs } of firsts) {
    const [row] = await db
      .select({ at: min(start) })
      .from(table)
      .where(eq(table.clusterId, clusterId));
    if (row?.at) ends.push(row.at.getTime() + lengthMs);
  }
  return ends.length === 0 ? null : new Date(Math.min(...ends));
}
