import { setTimeout as sleep } from "node:timers/promises";
import { EtcdConnection } from "@/collectors/etcd/connection";
import { explainFailure } from "@/collectors/etcd/explain";
import { openAny } from "@/collectors/etcd/failover";
import { CompactedError, Follower } from "@/collectors/keyspace/follower";
import { type KeyspaceFigures, KeyspaceModel } from "@/collectors/keyspace/keyspace-model";
import { KeyspacePublisher, restoreTree, type StatusRow } from "@/collectors/keyspace/publisher";
import { KeyspaceRecorder } from "@/collectors/keyspace/recorder";
import { scanKeyspace } from "@/collectors/keyspace/scan";
import { aborted, firstFailure, withTimeout } from "@/collectors/race";
import { reportState } from "@/collectors/report-state";
import type { Db } from "@/lib/db/client";
import type { Log } from "@/lib/log";
import type { ClusterAccess } from "@/lib/model/questions";

const TICK_MS = 1_000;
/** etcd answers a progress request in milliseconds; silence for this long is a dead connection. */
const SILENCE_MS = 6_000;
const PUBLISH_TIMEOUT_MS = 30_000;
const DRIFT_CHECK_MS = 600_000;
const MIN_BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 5_000;
/** Replaying this many events for each key costs etcd more than reading the keys anew (etcd-notes.md §4). */
const REPLAY_RATIO = 0.35;
const SMALL_REPLAY = 50_000;
/** The pass over all nodes and keys may take this share of the time; a large keyspace is looked at less often. */
const LOOK_SHARE = 0.05;
const FIRST_KEY = Buffer.from([0]);
const ALL_KEYS = { key: FIRST_KEY, rangeEnd: Buffer.from([0]) };

/** Model and etcd disagree. */
class DriftError extends Error {
  override name = "DriftError";
}

export interface KeyspaceOptions {
  db: Db;
  clusterId: number;
  access: ClusterAccess;
  log: Log;
}

/** What the model can be asked while it is complete. */
export interface LiveModel {
  model: KeyspaceModel;
  /** Complete up to this instant, epoch milliseconds. */
  completeAtMs: number;
}

/** The `keyspace` collector of one cluster: baseline, then live by the watch, resync when the watch cannot go on. */
export class KeyspaceCollector {
  readonly name = "keyspace";
  #options: KeyspaceOptions;
  #publisher: KeyspacePublisher;
  #model: KeyspaceModel | null = null;
  #recorder: KeyspaceRecorder | null = null;
  #since: Date | null = null;
  #completeAtMs: number | null = null;
  /** Why a resync is running or due; null in a first baseline. */
  #resyncReason: string | null = null;
  #etcdClusterId: string | null = null;
  #lookCostMs = 0;
  #publishing: Promise<void> | null = null;

  constructor(options: KeyspaceOptions) {
    this.#options = options;
    this.#publisher = new KeyspacePublisher(options.db, options.clusterId);
  }

