import { eq } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { prefix } from "@/lib/db/schema";
import type { TimeRange } from "@/lib/model/time-range";
import { readTotals, type Totals } from "@/lib/queries/totals";
import type { TriageTimes } from "@/lib/queries/triage/times";

/** A prefix by its slot, and where it hangs. */
export interface TreeNode {
  slot: number;
  parentSlot: number | null;
  isOther: boolean;
}

/** What was written below every prefix, window against calm. */
export interface PrefixCounts {
  nodes: TreeNode[];
  /** Null: nobody watched the keyspace in that time, or only by longer samples than it lasted. */
  calm: Written | null;
  window: Written | null;
}

/** Writes (puts and deletes) and bytes, per watched second. */
export interface Written {
  writes(slot: number): number;
  writtenBytes(slot: number): number;
}

/** Exact totals of all prefixes over the two times. */
export async function readPrefixCounts(
  db: Db,
  clusterId: number,
  { times, nowMs }: { times: TriageTimes; nowMs: number },
): Promise<PrefixCounts> {
  const nodes = await db
    .select({ slot: prefix.slot, parentSlot: prefix.parentSlot, isOther: prefix.isOther })
    .from(prefix)
    .where(eq(prefix.clusterId, clusterId))
    .orderBy(prefix.slot);
  if (nodes.length === 0) return { nodes, calm: null, window: null };
  const slots = new Set(nodes.map(({ slot }) => slot));
  const read = (range: TimeRange) => readTotals(db, clusterId, { range, slots, nowMs });
  const [calm, window] = await Promise.all([read(times.calm), read(times.window)]);
  return { nodes, calm: toWritten(calm, times.calm), window: toWritten(window, times.window) };
}

/** Samples that reach far beyond the range say nothing of it. */
function toWritten({ observedMs, range, sum }: Totals, asked: TimeRange): Written | null {
  const isWider = range.toMs - range.fromMs > 2 * (asked.toMs - asked.fromMs) + MINUTE_MS;
  if (observedMs <= 0 || isWider) return null;
  const seconds = observedMs / 1_000;
  return {
    writes: (slot) => (sum("puts", slot) + sum("deletes", slot)) / seconds,
    writtenBytes: (slot) => sum("writtenBytes", slot) / seconds,
  };
}

const MINUTE_MS = 60_000;
