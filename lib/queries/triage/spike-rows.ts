import { and, desc, eq, gte, isNull, lt, or } from "drizzle-orm";
import { SpikeItem } from "@/lib/api/spikes";
import type { Db } from "@/lib/db/client";
import { spike } from "@/lib/db/schema-health";
import { SPIKE_SIGNALS } from "@/lib/model/spikes";
import type { TimeRange } from "@/lib/model/time-range";

export type SpikeRow = typeof spike.$inferSelect;

/** A spike that nobody has looked at for so long is not known to go on. */
const STALE_MS = 120_000;
const MOST = 200;

/** The spikes of which any part lies in a range, the newest first, at most 200. Served by the primary key. */
export async function listSpikeRows(db: Db, clusterId: number, { fromMs, toMs }: TimeRange): Promise<SpikeRow[]> {
  return db
    .select()
    .from(spike)
    .where(
      and(
        eq(spike.clusterId, clusterId),
        lt(spike.onset, new Date(toMs)),
        or(isNull(spike.endedAt), gte(spike.endedAt, new Date(fromMs))),
      ),
    )
    .orderBy(desc(spike.onset), spike.signal, spike.subject)
    .limit(MOST);
}

/** From when to when a spike is known to have lasted; one that goes on lasts until now. */
export function spikeRange({ onset, endedAt, checkedAt }: SpikeRow, nowMs: number): TimeRange {
  const fromMs = onset.getTime();
  const checkedMs = checkedAt.getTime();
  const openMs = checkedMs < nowMs - STALE_MS ? checkedMs : nowMs;
  return { fromMs, toMs: Math.max(fromMs, endedAt?.getTime() ?? openMs) };
}

export function isLatencySpike({ signal }: SpikeRow): boolean {
  return Object.hasOwn(SPIKE_SIGNALS, signal) && SPIKE_SIGNALS[signal].isLatency;
}

/** A spike as the API tells it; null: another version wrote it. */
export function toSpikeItem(row: SpikeRow): SpikeItem | null {
  if (!Object.hasOwn(SPIKE_SIGNALS, row.signal)) return null;
  const { isLatency, unit, subject: subjectKind } = SPIKE_SIGNALS[row.signal];
  const { signal, subject, label, onset, endedAt, peak, peakAt, median, mad, baseline } = row;
  const parsed = SpikeItem.safeParse({
    ...{ signal, isLatency, subjectKind, subject, label, unit, peak, median, mad, baseline },
    onset: onset.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
    peakAt: peakAt.toISOString(),
  });
  return parsed.success ? parsed.data : null;
}
