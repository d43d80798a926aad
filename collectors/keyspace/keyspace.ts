import { setTimeout as sleep } from "node:timers/promises";
import type { CostLedger } from "@/collectors/cost-meter";
import { type CallOptions, EtcdConnection } from "@/collectors/etcd/connection";
import { explainFailure } from "@/collectors/etcd/explain";
import { openAny } from "@/collectors/etcd/failover";
import type { StatusAnswer } from "@/collectors/etcd/messages";
import { type Baseline, fromCheckpoint, openScan } from "@/collectors/keyspace/baseline";
import { CheckpointError } from "@/collectors/keyspace/checkpoint";
import { CheckpointKeeper } from "@/collectors/keyspace/checkpoint-keeper";
import { DriftCheck, DriftError, type DriftResult } from "@/collectors/keyspace/drift";
import { CompactedError, Follower } from "@/collectors/keyspace/follower";
import { type Compaction, HistoryKeeper } from "@/collectors/keyspace/history-keeper";
import { KeyspaceModel } from "@/collectors/keyspace/keyspace-model";
import { type KeeperStatus, Looker } from "@/collectors/keyspace/looker";
import type { PrefixTree } from "@/collectors/keyspace/prefix-tree";
import { KeyspacePublisher, restoreTree, type StatusRow } from "@/collectors/keyspace/publisher";
import { WriteTap } from "@/collectors/keyspace/write-tap";
import { asOwnWork } from "@/collectors/own-work";
import { aborted, firstFailure } from "@/collectors/race";
import { type CollectorReport, reportState } from "@/collectors/report-state";
import { type TimelineEvent, writeTimelineEvent } from "@/collectors/timeline";
import type { Db } from "@/lib/db/client";
import type { Log } from "@/lib/log";
import type { ClusterAccess } from "@/lib/model/questions";
import { formatBytes } from "@/lib/model/units";

const MIN_BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 5_000;
const PROGRESS_MS = 1_000;
/** Replaying this many events for each key costs etcd more than reading the keys anew (etcd-notes.md §4). */
const REPLAY_RATIO = 0.35;
const SMALL_REPLAY = 50_000;
/** Shorter gaps lie within one frame, which says itself how long it was watched. */
const GAP_MS = 10_000;
const FIRST_KEY = Buffer.from([0]);

/** What a user may change while the collector runs. */
export interface KeyspaceSettings {
  /** Share of the time a scan may keep etcd busy, above 0 to 1. */
  scanShare: number;
  frameMs: number;
}

export interface KeyspaceOptions {
  db: Db;
  clusterId: number;
  access: ClusterAccess;
  settings: KeyspaceSettings;
  costs: CostLedger;
  /** Where the checkpoint is kept; null: nowhere. */
  dataDir: string | null;
  log: Log;
}

/** What the model can be asked while it is complete. */
export interface LiveModel {
  model: KeyspaceModel;
  /** Complete up to this instant, epoch milliseconds. */
  completeAtMs: number;
}

/** A stay on one member: its connections, apart so that a heavy read never holds up the watch. */
interface Session {
  status: StatusAnswer;
  scanning: EtcdConnection;
  watching: EtcdConnection;
  checking: EtcdConnection;
  /** The cluster's when the session began. */
  headRevision: number;
  /** Ends the session. */
  stop: AbortController;
}

/** The `keyspace` collector of one cluster: baseline, then live by the watch, resync when the watch cannot go on. */
export class KeyspaceCollector {
  readonly name = "keyspace";
  /** Where every write can be heard while the model is live. */
  readonly tap = new WriteTap();
  #options: KeyspaceOptions;
  #publisher: KeyspacePublisher;
  #checkpoints: CheckpointKeeper | null;
  /** The model and who looks at it, while it is complete but for what the watch has still to tell. */
  #live: Looker | null = null;
  #tree: PrefixTree | null = null;
  #boundaries: readonly Buffer[] = [];
  /** Why a resync is running or due; null in a first baseline. */
  #resyncReason: string | null = null;
  #hasBeenLive = false;
  /** Of the etcd that the model is of. */
  #standing: ReturnType<typeof standingOf> | null = null;
  /** Of the running session; null between two. */
  #checking: EtcdConnection | null = null;

