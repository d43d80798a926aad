import { eq } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { type KeyspacePhase, keyspaceStatus } from "@/lib/db/schema";

/** Where the keyspace model of a cluster stands, as every answer made from it says. */
export interface ModelStanding {
  state: KeyspacePhase | "unknown";
  revision: number | null;
  at: string | null;
  lagMs: number | null;
}

/** The standing of one cluster's model; all unknown before its first scan began. */
export async function readModelStanding(db: Db, clusterId: number, nowMs: number): Promise<ModelStanding> {
  const [row] = await db.select().from(keyspaceStatus).where(eq(keyspaceStatus.clusterId, clusterId));
  return toModelStanding(row, nowMs);
}

/** The same from a row of `keyspace_status`. */
export function toModelStanding(row: typeof keyspaceStatus.$inferSelect | undefined, nowMs: number): ModelStanding {
  return {
    state: row?.phase ?? "unknown",
    revision: row?.revision ?? null,
    at: row?.at?.toISOString() ?? null,
    lagMs: row?.at ? Math.max(0, nowMs - row.at.getTime()) : null,
  };
}
