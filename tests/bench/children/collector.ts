import { setTimeout as sleep } from "node:timers/promises";
import { eq } from "drizzle-orm";
import { CostLedger } from "@/collectors/cost-meter";
import { KeyspaceCollector } from "@/collectors/keyspace/keyspace";
import { openDb } from "@/lib/db/client";
import { keyspaceStatus } from "@/lib/db/schema";
import { log } from "@/lib/log";
import { cpuMs, type Message, onTold, readOptions, tell, waitTold } from "@/tests/bench/children/talk";

/** The product's keyspace collector on an etcd and a Postgres, and when it has applied which revision. */

export interface CollectorOptions {
  endpoint: string;
  databaseUrl: string;
  clusterId: number;
  /** Where it keeps checkpoints; null: nowhere. */
  dataDir: string | null;
}

export interface CollectorLive {
  keys: number;
  /** From the start of the collector to a live model. */
  tookMs: number;
}

export interface CollectorMark {
  cpuMs: number;
  revision: number;
}

/** From when on which revision had been applied, looked at every few milliseconds. */
export interface Applied {
  revisions: number[];
  atMs: number[];
}

const LOOK_MS = 5;
const SETTLED_WITHIN_MS = 90_000;
const BEING_READ = "The revisions that etcd held when the model went live are being read.";
const FRAME_MS = 10_000;
const { endpoint, databaseUrl, clusterId, dataDir } = readOptions<CollectorOptions>();
const { db, close } = openDb(databaseUrl);
const stopping = new AbortController();
const collector = new KeyspaceCollector({
  ...{ db, clusterId, dataDir, log },
  access: { endpoints: [endpoint] },
  settings: { scanShare: 1, frameMs: FRAME_MS },
  costs: new CostLedger(db, clusterId),
});

onTold("mark", async ({ revision }) => {
  await reach(revision as number);
  tell("mark", { cpuMs: cpuMs(), revision: collector.live()?.model.revision ?? 0 });
});
onTold("settle", async () => {
  await settle();
  tell("settle");
});
onTold("follow", async () => {
  tell("follow", { ...(await follow(waitTold("followTo"))) });
});
onTold("stop", async () => {
  stopping.abort();
  await running;
  await close();
  tell("stop");
});

const startedMs = performance.now();
const startedAtMs = Date.now();
const running = collector.run(stopping.signal);
await reach(1);
tell("live", { keys: collector.live()?.model.keys, tookMs: performance.now() - startedMs });

/** Waits until the model is live and has come to `revision`. */
async function reach(revision: number): Promise<void> {
  while ((collector.live()?.model.revision ?? 0) < revision) await sleep(LOOK_MS);
}

/** Waits until what follows a baseline is over: the count of all keys, and the replay of history. */
async function settle(): Promise<void> {
  const deadlineMs = performance.now() + SETTLED_WITHIN_MS;
  const own = eq(keyspaceStatus.clusterId, clusterId);
  while (performance.now() < deadlineMs) {
    const [status] = await db.select().from(keyspaceStatus).where(own);
    // What an earlier collector of the same cluster has written says nothing of this one.
    const isChecked = status?.driftCheckedAt && status.driftCheckedAt.getTime() >= startedAtMs;
    if (isChecked && status.historyReason !== BEING_READ) return;
    await sleep(500);
  }
}

/** Notes what is applied when, until the revision that `end` names has been. */
async function follow(end: Promise<Message>): Promise<Applied> {
  const applied: Applied = { revisions: [], atMs: [] };
  let lastRevision = Number.POSITIVE_INFINITY;
  void end.then(({ revision }) => {
    lastRevision = revision as number;
  });
  for (let known = 0; known < lastRevision; await sleep(LOOK_MS)) {
    const revision = collector.live()?.model.revision ?? 0;
    if (revision === known) continue;
    applied.revisions.push(revision);
    applied.atMs.push(Date.now());
    known = revision;
  }
  return applied;
}
