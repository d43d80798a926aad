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

/** What is known of superseded revisions: history. */
export interface HistoryStanding {
  /** Why it is not known, in plain words; null while it is. */
  historyReason: string | null;
  /** What etcd has compacted up to. */
  compactRevision: number | null;
}

/** The standing of one cluster's model; all unknown before its first scan began. */
export async function readModelStanding(db: Db, clusterId: number, nowMs: number): Promise<ModelStanding> {
  const [row] = await db.select().from(keyspaceStatus).where(eq(keyspaceStatus.clusterId, clusterId));
  return toModelStanding(row, nowMs);
}

/** The standing of one cluster's model, and of the history beside it. */
export async function readStandings(
  db: Db,
  clusterId: number,
  nowMs: number,
): Promise<{ standing: ModelStanding; history: HistoryStanding }> {
  const [row] = await db.select().from(keyspaceStatus).where(eq(keyspaceStatus.clusterId, clusterId));
  return { standing: toModelStanding(row, nowMs), history: toHistoryStanding(row) };
}

/** What a row of `keyspace_status` says of history. */
export function toHistoryStanding(row: typeof keyspaceStatus.$inferSelect | undefined): HistoryStanding {
  const isKnown = row !== undefined && row.historyRevisions !== null && row.historyReason === null;
  return {
    historyReason: isKnown ? null : (row?.historyReason ?? NOT_MEASURED),
    compactRevision: row?.compactRevision ?? null,
  };
}

const NOT_MEASURED = "It has not been measured yet.";

/** The standing from a row of `keyspace_status`. */
export function toModelStanding(row: typeof keyspaceStatus.$inferSelect | undefined, nowMs: number): ModelStanding {
  return {
    state: row?.phase ?? "unknown",
    revision: row?.revision ?? null,
    at: row?.at?.toISOString() ?? null,
    lagMs: row?.at ? Math.max(0, nowMs - row.at.getTime()) : null,
  };
}
