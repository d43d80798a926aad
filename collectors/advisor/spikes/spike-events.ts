import { FAILED_READ_MS } from "@/collectors/advisor/spikes/member-spikes";
import type { SpikeRow } from "@/collectors/advisor/spikes/spike-rows";
import type { Db } from "@/lib/db/client";
import { timelineEvent } from "@/lib/db/schema";
import { formatDuration } from "@/lib/model/units";

/** What of a member is slow, as a sentence begins with it. */
const SUBJECTS: Partial<Record<SpikeRow["signal"], string>> = {
  probeLinearizable: "Linearizable reads of",
  probeSerializable: "Serializable reads of",
  fsyncP99: "WAL fsync p99 of",
  commitP99: "Backend commit p99 of",
  peerRttP99: "Peer round trip p99 of",
};

/** Puts spikes of latency on the timeline, and until when they lasted as soon as they are over. */
export async function writeSpikeEvents(db: Db, rows: readonly SpikeRow[]): Promise<void> {
  for (const row of rows) {
    const { clusterId, onset: at, endedAt: until, subject: memberId, median, peak, label } = row;
    const what = SUBJECTS[row.signal];
    if (what === undefined) continue;
    const isFailing = row.signal.startsWith("probe") && peak >= FAILED_READ_MS;
    const went = isFailing
      ? `failed or took longer than ${formatMs(FAILED_READ_MS)}; ${formatMs(median)} is usual.`
      : `went from ${formatMs(median)} to ${formatMs(peak)}.`;
    const text = `${what} ${label} ${went}`;
    const { clusterId: cluster, at: begin, kind, memberId: member } = timelineEvent;
    await db
      .insert(timelineEvent)
      .values({ clusterId, at, until, kind: "spike", memberId, text })
      .onConflictDoUpdate({ target: [cluster, begin, kind, member], set: { until } });
  }
}

/** Milliseconds as people read them: `1.2 ms`, `48 ms`, `4.0 s`. */
export function formatMs(ms: number): string {
  if (ms >= 1_000) return formatDuration(ms);
  return `${ms < 9.95 ? ms.toFixed(1) : ms.toFixed(0)} ms`;
}