  /** The model, while it is complete; null during a baseline or resync. */
  live(): LiveModel | null {
    if (this.#model === null || this.#recorder === null || this.#completeAtMs === null) return null;
    return { model: this.#model, completeAtMs: this.#completeAtMs };
  }

  /** Runs until `signal` says stop. A failure is reported as the collector's state and tried again. */
  async run(signal: AbortSignal): Promise<void> {
    let backoffMs = MIN_BACKOFF_MS;
    while (!signal.aborted) {
      const startedMs = Date.now();
      try {
        await this.#session(signal);
      } catch (error) {
        if (signal.aborted) return;
        await this.#reportFailure(error);
      }
      // A session that held for a while was a good one: what ended it is new.
      backoffMs =
        Date.now() - startedMs > MAX_BACKOFF_MS * 2 ? MIN_BACKOFF_MS : Math.min(backoffMs * 2, MAX_BACKOFF_MS);
      await sleep(backoffMs * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
    }
  }

  /** One stay on one member: until it fails, or something makes the model start anew. */
  async #session(signal: AbortSignal): Promise<void> {
    const { access } = this.#options;
    const { connection: scanning, status } = await openAny(access, { signal });
    const watching = EtcdConnection.open(scanning.endpoint, access);
    const stop = new AbortController();
    const abort = () => stop.abort(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    try {
      const model = await this.#modelFor(scanning, status.clusterId);
      const follower = new Follower(model, watching);
      try {
        await firstFailure(
          [
            () => follower.run(),
            () => this.#work(model, follower, scanning, stop.signal),
            () => this.#watchDrift(model, scanning, stop.signal),
            () => aborted(stop.signal),
          ],
          () => stop.abort(),
        );
      } finally {
        follower.close();
      }
    } finally {
      signal.removeEventListener("abort", abort);
      scanning.close();
      watching.close();
    }
  }

  /** The model to go on with: the one we have if the watch can still catch up with it, else an empty one at a new pin. */
  async #modelFor(connection: EtcdConnection, etcdClusterId: string): Promise<KeyspaceModel> {
    const known = this.#recorder === null ? null : this.#model;
    if (known !== null) {
      // Linearizable: a member that lags answers with the revision the cluster has.
      const { revision } = await connection.range({ key: FIRST_KEY }, () => undefined);
      const behind = revision - known.revision;
      const isSameHistory = etcdClusterId === this.#etcdClusterId && behind >= 0;
      if (isSameHistory && behind <= Math.max(SMALL_REPLAY, known.keys * REPLAY_RATIO)) return known;
      this.#startAnew(isSameHistory ? `${behind} revisions behind` : "etcd's data was replaced or restored");
    }
    this.#etcdClusterId = etcdClusterId;
    const tree = this.#model?.tree ?? (await restoreTree(this.#options.db, this.#options.clusterId));
    const { revision, count } = await connection.range({ ...ALL_KEYS, countOnly: true }, () => undefined);
    tree.clearFigures();
    this.#model = new KeyspaceModel(tree);
    this.#model.completeRevision(revision);
    await this.#publisher.writeStatus({
      ...this.#phase(),
      scannedKeys: 0,
      expectedKeys: count,
      endpoint: connection.endpoint,
    });
    return this.#model;
  }

