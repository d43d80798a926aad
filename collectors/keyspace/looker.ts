import { setTimeout as sleep } from "node:timers/promises";
import type { Follower } from "@/collectors/keyspace/follower";
import type { KeyspaceFigures, KeyspaceModel } from "@/collectors/keyspace/keyspace-model";
import { ROOT } from "@/collectors/keyspace/prefix-tree";
import type { KeyspacePublisher, StatusRow } from "@/collectors/keyspace/publisher";
import { type FrameSettings, KeyspaceRecorder } from "@/collectors/keyspace/recorder";
import { withTimeout } from "@/collectors/race";
import type { Log } from "@/lib/log";

const TICK_MS = 1_000;
/** etcd answers a progress request in milliseconds; silence for this long is a dead connection. */
const SILENCE_MS = 6_000;
/** But it may take long to gather what a watch has to catch up with. */
const CATCHING_UP_SILENCE_MS = 60_000;
const PUBLISH_TIMEOUT_MS = 30_000;
/** The pass over all nodes may take this share of the time; a large keyspace is looked at less often. */
const LOOK_SHARE = 0.05;
const MAX_PUBLISH_PAUSE_MS = 5_000;
/** So may publishing: where writes touch thousands of prefixes, Postgres is told every few seconds. */
const PUBLISH_SHARE = 0.05;

export interface LookerOptions {
  model: KeyspaceModel;
  settings: FrameSettings;
  publisher: KeyspacePublisher;
  /** When the baseline began: the model is complete up to there at least. */
  completeAtMs: number;
  log: Log;
}

/** What the keepers of a session add to the published status. */
export type KeeperStatus = Pick<
  StatusRow,
  "compactRevision" | "historyReason" | "driftCheckedAt" | "driftCheckedKeys" | "driftKeys"
>;

/** What one session gives to look at. */
export interface Watched {
  follower: Follower;
  endpoint: string;
  /** Where etcd stood when the session began. */
  headRevision: number;
  keepers: () => KeeperStatus;
  signal: AbortSignal;
}

/** Looks at a live model about once a second, over as many sessions as it lives, and publishes what it sees. */
export class Looker {
  readonly model: KeyspaceModel;
  /** Counted without a gap since then. */
  readonly since = new Date();
  /** Nothing that etcd had committed before this instant is missing from the model. */
  completeAtMs: number;
  #recorder: KeyspaceRecorder;
  #publisher: KeyspacePublisher;
  #log: Log;
  #lookCostMs = 0;
  #nextPublishMs = 0;
  #publishing: Promise<void> | null = null;

  /** Begins with a model that has just become live. */
  constructor({ model, settings, publisher, completeAtMs, log }: LookerOptions) {
    this.model = model;
    this.completeAtMs = completeAtMs;
    this.#recorder = new KeyspaceRecorder(model, settings, this.since.getTime());
    this.#publisher = publisher;
    this.#log = log;
  }

  /** The time since the last look is a gap. */
  skip(nowMs: number): void {
    this.#recorder.look(() => this.model.figures(), nowMs, false);
  }

  /** Looks and publishes until the watch falls silent or `signal` says stop. */
  async run({ follower, endpoint, headRevision, keepers, signal }: Watched): Promise<never> {
    for (;;) {
      const nowMs = Date.now();
      const patienceMs = this.model.revision < headRevision ? CATCHING_UP_SILENCE_MS : SILENCE_MS;
      if (follower.unansweredMs(nowMs) > patienceMs) {
        throw new Error(`${endpoint} has said nothing on the watch for ${patienceMs / 1_000} s`);
      }
      this.#look(follower, nowMs, () => ({ ...keepers(), endpoint }));
      await sleep(untilNextLook(Date.now(), this.#lookCostMs), undefined, { signal });
    }
  }

  #look(follower: Follower, nowMs: number, keepers: () => Partial<StatusRow>): void {
    const silentMs = follower.unansweredMs(nowMs);
    if (follower.completeAtMs !== null) this.completeAtMs = follower.completeAtMs;
    follower.askProgress(nowMs);
    let summedUp: KeyspaceFigures | null = null;
    const sumUp = () => {
      summedUp ??= this.#sumUp();
      return summedUp;
    };
    this.#recorder.look(sumUp, nowMs, silentMs < TICK_MS * 2);
    if (this.#publishing !== null || nowMs < this.#nextPublishMs) return;
    const figures = sumUp();
    const status = { ...this.#status(figures), ...keepers() };
    this.#publishing = this.#publish(figures, status).finally(() => {
      this.#publishing = null;
      const tookMs = Date.now() - nowMs;
      this.#nextPublishMs = nowMs + Math.min(MAX_PUBLISH_PAUSE_MS, tookMs / PUBLISH_SHARE);
    });
  }

  #sumUp(): KeyspaceFigures {
    const startedMs = performance.now();
    const figures = this.model.figures();
    this.#lookCostMs = performance.now() - startedMs;
    return figures;
  }

  #status(figures: KeyspaceFigures): StatusRow {
    const { model } = this;
    return {
      phase: "live",
      reason: null,
      revision: model.revision,
      at: new Date(this.completeAtMs),
      since: this.since,
      scannedKeys: null,
      expectedKeys: null,
      modelBytes: model.memoryBytes,
      historyRevisions: model.historyKnown ? (figures.historyRevisions[ROOT] as number) : null,
    };
  }

  /** Writes the figures. While Postgres is away the model goes on, frames wait, and a later look tries again. */
  async #publish(figures: KeyspaceFigures, status: StatusRow): Promise<void> {
    const { tree, historyKnown } = this.model;
    const waiting = this.#recorder.waiting;
    try {
      const publication = { status, tree, figures, historyKnown, ...waiting };
      await withTimeout(this.#publisher.publish(publication), PUBLISH_TIMEOUT_MS);
      this.#recorder.written(waiting);
    } catch (error) {
      this.#log.warn({ error: String(error) }, "figures not written");
    }
  }
}

/** To the next full second, so that frames close on time; later when looking is dear. */
function untilNextLook(nowMs: number, lookCostMs: number): number {
  const pauseMs = Math.max(TICK_MS, lookCostMs / LOOK_SHARE);
  return pauseMs - (nowMs % TICK_MS);
}
