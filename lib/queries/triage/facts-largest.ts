import { sql } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { keyspaceFrame } from "@/lib/db/schema";
import type { TimeRange } from "@/lib/model/time-range";
import { axisRange, type TriageTimes } from "@/lib/queries/triage/times";
import { compareReadings, readBoth, type Stepped, type TwoReadings } from "@/lib/queries/triage/to-axis";
import type { Moved, TriageFacts } from "@/lib/rules/triage/triage-facts";

export type LargestFacts = Pick<TriageFacts, "largestRevisionPuts" | "largestPutBytes">;

interface Largest {
  events: Stepped;
  putBytes: Stepped;
}

/**
 * The largest transaction and the longest value put; over a longer time the largest of it. Only frames tell, which are
 * kept for a day: null where there are none.
 */
export async function readLargestFacts(db: Db, clusterId: number, times: TriageTimes): Promise<LargestFacts> {
  const { axis } = times;
  const readings = await readBoth(times, axisRange(axis), (range) => readSteps(db, clusterId, range, axis.stepMs));
  return {
    largestRevisionPuts: toMoved({ axis: readings.axis.events, calm: readings.calm.events }, times, "count"),
    largestPutBytes: toMoved({ axis: readings.axis.putBytes, calm: readings.calm.putBytes }, times, "bytes"),
  };
}

async function readSteps(db: Db, clusterId: number, range: TimeRange, stepMs: number): Promise<Largest> {
  const columns = Math.max(0, Math.ceil((range.toMs - range.fromMs) / stepMs));
  const toIso = (ms: number) => new Date(ms).toISOString();
  const rows = await db.execute<Record<"step" | "events" | "put_bytes", string | null>>(sql`
    select floor((extract(epoch from at) * 1000 - ${range.fromMs}::float8) / ${stepMs}::float8) as step,
      max(largest_revision_puts) as events, max(largest_put_bytes) as put_bytes
    from ${keyspaceFrame}
    where cluster_id = ${clusterId} and at >= ${toIso(range.fromMs)}::timestamptz
      and at < ${toIso(range.toMs)}::timestamptz and largest_revision_puts is not null
    group by 1`);
  const events = new Array<number | null>(columns).fill(null);
  const putBytes = new Array<number | null>(columns).fill(null);
  for (const row of rows) {
    events[Number(row.step)] = row.events === null ? null : Number(row.events);
    putBytes[Number(row.step)] = row.put_bytes === null ? null : Number(row.put_bytes);
  }
  const grid = { fromMs: range.fromMs, stepMs };
  return { events: { ...grid, values: events }, putBytes: { ...grid, values: putBytes } };
}

function toMoved(readings: TwoReadings<Stepped>, times: TriageTimes, unit: "count" | "bytes"): Moved | null {
  if (readings.axis.values.every((value) => value === null)) return null;
  const moved = compareReadings(readings, times, { unit });
  return { ...moved, calm: moved.calmWorst, window: moved.worst };
}
