import { and, eq, inArray, sql } from "drizzle-orm";
import type { CaptureItem } from "@/lib/api/captures";
import type { Db } from "@/lib/db/client";
import { keyspaceStatus } from "@/lib/db/schema";
import { capture } from "@/lib/db/schema-health";
import { CAPTURE_HEAD, toCaptureItems, WORKER_SILENT_MS } from "@/lib/queries/capture-item";
import type { ClusterRow } from "@/lib/queries/clusters";
import { ConflictError, WorkerAbsentError } from "@/lib/queries/errors";
import { isWorkerAlive } from "@/lib/queries/worker-life";

/** Sessions of one cluster that may be open; the worker runs two of them at once. */
const MAX_OPEN = 8;

type AskedCluster = Pick<ClusterRow, "id" | "name" | "endpoints" | "paused">;

/**
 * Asks the worker for an exact session of so many seconds; it begins at once. Throws a `ConflictError` where nothing of
 * the cluster can be watched now, and a `WorkerAbsentError`.
 */
export async function askForCapture(
  db: Db,
  cluster: AskedCluster,
  seconds: number,
  nowMs: number,
): Promise<CaptureItem> {
  const conflict = findStandingConflict(cluster);
  if (conflict) throw conflict;
  if (!(await isWorkerAlive(db, WORKER_SILENT_MS))) throw new WorkerAbsentError(false, 0);
  await requireLive(db, cluster);
  await requireRoom(db, cluster);
  const row = await insertCapture(db, cluster.id, seconds);
  const [item] = await toCaptureItems(db, [row], nowMs);
  return item as CaptureItem;
}

function findStandingConflict({ name, endpoints, paused }: AskedCluster): ConflictError | null {
  if (endpoints.length === 0) {
    return new ConflictError(
      `The cluster "${name}" is registered without endpoints of etcd, so nobody hears its writes.`,
      {
        remedy: "Where etcd can be reached, register it with its endpoints in Settings › Clusters.",
      },
    );
  }
  if (!paused) return null;
  return new ConflictError(`The cluster "${name}" is paused, so nothing of it is watched.`, {
    remedy: "Resume it in Settings › Clusters and ask again.",
  });
}

async function requireLive(db: Db, { id, name }: AskedCluster): Promise<void> {
  const [status] = await db
    .select({ phase: keyspaceStatus.phase })
    .from(keyspaceStatus)
    .where(eq(keyspaceStatus.clusterId, id));
  if (status?.phase === "live") return;
  throw new ConflictError(`The keyspace of "${name}" is being read for the first time or anew.`, {
    remedy: "Ask again when it is live; the Collection page shows how far it is, or what is in its way.",
  });
}

async function requireRoom(db: Db, { id, name }: AskedCluster): Promise<void> {
  const open = await db.$count(capture, and(eq(capture.clusterId, id), inArray(capture.state, ["waiting", "running"])));
  if (open < MAX_OPEN) return;
  throw new ConflictError(`${open} sessions of "${name}" are waiting or running.`, {
    remedy: "Wait until they have ended, or remove some of them.",
  });
}

/** In one transaction: the worker hears of the row when it is there. */
async function insertCapture(db: Db, clusterId: number, seconds: number) {
  return db.transaction(async (tx) => {
    const [row] = await tx.insert(capture).values({ clusterId, seconds, state: "waiting" }).returning(CAPTURE_HEAD);
    await tx.execute(sql`select pg_notify('capture', ${String(clusterId)})`);
    if (!row) throw new Error("Postgres did not answer the id of a capture");
    return row;
  });
}
