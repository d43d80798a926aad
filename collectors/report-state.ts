import { sql } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { type CollectorHealth, collectorState } from "@/lib/db/schema";

export interface CollectorReport {
  health: CollectorHealth;
  /** In plain words; with `remedy` what to do. Neither while all is well. */
  reason?: string | null;
  remedy?: string | null;
}

/** Writes how a collector of a cluster is doing. `since` stays while health and reason stay the same. */
export async function reportState(
  db: Db,
  clusterId: number,
  collector: string,
  { health, reason = null, remedy = null }: CollectorReport,
): Promise<void> {
  const at = new Date();
  await db
    .insert(collectorState)
    .values({ clusterId, collector, health, reason, remedy, since: at, at })
    .onConflictDoUpdate({
      target: [collectorState.clusterId, collectorState.collector],
      set: {
        health,
        reason,
        remedy,
        at,
        since: sql`case when ${collectorState.health} = excluded.health
          and ${collectorState.reason} is not distinct from excluded.reason
          then ${collectorState.since} else excluded.since end`,
      },
    });
}
