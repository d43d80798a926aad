import { and, eq, gte, isNull, or, sql } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { spike } from "@/lib/db/schema-health";

export type SpikeRow = typeof spike.$inferSelect;

/** Spikes of a cluster that go on, or ended since `sinceMs`. */
export async function listCurrentSpikes(db: Db, clusterId: number, sinceMs: number): Promise<SpikeRow[]> {
  const isCurrent = or(isNull(spike.endedAt), gte(spike.endedAt, new Date(sinceMs)));
  return db
    .select()
    .from(spike)
    .where(and(eq(spike.clusterId, clusterId), isCurrent))
    .orderBy(spike.onset);
}

/** Writes spikes as they stand now. */
export async function writeSpikes(db: Db, rows: readonly SpikeRow[]): Promise<void> {
  if (rows.length === 0) return;
  await db
    .insert(spike)
    .values([...rows])
    .onConflictDoUpdate({
      target: [spike.clusterId, spike.onset, spike.signal, spike.subject],
      set: {
        label: sql`excluded.label`,
        endedAt: sql`excluded.ended_at`,
        peak: sql`excluded.peak`,
        peakAt: sql`excluded.peak_at`,
        checkedAt: sql`excluded.checked_at`,
      },
    });
}

/** Of clusters that are not watched any more nobody knows how it went on: their spikes end when they were last seen. */
export async function endUnwatchedSpikes(db: Db): Promise<void> {
  await db
    .update(spike)
    .set({ endedAt: sql`${spike.checkedAt}` })
    .where(
      and(
        isNull(spike.endedAt),
        sql`not exists (select from cluster where cluster.id = ${spike.clusterId} and not paused)`,
      ),
    );
}