  constructor(options: KeyspaceOptions) {
    const { db, clusterId, dataDir, log } = options;
    this.#options = options;
    this.#publisher = new KeyspacePublisher(db, clusterId);
    this.#checkpoints = dataDir === null ? null : new CheckpointKeeper({ dataDir, clusterId, log });
  }

  /** The model, while it is complete; null during a baseline or resync. */
  live(): LiveModel | null {
    return this.#live;
  }

  /** The cluster's revision, by a read of its quorum. Throws while there is no session, and when etcd does not answer. */
  async readHeadRevision(options: CallOptions): Promise<number> {
    if (this.#checking === null) throw new Error("there is no connection to etcd at the moment");
    const { revision } = await this.#checking.range({ key: FIRST_KEY }, () => undefined, options);
    return revision;
  }

  /** Runs until `signal` says stop. A failure is reported as the collector's state and tried again. */
  async run(signal: AbortSignal): Promise<void> {
    let backoffMs = MIN_BACKOFF_MS;
    while (!signal.aborted) {
      const startedMs = Date.now();
      try {
        await this.#session(signal);
      } catch (error) {
        if (signal.aborted) break;
        await this.#reportFailure(error);
      }
      // A session that held for a while was a good one: what ended it is new.
      backoffMs =
        Date.now() - startedMs > MAX_BACKOFF_MS * 2 ? MIN_BACKOFF_MS : Math.min(backoffMs * 2, MAX_BACKOFF_MS);
      await sleep(backoffMs * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
    }
    this.tap.end("The worker stopped watching the cluster.");
    if (this.#live && this.#standing) await this.#checkpoints?.close(this.#live.model, this.#standing);
  }

  /** One stay on one member: until it fails, or something makes the model start anew. */
  async #session(signal: AbortSignal): Promise<void> {
    const { access, costs } = this.#options;
    const { connection: scanning, status } = await openAny(access, { signal, meter: costs.of("scan") });
    const watching = EtcdConnection.open(scanning.endpoint, access, costs.of("watch"));
    const checking = EtcdConnection.open(scanning.endpoint, access, costs.of("check"));
    const stop = new AbortController();
    const abort = () => stop.abort(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    try {
      // Linearizable: a member that lags answers with the revision the cluster has.
      this.#checking = checking;
      const headRevision = await this.readHeadRevision({ signal });
      await this.#stay({ status, scanning, watching, checking, headRevision, stop });
    } finally {
      this.#checking = null;
      signal.removeEventListener("abort", abort);
      for (const connection of [scanning, watching, checking]) connection.close();
    }
  }

  async #stay(session: Session): Promise<void> {
    const baseline = await this.#resume(session);
    const model = baseline === null ? (this.#live as Looker).model : await this.#begin(session, baseline);
    const follower = new Follower(model, session.watching, this.tap);
    const { stop } = session;
    try {
      await firstFailure(
        [() => follower.run(), () => this.#work(session, follower, model, baseline), () => aborted(stop.signal)],
        (error) => stop.abort(error),
      );
    } finally {
      follower.close();
    }
  }

  /** Null when the watch can still catch up with the model we have; else how a new one gets its keys. */
  async #resume({ scanning, status, headRevision }: Session): Promise<Baseline | null> {
    const { db, clusterId, settings, log } = this.#options;
    if (this.#live !== null) {
      const behind = headRevision - this.#live.model.revision;
      const isSameHistory = status.clusterId === this.#standing?.etcdClusterId && behind >= 0;
      if (isSameHistory && canReplay(behind, this.#live.model.keys)) return null;
      this.#startAnew(isSameHistory ? `${behind} revisions behind` : "etcd's data was replaced or restored");
    }
    this.#standing = standingOf(status);
    const checkpoint = await this.#checkpoints?.open({ ...standingOf(status), revision: headRevision }, canReplay);
    if (checkpoint) return fromCheckpoint(checkpoint, { db, clusterId });
    const { dbSizeInUseBytes } = status;
    return openScan({ db, clusterId, connection: scanning, dbSizeInUseBytes, settings, log });
  }

  /** An empty model where `baseline` begins. */
  async #begin({ scanning: { endpoint } }: Session, baseline: Baseline): Promise<KeyspaceModel> {
    // One tree for the collector's life: what it has numbered may be on its way to Postgres.
    this.#tree ??= await restoreTree(this.#options.db, this.#options.clusterId);
    this.#tree.clearFigures();
    const model = new KeyspaceModel(this.#tree);
    model.completeRevision(baseline.revision);
    const { expectedKeys } = baseline;
    await this.#publisher.writeStatus({ ...this.#phase(), scannedKeys: 0, expectedKeys, endpoint });
    return model;
  }

  #startAnew(reason: string): void {
    this.#options.log.warn({ reason }, "keyspace model starts anew");
    if (this.#hasBeenLive) this.#resyncReason = reason;
    this.#live = null;
    this.tap.end(`All keys had to be read anew (${reason}).`);
  }

  #phase(): Pick<StatusRow, "phase" | "reason"> {
    const reason = this.#resyncReason;
    return { phase: reason === null ? "baseline" : "resync", reason };
  }

  /** Gets the keys if need be, then looks and publishes about every second while the keepers do their part. */
  async #work(session: Session, follower: Follower, model: KeyspaceModel, baseline: Baseline | null): Promise<void> {
    if (baseline !== null) this.#live = await this.#fill(session, follower, model, baseline);
    const live = this.#live as Looker;
    if (baseline === null) this.#noteGap(live);
    await this.#report({ health: "ok" });
    const { checking: connection, status, headRevision, stop } = session;
    const { log } = this.#options;
    const history = new HistoryKeeper({
      model,
      connection,
      log,
      onCompaction: (compaction) => this.#tellOf(compaction),
    });
    let drift: DriftResult | null = null;
    const check = new DriftCheck({
      model,
      connection,
      boundaries: () => this.#boundaries,
      onResult: (result) => {
        drift = result;
      },
    });
    const keepers = () => keeperStatus(history, drift);
    const { signal } = stop;
    await firstFailure(
      [
        () => live.run({ follower, endpoint: connection.endpoint, headRevision, keepers, signal }),
        () => history.run(signal),
        () => check.run(signal),
        () => this.#checkpoints?.run(model, standingOf(status), signal) ?? aborted(signal),
      ],
      (error) => stop.abort(error),
    );
  }

  async #fill(session: Session, follower: Follower, model: KeyspaceModel, baseline: Baseline): Promise<Looker> {
    const startedMs = Date.now();
    const { signal } = session.stop;
    model.beginScan();
    const filling = () =>
      baseline.fill(model, {
        onKeys: this.#progressWriter(startedMs),
        onHold: (reason) => void this.#report(heldReport(reason, session.scanning.endpoint)),
        signal,
      });
    const describe = () => `etcdscope reads the whole keyspace: ${model.keys} keys so far.`;
    const { revision, boundaries } = await (baseline.readsEtcd
      ? asOwnWork(this.#options, describe, filling)
      : filling());
    // The last page may be newer than the watch: live is when every event up to it has been applied.
    while (model.revision < revision) {
      follower.askProgress(Date.now());
      await sleep(20, undefined, { signal });
    }
    model.endScan();
    model.resetCounters();
    this.#boundaries = boundaries;
    this.#tellBaseline(model, startedMs);
    this.#resyncReason = null;
    this.#hasBeenLive = true;
    const { settings, log } = this.#options;
    log.info({ keys: model.keys, tookMs: Date.now() - startedMs }, "keyspace model is live");
    return new Looker({ model, settings, publisher: this.#publisher, completeAtMs: startedMs, log });
  }

  #progressWriter(startedMs: number): (keys: number) => void {
    let reportedMs = startedMs;
    return (scannedKeys) => {
      if (Date.now() - reportedMs < PROGRESS_MS) return;
      reportedMs = Date.now();
      this.#publisher.writeStatus({ ...this.#phase(), scannedKeys }).catch((error) => {
        this.#options.log.warn({ error: String(error) }, "scan progress not written");
      });
    };
  }

  async #reportFailure(error: unknown): Promise<void> {
    if (error instanceof CompactedError || error instanceof DriftError || error instanceof CheckpointError) {
      if (error instanceof DriftError) this.#tell({ at: new Date(), kind: "drift", text: `${error.message}.` });
      this.#startAnew(error.message);
      if (error instanceof DriftError) await this.#publishDrift(error);
      await this.#checkpoints?.discard(error.message);
      return;
    }
    const endpoint = this.#options.access.endpoints.join(", ");
    const { reason, remedy } = await explainFailure(error, { endpoint, access: this.#options.access });
    this.#options.log.warn({ reason, error: String(error) }, "keyspace collector failed");
    await this.#report({ health: "failed", reason, remedy });
  }

  /** Says how far the model was off until the first check of the next one. */
  async #publishDrift({ driftKeys }: DriftError): Promise<void> {
    const status = { ...this.#phase(), driftKeys, driftCheckedAt: new Date() };
    await this.#publisher.writeStatus(status).catch((error) => {
      this.#options.log.warn({ error: String(error) }, "drift not written");
    });
  }

  async #report(report: CollectorReport): Promise<void> {
    const { db, clusterId, log } = this.#options;
    await reportState(db, clusterId, this.name, report).catch((error) => {
      log.warn({ error: String(error) }, "collector state not written");
    });
  }

