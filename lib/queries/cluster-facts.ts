import { and, eq, inArray } from "drizzle-orm";
import type { CollectorReport } from "@/lib/api/clusters";
import type { Db } from "@/lib/db/client";
import { collectorState, keyspaceStatus, member, prefixState } from "@/lib/db/schema";
import { isWorkerAlive, readLastSign } from "@/lib/queries/worker-life";

/** What is stored about a cluster as it is now. */
export interface ClusterFacts {
  collectors: CollectorReport[];
  status: typeof keyspaceStatus.$inferSelect | undefined;
  members: (typeof member.$inferSelect)[];
  /** The whole keyspace; undefined before its first scan is done. */
  root: typeof prefixState.$inferSelect | undefined;
}

/** A worker silent for so long is reported, for every cluster it should collect from. */
const SILENT_MS = 15_000;
const ROOT_SLOT = 0;

/** The facts of some clusters, four questions in all. */
export async function readClusterFacts(
  db: Db,
  clusterIds: number[],
  nowMs: number,
): Promise<{ of(clusterId: number): ClusterFacts }> {
  const collectors = await db
    .select()
    .from(collectorState)
    .where(inArray(collectorState.clusterId, clusterIds))
    .orderBy(collectorState.collector);
  const statuses = await db.select().from(keyspaceStatus).where(inArray(keyspaceStatus.clusterId, clusterIds));
  const members = await db
    .select()
    .from(member)
    .where(inArray(member.clusterId, clusterIds))
    .orderBy(member.name, member.memberId);
  const roots = await db
    .select()
    .from(prefixState)
    .where(and(inArray(prefixState.clusterId, clusterIds), eq(prefixState.slot, ROOT_SLOT)));
  const absence = (await isWorkerAlive(db, SILENT_MS)) ? [] : [workerAbsence(await readLastSign(db), nowMs)];
  return {
    of(clusterId) {
      const isMine = (row: { clusterId: number }) => row.clusterId === clusterId;
      const status = statuses.find(isMine);
      return {
        collectors: [...absence, ...collectors.filter(isMine).map(toReport)],
        status,
        members: members.filter(isMine),
        root: status && status.revision !== null ? roots.find(isMine) : undefined,
      };
    },
  };
}

function toReport({
  collector,
  health,
  reason,
  remedy,
  since,
  at,
}: typeof collectorState.$inferSelect): CollectorReport {
  return { collector, health, reason, remedy, since: since.toISOString(), at: at.toISOString() };
}

/** Without a worker the last words of the collectors would stand there as if they were true still. */
function workerAbsence(lastSign: Date | null, nowMs: number): CollectorReport {
  const at = new Date(nowMs).toISOString();
  return {
    collector: "worker",
    health: "failed",
    reason: "The worker is not running: nothing is collected, and all figures are the last known ones.",
    remedy: "Start etcdscope again with `npm start`; the worker's log says why it ended.",
    since: lastSign?.toISOString() ?? at,
    at,
  };
}
