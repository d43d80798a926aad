import { setTimeout as sleep } from "node:timers/promises";
import type { EtcdConnection } from "@/collectors/etcd/connection";
import { type EventsBatch, visitEvents } from "@/collectors/etcd/watch";
import type { WatchedKey } from "@/collectors/etcd/watch-events";
import type { KeyspaceModel } from "@/collectors/keyspace/keyspace-model";

const FIRST_KEY = Buffer.from([0]);
const NO_END = Buffer.from([0]);
/** After each piece etcd is left alone for so many times as long as it took, and at least for this long. */
const PAUSE_RATIO = 4;
const MIN_PAUSE_MS = 200;

/** Revisions of many events each, as transactions make, are as dear as many revisions. */
const MAX_EVENTS = 50_000;

/** How a replay ended: everything was told, a compaction overtook it, or there was too much of it. */
export type ReplayEnd = "complete" | "compacted" | "no-room" | "too-much";

/**
 * Has etcd tell again what happened between the compact revision and the moment the model went live: each event comes
 * with the key as it was before, whose size is what the event superseded. Values pass by and are not kept.
 *
 * For a watch that begins in the past etcd up to 3.6 reads everything from there to now, at about 2 µs a revision and
 * with writers waiting, sends a thousand revisions, and begins again. So every thousand are a watch of their own, with
 * a pause before the next, and the caller sees to it that there are not too many.
 */
export async function replayHistory(
  model: KeyspaceModel,
  connection: EtcdConnection,
  signal: AbortSignal,
): Promise<ReplayEnd> {
  const { history } = model;
  const number = history.beginReplay();
  const replay = new Replay(model);
  let end: ReplayEnd | null = null;
  try {
    for (;;) {
      const startedMs = performance.now();
      end = await readPiece(replay, connection, signal);
      if (end !== null) return end;
      if (history.isKnown)
        end = "compacted"; // behind all that was to be replayed
      else if (!history.isReplaying(number)) end = "no-room";
      else if (replay.isComplete) end = "complete";
      if (end !== null) return end;
      const pauseMs = Math.max(MIN_PAUSE_MS, (performance.now() - startedMs) * PAUSE_RATIO);
      await sleep(pauseMs, undefined, { signal });
    }
  } finally {
    if (end === "complete") history.completeReplay(number);
    else history.abandonReplay(number);
  }
}

/** One message of events, of one or more fragments. Null: it was taken, and there may be more. */
async function readPiece(replay: Replay, connection: EtcdConnection, signal: AbortSignal): Promise<ReplayEnd | null> {
  const stream = connection.watch({
    key: FIRST_KEY,
    rangeEnd: NO_END,
    startRevision: replay.nextRevision,
    prevKv: true,
    fragment: true,
    signal,
  });
  for await (const batch of stream) {
    if (batch.kind === "canceled" && batch.compactRevision > 0) return "compacted";
    if (batch.kind === "canceled") throw new Error(`${connection.endpoint} canceled the replay: ${batch.reason}`);
    if (batch.kind !== "events") continue;
    replay.take(batch);
    if (replay.events > MAX_EVENTS) return "too-much";
    if (batch.isLast) return null; // leaving the loop closes the watch
  }
  signal.throwIfAborted();
  throw new Error(`${connection.endpoint} ended the replay without a reason`);
}

class Replay {
  /** Everything up to the end of what is unmeasured has been told. */
  isComplete = false;
  events = 0;

  #model: KeyspaceModel;
  #revision = 0;
  /** What the present revision has left so far of each of its keys, in value bytes; null: deleted. */
  #ofRevision = new Map<number, number | null>();

  constructor(model: KeyspaceModel) {
    this.#model = model;
    this.#revision = model.history.compactRevision;
  }

  /** Where the next piece begins. */
  get nextRevision(): number {
    return this.#revision + 1;
  }

  take(batch: EventsBatch): void {
    this.events += batch.events;
    visitEvents(batch, (type, kv, beforeBytes) => this.#event(type === "delete", kv, beforeBytes));
    // The fragments that follow may belong to the last revision.
    if (batch.isLast && this.#revision >= this.#model.history.unmeasuredRevision) this.isComplete = true;
  }

  #event(isDelete: boolean, kv: WatchedKey, beforeBytes: number | null): void {
    if (kv.modRevision !== this.#revision) this.#ofRevision.clear();
    this.#revision = kv.modRevision;
    if (kv.modRevision > this.#model.history.unmeasuredRevision) return; // the live watch tells it
    const entry = this.#model.pastEntry(kv);
    const valueBytes = this.#supersededBytes(entry, kv, beforeBytes);
    this.#ofRevision.set(entry, isDelete ? null : kv.valueBytes);
    if (valueBytes === null) return;
    const keyBytes = kv.keyEnd - kv.keyStart;
    const bytes = keyBytes + valueBytes + (isDelete ? keyBytes : 0);
    this.#model.history.notePast({ revision: kv.modRevision, entry, bytes, isDelete });
  }

  /** Value bytes of what the event superseded; null: nothing, or what a compaction has dropped meanwhile. */
  #supersededBytes(entry: number, kv: WatchedKey, beforeBytes: number | null): number | null {
    // Of a key written twice in one revision etcd tells both times what was before the revision.
    const known = this.#ofRevision.get(entry);
    if (known !== undefined) return known;
    return kv.version === 1 ? null : beforeBytes;
  }
}