  /** The time since the last session is a gap. */
  #noteGap(live: Looker): void {
    const nowMs = Date.now();
    live.skip(nowMs);
    const gapMs = nowMs - live.completeAtMs;
    if (gapMs < GAP_MS) return;
    const text = `Nothing was watched for ${Math.round(gapMs / 1_000)} s.`;
    this.#tell({ at: new Date(live.completeAtMs), until: new Date(nowMs), kind: "gap", text });
  }

  #tellBaseline({ keys }: KeyspaceModel, startedMs: number): void {
    const reason = this.#resyncReason;
    const took = `${((Date.now() - startedMs) / 1_000).toFixed(1)} s`;
    const text = `All keys read${reason === null ? "" : ` anew (${reason})`}: ${keys} in ${took}.`;
    const kind = reason === null ? "baseline" : "resync";
    this.#tell({ at: new Date(startedMs), until: new Date(), kind, text });
  }

  #tellOf({ revision, atMs, freedBytes, freedRevisions }: Compaction): void {
    const freed =
      freedBytes === null ? "" : `; ${freedRevisions} revisions (${formatBytes(freedBytes)}) of history gone`;
    this.#tell({ at: new Date(atMs), kind: "compaction", text: `Compacted up to revision ${revision}${freed}.` });
  }

  #tell(event: TimelineEvent): void {
    const { db, clusterId, log } = this.#options;
    writeTimelineEvent(db, clusterId, event).catch((error) => {
      log.warn({ error: String(error), event: event.text }, "event not written");
    });
  }
}

function keeperStatus(history: HistoryKeeper, drift: DriftResult | null): KeeperStatus {
  return {
    compactRevision: history.compactRevision,
    historyReason: history.reason,
    driftCheckedAt: drift?.checkedAt ?? null,
    driftCheckedKeys: drift?.checkedKeys ?? null,
    driftKeys: drift?.driftKeys ?? null,
  };
}

function heldReport(reason: string | null, endpoint: string): CollectorReport {
  if (reason === null) return { health: "ok" };
  const remedy = `It goes on by itself when ${endpoint} is well again.`;
  return { health: "degraded", reason: `The scan waits: ${reason}.`, remedy };
}

function canReplay(events: number, keys: number): boolean {
  return events <= Math.max(SMALL_REPLAY, keys * REPLAY_RATIO);
}

function standingOf({ clusterId, raftTerm }: StatusAnswer) {
  return { etcdClusterId: clusterId, raftTerm };
}
