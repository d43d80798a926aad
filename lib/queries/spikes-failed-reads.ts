import { and, asc, eq, gte, lt } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { probeMinute } from "@/lib/db/schema-health";
import type { TimeRange } from "@/lib/model/time-range";

const MINUTE_MS = 60_000;
const SLOT_MS = 5_000;
const FAILED = -1;

/** A black-box read that failed or took longer than its deadline. */
export interface FailedRead {
  memberId: string;
  signal: "probeLinearizable" | "probeSerializable";
  atMs: number;
}

/** The failed reads of a range, the oldest first. Served by the primary key. */
export async function listFailedReads(db: Db, clusterId: number, { fromMs, toMs }: TimeRange): Promise<FailedRead[]> {
  const { minute, memberId } = probeMinute;
  const firstMs = Math.floor(fromMs / MINUTE_MS) * MINUTE_MS;
  const rows = await db
    .select()
    .from(probeMinute)
    .where(and(eq(probeMinute.clusterId, clusterId), gte(minute, new Date(firstMs)), lt(minute, new Date(toMs))))
    .orderBy(asc(minute), asc(memberId));
  return rows.flatMap((row) => [
    ...toFailed(row, "probeLinearizable", row.linearizableMicros),
    ...toFailed(row, "probeSerializable", row.serializableMicros),
  ]);
}

function toFailed(
  { minute, memberId }: typeof probeMinute.$inferSelect,
  signal: FailedRead["signal"],
  micros: readonly (number | null)[],
): FailedRead[] {
  return micros.flatMap((value, slot) =>
    value === FAILED ? [{ memberId, signal, atMs: minute.getTime() + slot * SLOT_MS }] : [],
  );
}
