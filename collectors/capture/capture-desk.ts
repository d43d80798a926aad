import {
  type CaptureId,
  claimCapture,
  dropOldCaptures,
  failCapture,
  listOpenCaptures,
  type OpenCapture,
} from "@/collectors/capture/capture-rows";
import { keepLateRequests, keepReport } from "@/collectors/capture/keep-report";
import { NotLiveError, runSession } from "@/collectors/capture/session";
import type { ClusterSet } from "@/collectors/cluster-set";
import type { KeyspaceCollector } from "@/collectors/keyspace/keyspace";
import { repeat } from "@/collectors/repeat";
import type { EventObservers } from "@/collectors/traffic/event-observers";
import type { OpenDb } from "@/lib/db/client";
import { log } from "@/lib/log";

/** Heard by the worker when a session is asked for or removed. */
const CHANNEL = "capture";
const POLL_MS = 1_000;
const DROP_MS = 3_600_000;
/** Sessions of one cluster at once; a third waits. */
const AT_ONCE = 2;
/** So long a session waits for a cluster whose keyspace cannot be watched just now. */
const PATIENCE_MS = 60_000;

export interface CaptureDeskOptions extends Pick<OpenDb, "db" | "sql"> {
  clusters: Pick<ClusterSet, "get">;
  observers: EventObservers;
}

/** A session that is being run; aborted when it was removed or the worker stops. */
interface Running extends CaptureId {
  stop: AbortController;
  isRemoved: boolean;
}

/**
 * Runs the exact sessions that readers ask for (*Capture now*), on the watches that are there already. Reports are kept
 * for 30 days. What a worker that was killed has left running is marked as failed by the next one.
 */
export class CaptureDesk {
  #options: CaptureDeskOptions;
  #running = new Map<string, Running>();
  #endings = new Set<Promise<void>>();
  #queue: Promise<void> = Promise.resolve();

  constructor(options: CaptureDeskOptions) {
    this.#options = options;
  }

  /** Takes sessions until told to stop; heard by NOTIFY, with a poll behind it. Then writes what there is of them. */
  async run(signal: AbortSignal): Promise<void> {
    const { db, sql } = this.#options;
    const take = () => this.#serially(() => this.#take(signal));
    sql.listen(CHANNEL, () => void take().catch(logFailure)).catch(logFailure);
    await Promise.all([
      repeat("captures", take, POLL_MS, signal),
      repeat("dropping of old captures", () => dropOldCaptures(db), DROP_MS, signal),
    ]);
    while (this.#endings.size > 0) await Promise.all(this.#endings);
  }

  /** One after the other: a list of open sessions that is not the newest would have a new one removed. */
  #serially(job: () => Promise<void>): Promise<void> {
    this.#queue = this.#queue.catch(() => undefined).then(job);
    return this.#queue;
  }

  async #take(signal: AbortSignal): Promise<void> {
    const open = await listOpenCaptures(this.#options.db);
    this.#stopRemoved(open);
    for (const row of open) {
      if (signal.aborted) return;
      if (this.#running.has(row.id)) continue;
      if (row.state === "running") await failCapture(this.#options.db, row, LOST);
      else if (this.#runningOf(row.clusterId) < AT_ONCE) await this.#begin(row, signal);
    }
  }

  #stopRemoved(open: readonly OpenCapture[]): void {
    const there = new Set(open.map(({ id }) => id));
    for (const running of this.#running.values()) {
      if (there.has(running.id)) continue;
      running.isRemoved = true;
      running.stop.abort();
    }
  }

  #runningOf(clusterId: number): number {
    return [...this.#running.values()].filter((running) => running.clusterId === clusterId).length;
  }

  /** Begins a session, or says why not once it has waited long enough. */
  async #begin(row: OpenCapture, signal: AbortSignal): Promise<void> {
    const keyspace = this.#options.clusters.get(row.clusterId)?.keyspace ?? null;
    const fault = faultOf(keyspace);
    if (fault !== null || keyspace === null) {
      if (row.waitedMs > PATIENCE_MS) await failCapture(this.#options.db, row, fault ?? NOT_WATCHED);
      return;
    }
    const own: Running = { clusterId: row.clusterId, id: row.id, stop: new AbortController(), isRemoved: false };
    this.#running.set(row.id, own);
    const stop = () => own.stop.abort();
    signal.addEventListener("abort", stop, { once: true });
    const running = this.#runOne(row, own, keyspace, signal).finally(() => {
      signal.removeEventListener("abort", stop);
      this.#running.delete(row.id);
    });
    this.#track(running);
  }

  /** Waited for before the worker ends. */
  #track(job: Promise<void>): void {
    const ending = job.catch(logFailure).finally(() => this.#endings.delete(ending));
    this.#endings.add(ending);
  }

  async #runOne(row: OpenCapture, own: Running, keyspace: KeyspaceCollector, signal: AbortSignal): Promise<void> {
    const { db, observers } = this.#options;
    if (!(await claimCapture(db, row))) return;
    const { clusterId, seconds } = row;
    try {
      const session = await runSession({ keyspace, clusterId, observers, seconds, signal: own.stop.signal });
      if (own.isRemoved) return session.closeRequests();
      const report = await keepReport(db, row, session, signal);
      if (report === null) session.closeRequests();
      else this.#track(keepLateRequests(db, row, { session, report }, signal));
    } catch (error) {
      if (!(error instanceof NotLiveError)) log.warn({ capture: row.id, error: String(error) }, "capture failed");
      await failCapture(db, row, error instanceof NotLiveError ? error.message : BROKEN);
    }
  }
}

const LOST = "The worker ended in the middle of it, and what it had counted is lost.";
const BROKEN = "It failed by a fault of etcdscope's own; the worker's log has the details.";
const NOT_WATCHED = "The cluster is paused or has been removed, so nothing of it is watched.";

function faultOf(keyspace: KeyspaceCollector | null): string | null {
  if (keyspace === null) return NOT_WATCHED;
  return keyspace.live() === null ? "The keyspace is being read for the first time or anew." : null;
}

function logFailure(error: unknown): void {
  log.warn({ error: String(error) }, "captures interrupted, will be tried again");
}
