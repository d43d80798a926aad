import { setTimeout as sleep } from "node:timers/promises";
import type { EtcdConnection } from "@/collectors/etcd/connection";
import { findCompactRevision } from "@/collectors/keyspace/compaction";
import { replayHistory } from "@/collectors/keyspace/history-replay";
import type { KeyspaceModel } from "@/collectors/keyspace/keyspace-model";
import { firstFailure } from "@/collectors/race";
import type { Log } from "@/lib/log";

const PROBE_MS = 2_000;
const CATCH_UP_MS = 50;
/** Of an etcd that nothing was ever written to. */
const FIRST_REVISION = 1;
/** A replay of so many revisions has etcd read about 300,000, which takes it about a second in pieces of 50 ms at most. */
const MAX_REPLAYED_REVISIONS = 25_000;

/** A compaction as it was noticed. */
export interface Compaction {
  revision: number;
  /** Epoch milliseconds: at most about two seconds after it was made. */
  atMs: number;
  /** Key and value bytes, and revisions with tombstones, that it dropped; null when history was not known. */
  freedBytes: number | null;
  freedRevisions: number | null;
}

export interface HistoryKeeperOptions {
  model: KeyspaceModel;
  connection: EtcdConnection;
  log: Log;
  onCompaction(compaction: Compaction): void;
  maxReplayedRevisions?: number;
}

/**
 * Keeps the history of a live model true: looks about every two seconds whether etcd was compacted, and has what was
 * before the model went live replayed. Where that would cost etcd too much history stays unknown until the first
 * compaction behind that moment. Fails only with the connection.
 */
export class HistoryKeeper {
  #reason = "It is not known yet at which revision etcd was compacted.";
  #options: HistoryKeeperOptions;
  #hasProbed = false;
  /** What could not be replayed since the last compaction. */
  #isRefused = false;

  constructor(options: HistoryKeeperOptions) {
    this.#options = options;
  }

  /** Why history is not known, in a sentence for the page; null when it is. */
  get reason(): string | null {
    return this.#options.model.historyKnown ? null : this.#reason;
  }

  /** The revision etcd was last compacted at, 0 when never; null as long as it is not known. */
  get compactRevision(): number | null {
    const { compactRevision } = this.#options.model.history;
    return this.#hasProbed || compactRevision > 0 ? compactRevision : null;
  }

  /** Runs until the connection fails or `signal` says stop, which it rethrows. The model must be live. */
  async run(signal: AbortSignal): Promise<never> {
    const stop = new AbortController();
    const both = AbortSignal.any([signal, stop.signal]);
    await firstFailure([() => this.#probeOn(both), () => this.#replayOn(both)], (error) => stop.abort(error));
    throw new Error("the history keeper ended without a reason");
  }

  async #probeOn(signal: AbortSignal): Promise<never> {
    for (;;) {
      await this.#probe(signal);
      await sleep(PROBE_MS, undefined, { signal });
    }
  }

  async #probe(signal: AbortSignal): Promise<void> {
    const { model, connection } = this.#options;
    const before = model.history.compactRevision;
    const revision = await findCompactRevision(connection, { atLeast: before, signal });
    const atMs = Date.now();
    const isFirst = !this.#hasProbed && before === 0;
    // The events up to there must be in the model before what they superseded can be taken away.
    while (model.revision < revision) await sleep(CATCH_UP_MS, undefined, { signal });
    if (revision > before) {
      const freed = model.compact(revision);
      this.#isRefused = false;
      const compaction = { revision, atMs, freedBytes: freed?.bytes ?? null, freedRevisions: freed?.revisions ?? null };
      // The first one found was before our time: it happened, but not now.
      if (!isFirst) this.#options.onCompaction(compaction);
    }
    this.#hasProbed = true;
  }

  async #replayOn(signal: AbortSignal): Promise<never> {
    for (;;) {
      if (this.#hasProbed && !this.#options.model.historyKnown && !this.#isRefused) await this.#replay(signal);
      await sleep(PROBE_MS / 4, undefined, { signal });
    }
  }

  async #replay(signal: AbortSignal): Promise<void> {
    const { model, connection, log, maxReplayedRevisions = MAX_REPLAYED_REVISIONS } = this.#options;
    const { compactRevision, unmeasuredRevision } = model.history;
    if (unmeasuredRevision <= FIRST_REVISION) {
      model.history.completeReplay(model.history.beginReplay());
      return;
    }
    if (unmeasuredRevision - compactRevision > maxReplayedRevisions) {
      const revisions = unmeasuredRevision - compactRevision;
      this.#refuse(`etcd holds ${revisions} revisions from before, too many to have it tell them again`);
      return;
    }
    this.#reason = "The revisions that etcd held when the model went live are being read.";
    const startedMs = Date.now();
    const end = await replayHistory(model, connection, signal);
    if (end === "too-much") this.#refuse("etcd holds more events from before than it should have to tell again");
    if (end === "no-room") this.#refuse("etcd holds more superseded revisions than the model has room for");
    if (end !== "complete") return;
    log.info({ revisions: unmeasuredRevision - compactRevision, tookMs: Date.now() - startedMs }, "history is known");
  }

  #refuse(why: string): void {
    const { unmeasuredRevision } = this.#options.model.history;
    this.#isRefused = true;
    this.#reason = `History is known after the first compaction at revision ${unmeasuredRevision} or later: ${why}.`;
  }
}
