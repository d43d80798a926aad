import { and, eq, gt, or } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { keyspaceStatus, timelineEvent } from "@/lib/db/schema";

/** Who defragments one member goes on with the next. */
const DEFRAGMENTATION_REST_MS = 120_000;

/** Why the members' hashes should not be compared now, half a sentence; null: they may be. */
export async function findObstacle(db: Db, clusterId: number, nowMs: number): Promise<string | null> {
  const [status] = await db
    .select({ phase: keyspaceStatus.phase, updatedAt: keyspaceStatus.updatedAt })
    .from(keyspaceStatus)
    .where(eq(keyspaceStatus.clusterId, clusterId));
  const isScanning = status !== undefined && status.phase !== "live";
  if (isScanning && nowMs - status.updatedAt.getTime() < SCAN_SILENCE_MS) {
    return "etcdscope is reading the whole keyspace";
  }
  const since = new Date(nowMs - DEFRAGMENTATION_REST_MS);
  const { clusterId: cluster, kind, at, until } = timelineEvent;
  const [defragmentation] = await db
    .select({ text: timelineEvent.text })
    .from(timelineEvent)
    .where(and(eq(cluster, clusterId), eq(kind, "defragmentation"), or(gt(at, since), gt(until, since))))
    .limit(1);
  return defragmentation === undefined ? null : "a member has just been defragmented, and others may follow";
}

/** A scan tells how far it has come every second; what has been silent for longer has ended otherwise. */
const SCAN_SILENCE_MS = 60_000;
