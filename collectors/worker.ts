import { randomUUID } from "node:crypto";
import { lt, sql } from "drizzle-orm";
import { runAdvisor } from "@/collectors/advisor/advisor";
import { STANDING } from "@/collectors/advisor/standing";
import { CaptureDesk } from "@/collectors/capture/capture-desk";
import { ClusterSet } from "@/collectors/cluster-set";
import { sealDue } from "@/collectors/keyspace/sealer";
import { sealMetricsDue } from "@/collectors/metrics/seal";
import { runNotifications } from "@/collectors/notify/notify";
import { QuestionDesk } from "@/collectors/question-desk";
import { repeat } from "@/collectors/repeat";
import { expireBatches, expireTraffic } from "@/collectors/traffic/expire";
import { sealTrafficHours } from "@/collectors/traffic/hours";
import { TrafficIngest } from "@/collectors/traffic/ingest";
import { TrafficStore } from "@/collectors/traffic/traffic-store";
import { WorkerLock } from "@/collectors/worker-lock";
import { readWorkerConfig } from "@/lib/config";
import { type Db, openDb } from "@/lib/db/client";
import { removeOrphanedRows } from "@/lib/db/clusters";
import { dropExpiredPartitions, dropUnnamedHotKeys, ensurePartitions } from "@/lib/db/partitions";
import { readRetention } from "@/lib/db/retention";
import { question, worker } from "@/lib/db/schema";
import { log } from "@/lib/log";

const HEARTBEAT_MS = 1_000;
const SEALING_MS = 60_000;
const MAINTENANCE_MS = 3_600_000;
const STOP_PATIENCE_MS = 8_000;
const QUESTION_LIFE_MS = 3_600_000;

const workerId = randomUUID();
const startedAt = new Date();
/** The retention that was last dropped by. */
let droppedBy: string | null = null;

await main();

/**
 * The worker: the only process that talks to etcd. Holds the worker lock, runs the collectors of every cluster that is
 * not paused, and answers what the web asks. Ends on SIGTERM, SIGINT, or when its supervisor goes away.
 */
async function main(): Promise<void> {
  const { databaseUrl, secretKey, dataDir, publicUrl } = readWorkerConfig();
  const stop = new AbortController();
  for (const event of ["SIGTERM", "SIGINT", "disconnect"] as const) process.once(event, () => stop.abort());
  if (process.connected === false) stop.abort(); // the supervisor went while this file was being loaded
  stop.signal.addEventListener("abort", () => setTimeout(giveUp, STOP_PATIENCE_MS).unref());
  const { db, sql: pool, close } = openDb(databaseUrl);
  const lock = new WorkerLock(databaseUrl);
  const store = new TrafficStore(db);
  const clusters = new ClusterSet({ db, sql: pool, secretKey, dataDir, store });
  const ingest = new TrafficIngest({
    ...{ db, sql: pool, store },
    isFollowed: (clusterId, source) => clusters.isFollowed(clusterId, source),
  });
  const desk = new QuestionDesk({ db, sql: pool, secretKey, clusters, publicUrl });
  const captures = new CaptureDesk({ db, sql: pool, clusters, observers: store.observers });
  await lock.wait(stop.signal);
  log.info("worker is running");
  await Promise.all([
    repeat("heartbeat", () => beat(db, lock, stop), HEARTBEAT_MS, stop.signal),
    repeat("sealing", () => sealAndDrop(db, store), SEALING_MS, stop.signal),
    repeat("sealing of metrics", () => sealMetricsDue(db, Date.now()), SEALING_MS, stop.signal),
    repeat("sealing of traffic", () => sealTraffic(store), SEALING_MS, stop.signal),
    repeat("maintenance", () => maintain(db, store), MAINTENANCE_MS, stop.signal),
    clusters.run(stop.signal),
    desk.run(stop.signal),
    captures.run(stop.signal),
    ingest.run(stop.signal),
    runAdvisor(db, STANDING, stop.signal),
    runNotifications({ db, secretKey, publicUrl }, stop.signal),
  ]);
  await Promise.all([lock.release(), close()]);
  log.info("worker has stopped");
  process.exit(0); // the channel to the supervisor, or a listener that Postgres's return made anew, would keep us alive
}

/** What waits for a server that does not answer must not keep the worker from ending. */
function giveUp(): void {
  log.error("did not stop in time, ending at once");
  process.exit(1);
}

async function beat(db: Db, lock: WorkerLock, stop: AbortController): Promise<void> {
  if (!(await lock.hold())) {
    log.error("another worker holds the lock: stopping, so that nothing is counted twice");
    stop.abort();
    return;
  }
  const at = sql`now()`; // readers compare it by Postgres's clock
  const row = { id: workerId, pid: process.pid, startedAt, at };
  await db.insert(worker).values(row).onConflictDoUpdate({ target: worker.id, set: { at } });
}

/** Seals what is over; drops what is too old as soon as someone has changed how long it is kept. */
async function sealAndDrop(db: Db, store: TrafficStore): Promise<void> {
  await sealDue(db, Date.now());
  const retention = JSON.stringify(await readRetention(db));
  if (retention === droppedBy) return;
  await dropExpired(db, store, Date.now());
  droppedBy = retention;
}

async function sealTraffic(store: TrafficStore): Promise<void> {
  await sealTrafficHours(store, Date.now());
  await expireBatches(store.db, Date.now());
}

async function dropExpired(db: Db, store: TrafficStore, nowMs: number): Promise<void> {
  // Only what has left with a partition can have taken a key's last mention along.
  if ((await dropExpiredPartitions(db, nowMs)) === 0) return;
  store.forgetPartitions();
  await dropUnnamedHotKeys(db);
}

async function maintain(db: Db, store: TrafficStore): Promise<void> {
  const nowMs = Date.now();
  await ensurePartitions(db, nowMs);
  await dropExpired(db, store, nowMs);
  await expireTraffic(store, nowMs);
  await removeOrphanedRows(db); // of a cluster removed while its collectors were still writing
  await db.delete(question).where(lt(question.askedAt, new Date(nowMs - QUESTION_LIFE_MS)));
  await db.delete(worker).where(lt(worker.at, new Date(nowMs - MAINTENANCE_MS)));
}
