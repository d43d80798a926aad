import type { EtcdConnection } from "@/collectors/etcd/connection";
import { visitEvents, type WatchBatch } from "@/collectors/etcd/watch";
import type { KeyspaceModel } from "@/collectors/keyspace/keyspace-model";
import { type WriteListener, WriteTap } from "@/collectors/keyspace/write-tap";

type EventBatch = Extract<WatchBatch, { kind: "events" }>;

/** A twentieth of a second of lag; at thousands of events a second it saves about a tenth of the processor time. */
const GATHER_MS = 50;
/** Everything there is: from the smallest key to the end. */
const FIRST_KEY = Buffer.from([0]);
const NO_END = Buffer.from([0]);

/** The watch cannot go on where the model stands: those revisions are compacted. */
export class CompactedError extends Error {
  constructor(
    readonly wantedRevision: number,
    readonly compactRevision: number,
  ) {
    super(`revisions from ${wantedRevision} on are compacted up to ${compactRevision}`);
    this.name = "CompactedError";
  }
}

/**
 * Applies a watch of the whole keyspace to the model, whole messages at a time: the fragments of one wait for the last,
 * so a revision is applied in full or, when the stream breaks, not at all and asked for again.
 */
export class Follower {
  /** Nothing that etcd had committed before this instant is missing from the model; null until etcd has confirmed it. */
  completeAtMs: number | null = null;

  #model: KeyspaceModel;
  #connection: EtcdConnection;
  #tap: WriteTap;
  #stream: ReturnType<EtcdConnection["watch"]>;
  #fragments: EventBatch[] = [];
  /** When the progress request still unanswered was sent. */
  #askedMs: number | null = null;

  /** Opens the watch one revision behind what the model has. Who is on `tap` hears what it tells, too. */
  constructor(model: KeyspaceModel, connection: EtcdConnection, tap = new WriteTap()) {
    this.#model = model;
    this.#connection = connection;
    this.#tap = tap;
    this.#stream = connection.watch({
      key: FIRST_KEY,
      rangeEnd: NO_END,
      startRevision: model.revision + 1,
      progressNotify: true,
      fragment: true,
      gatherMs: GATHER_MS,
    });
  }

  /** Applies what comes until the stream ends, which is an EtcdError or a CompactedError. */
  async run(): Promise<never> {
    for await (const batch of this.#stream) {
      if (batch.kind === "events") this.#takeEvents(batch);
      else if (batch.kind === "progress") this.#takeProgress();
      else if (batch.kind === "canceled") throw this.#canceled(batch);
    }
    throw new Error(`${this.#connection.endpoint} ended the watch without a reason`);
  }

  /** Asks etcd up to where the watch has come; the answer moves `completeAtMs`. */
  askProgress(nowMs: number): void {
    if (this.#askedMs !== null) return;
    this.#askedMs = nowMs;
    this.#stream.requestProgress();
  }

  /** How long etcd has left the last progress request unanswered, in milliseconds. */
  unansweredMs(nowMs: number): number {
    return this.#askedMs === null ? 0 : nowMs - this.#askedMs;
  }

  close(): void {
    this.#stream.close();
  }

  #takeEvents(batch: EventBatch): void {
    this.#fragments.push(batch);
    if (!batch.isLast) return;
    const fragments = this.#fragments;
    this.#fragments = [];
    const known = this.#model.revision;
    this.#apply(fragments, known);
    const { listeners } = this.#tap;
    if (listeners !== null) tell(listeners, fragments, { known, revision: this.#model.revision });
  }

  #apply(fragments: readonly EventBatch[], known: number): void {
    const model = this.#model;
    const { largestWrites } = model;
    let revision = known;
    let revisionPuts = 0;
    for (const fragment of fragments) {
      visitEvents(fragment, (type, kv) => {
        if (kv.modRevision <= known) return; // told twice after a reconnect
        if (kv.modRevision > revision) {
          model.completeRevision(revision);
          revision = kv.modRevision;
          revisionPuts = 0;
        }
        if (type === "put") {
          if (++revisionPuts > largestWrites.revisionPuts) largestWrites.revisionPuts = revisionPuts;
          if (kv.valueBytes > largestWrites.putBytes) largestWrites.putBytes = kv.valueBytes;
          model.put(kv);
        } else model.delete(kv);
      });
    }
    model.completeRevision(revision);
  }

  #takeProgress(): void {
    // Events and progress share one ordered stream: what was committed before we asked has come before the answer.
    if (this.#askedMs === null) return; // one that etcd sent by itself
    this.completeAtMs = this.#askedMs;
    this.#askedMs = null;
  }

  #canceled(batch: Extract<WatchBatch, { kind: "canceled" }>): Error {
    if (batch.compactRevision > 0) return new CompactedError(this.#model.revision + 1, batch.compactRevision);
    return new Error(`${this.#connection.endpoint} canceled the watch: ${batch.reason || "no reason given"}`);
  }
}

/** A second pass over the events, so that they cost nothing more where nobody listens. */
function tell(
  listeners: readonly WriteListener[],
  fragments: readonly EventBatch[],
  { known, revision }: { known: number; revision: number },
): void {
  for (const listener of listeners) {
    for (const fragment of fragments) {
      visitEvents(fragment, (type, kv) => {
        if (kv.modRevision > known) listener.hear(type, kv);
      });
    }
    listener.complete(revision);
  }
}
