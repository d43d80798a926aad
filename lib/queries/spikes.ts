import { and, desc, eq, gt, isNull, lt, or } from "drizzle-orm";
import type { SpikeItem, SpikesAnswer, SpikesParams } from "@/lib/api/spikes";
import type { Db } from "@/lib/db/client";
import { collectorState } from "@/lib/db/schema";
import { spike } from "@/lib/db/schema-health";
import { SPIKE_SIGNALS } from "@/lib/model/spikes";
import type { TimeRange } from "@/lib/model/time-range";
import { toQueryRange } from "@/lib/queries/query-range";

/** The name under which who looks for spikes reports. */
const ADVISOR = "advisor";

/** The spikes of a range and when they were last looked for. */
export async function readSpikes(
  db: Db,
  clusterId: number,
  params: SpikesParams,
  nowMs: number,
): Promise<SpikesAnswer> {
  const range = toQueryRange(params, nowMs);
  const [advisor] = await db
    .select({ at: collectorState.at })
    .from(collectorState)
    .where(and(eq(collectorState.clusterId, clusterId), eq(collectorState.collector, ADVISOR)));
  return {
    items: await listSpikes(db, clusterId, range, params.limit),
    nextCursor: null,
    range: { from: new Date(range.fromMs).toISOString(), to: new Date(range.toMs).toISOString() },
    checkedAt: advisor?.at.toISOString() ?? null,
    origin: "estimated",
  };
}

/** The spikes any part of which lies in a range, those that began last first. Served by the primary key. */
export async function listSpikes(db: Db, clusterId: number, range: TimeRange, limit: number): Promise<SpikeItem[]> {
  const isIn = and(
    lt(spike.onset, new Date(range.toMs)),
    or(isNull(spike.endedAt), gt(spike.endedAt, new Date(range.fromMs))),
  );
  const rows = await db
    .select()
    .from(spike)
    .where(and(eq(spike.clusterId, clusterId), isIn))
    .orderBy(desc(spike.onset), spike.signal, spike.subject)
    .limit(limit);
  return rows.map(toItem);
}

function toItem({ onset, endedAt, signal, peakAt, baseline, ...row }: typeof spike.$inferSelect): SpikeItem {
  const { subject: subjectKind, unit, isLatency } = SPIKE_SIGNALS[signal];
  return {
    ...{ signal, isLatency, subjectKind, subject: row.subject, label: row.label, unit },
    onset: onset.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
    peak: row.peak,
    peakAt: peakAt.toISOString(),
    ...{ median: row.median, mad: row.mad, baseline: baseline as SpikeItem["baseline"] },
  };
}