  #startAnew(reason: string): void {
    this.#options.log.warn({ reason }, "keyspace model starts anew");
    this.#resyncReason = reason;
    this.#recorder = null;
    this.#completeAtMs = null;
  }

  #phase(): Pick<StatusRow, "phase" | "reason"> {
    if (this.#recorder !== null) return { phase: "live", reason: null };
    return this.#resyncReason === null
      ? { phase: "baseline", reason: null }
      : { phase: "resync", reason: this.#resyncReason };
  }

  /** Scans if need be, then looks and publishes about every second. */
  async #work(model: KeyspaceModel, follower: Follower, scanning: EtcdConnection, signal: AbortSignal): Promise<void> {
    if (this.#recorder === null) await this.#baseline(model, follower, scanning, signal);
    else this.#recorder.look(model.figures(), Date.now(), false); // the time since the last session is a gap
    await this.#report("ok");
    this.#resyncReason = null;
    while (!signal.aborted) {
      this.#tick(model, follower, scanning.endpoint);
      await sleep(untilNextTick(Date.now(), this.#lookCostMs), undefined, { signal });
    }
  }

  /** Now and then counts etcd's keys against the model's at the same revision; a difference means it cannot be trusted. */
  async #watchDrift(model: KeyspaceModel, connection: EtcdConnection, signal: AbortSignal): Promise<void> {
    for (;;) {
      while (this.#recorder === null) await sleep(TICK_MS, undefined, { signal });
      const { revision, count } = await connection.range({ ...ALL_KEYS, countOnly: true }, () => undefined);
      while (model.revision < revision) await sleep(TICK_MS / 10, undefined, { signal });
      const modelled = model.keysAt(revision);
      if (modelled !== null && modelled !== count) {
        throw new DriftError(`the model had ${modelled} keys at revision ${revision} where etcd counts ${count}`);
      }
      await sleep(DRIFT_CHECK_MS, undefined, { signal });
    }
  }

  async #baseline(
    model: KeyspaceModel,
    follower: Follower,
    scanning: EtcdConnection,
    signal: AbortSignal,
  ): Promise<void> {
    const startedMs = Date.now();
    let reportedMs = startedMs;
    let scannedKeys = 0;
    model.beginScan();
    const revision = await scanKeyspace({
      connection: scanning,
      minRevision: model.revision,
      load: (kv) => model.load(kv),
      onPage: (keys) => {
        scannedKeys = keys;
        if (Date.now() - reportedMs < TICK_MS) return;
        reportedMs = Date.now();
        this.#publisher.writeStatus({ ...this.#phase(), scannedKeys: keys }).catch((error) => {
          this.#options.log.warn({ error: String(error) }, "scan progress not written");
        });
      },
      signal,
    });
    // The last page may be newer than the watch: live is when every event up to it has been applied.
    while (model.revision < revision) {
      follower.askProgress(Date.now());
      await sleep(20, undefined, { signal });
    }
    model.endScan();
    model.resetCounters();
    const nowMs = Date.now();
    this.#since = new Date(nowMs);
    this.#recorder = new KeyspaceRecorder(model, nowMs);
    this.#completeAtMs = startedMs;
    this.#options.log.info({ keys: model.keys, scannedKeys, tookMs: nowMs - startedMs }, "keyspace model is live");
  }

  #tick(model: KeyspaceModel, follower: Follower, endpoint: string): void {
    const recorder = this.#recorder as KeyspaceRecorder;
    const nowMs = Date.now();
    const silentMs = follower.unansweredMs(nowMs);
    if (silentMs > SILENCE_MS) throw new Error(`${endpoint} has said nothing on the watch for ${SILENCE_MS / 1_000} s`);
    if (follower.completeAtMs !== null) this.#completeAtMs = follower.completeAtMs;
    follower.askProgress(nowMs);
    const startedMs = performance.now();
    const figures = model.figures();
    recorder.look(figures, nowMs, silentMs < TICK_MS * 2);
    this.#lookCostMs = performance.now() - startedMs;
    if (this.#publishing === null) this.#publishing = this.#publish(model, figures, endpoint);
  }

  /** Writes the figures. While Postgres is away the model goes on, frames wait, and a later tick tries again. */
  async #publish(model: KeyspaceModel, figures: KeyspaceFigures, endpoint: string): Promise<void> {
    const recorder = this.#recorder as KeyspaceRecorder;
    const waiting = recorder.waiting;
    const status: StatusRow = {
      ...this.#phase(),
      revision: model.revision,
      at: this.#completeAtMs === null ? null : new Date(this.#completeAtMs),
      since: this.#since,
      scannedKeys: null,
      expectedKeys: null,
      endpoint,
      modelBytes: model.memoryBytes,
    };
    try {
      await withTimeout(this.#publisher.publish({ status, tree: model.tree, figures, ...waiting }), PUBLISH_TIMEOUT_MS);
      recorder.written(waiting);
    } catch (error) {
      this.#options.log.warn({ error: String(error) }, "figures not written");
    } finally {
      this.#publishing = null;
    }
  }

  async #reportFailure(error: unknown): Promise<void> {
    if (error instanceof CompactedError || error instanceof DriftError) {
      this.#startAnew(error.message);
      return;
    }
    const endpoint = this.#options.access.endpoints.join(", ");
    const { reason, remedy } = await explainFailure(error, { endpoint, access: this.#options.access });
    this.#options.log.warn({ reason, error: String(error) }, "keyspace collector failed");
    await this.#report("failed", reason, remedy);
  }

  async #report(health: "ok" | "failed", reason?: string, remedy?: string): Promise<void> {
    const { db, clusterId, log } = this.#options;
    await reportState(db, clusterId, this.name, { health, reason, remedy }).catch((error) => {
      log.warn({ error: String(error) }, "collector state not written");
    });
  }
}

/** To the next full second, so that frames close on time; later when looking is dear. */
function untilNextTick(nowMs: number, lookCostMs: number): number {
  const pauseMs = Math.max(TICK_MS, lookCostMs / LOOK_SHARE);
  return pauseMs - (nowMs % TICK_MS);
}
