import { setTimeout as sleep } from "node:timers/promises";
import type { CostMeter } from "@/collectors/cost-meter";
import { EtcdError, isTokenRefusal } from "@/collectors/etcd/errors";
import type { CallListener, GrpcCall } from "@/collectors/etcd/grpc";
import { type CallStatus, status } from "@/collectors/etcd/grpc-status";
import { readRevision } from "@/collectors/etcd/messages";
import { EventPacker, type PackedEvents, type VisitEvent, visitPackedEvents } from "@/collectors/etcd/watch-events";
import { WireReader, WireWriter } from "@/collectors/etcd/wire";

/** Changes of the keys in `[key, rangeEnd)`, from `startRevision` on (from now on without one). */
export interface WatchRequest {
  key: Uint8Array;
  rangeEnd?: Uint8Array;
  startRevision?: number;
  /** Let etcd say up to which revision the watch is complete while nothing changes. */
  progressNotify?: boolean;
  /** Let etcd cut a message that would exceed its own request limit, as a large transaction can. */
  fragment?: boolean;
  /** Have each event carry the key as it was before: twice the bytes, and a read of the key each for etcd. */
  prevKv?: boolean;
}

/** One message of events. All events of a revision belong together: with `isLast` false more of them follow. */
export interface EventsBatch {
  kind: "events";
  /** The revision the member was at when it sent the message; the events' own are in their `modRevision`. */
  revision: number;
  events: number;
  isLast: boolean;
  packed: PackedEvents;
}

export type WatchBatch =
  | EventsBatch
  /** Every event up to `revision` has been sent. Before 3.4.25 and 3.5.8 an answer to `requestProgress` may run ahead. */
  | { kind: "progress"; revision: number }
  | { kind: "created"; revision: number }
  /** The last batch. `compactRevision` is where a watch can start at the earliest; 0 when compaction was not the reason. */
  | { kind: "canceled"; compactRevision: number; reason: string };

/** How a watch is read. */
export interface WatchOptions {
  /** Closes it. */
  signal?: AbortSignal;
  /**
   * How long the reader, once he has read all there was, leaves what arrives to gather. Many events in one go cost
   * less than message by message, for in between the processor's caches go to others.
   */
  gatherMs?: number;
}

/** How a WatchStream gets its call; `renewToken` is true after etcd has refused the token of the first. */
export type OpenWatchCall = (listener: CallListener, renewToken: boolean) => Promise<GrpcCall>;

// What may wait for a slow reader before etcd is made to wait, without values.
const PAUSE_AT_BYTES = 8 * 1024 ** 2;
const PAUSE_AT_MESSAGES = 4_096;
const PROGRESS_REQUEST = new WireWriter().message(3, new Uint8Array(0)).finish();

/**
 * One watch, open from its construction. Iterate it once: the iteration ends behind a `canceled` batch or `close()`,
 * and throws an EtcdError when the connection is lost. While the reader is slow, etcd is made to wait.
 */
export class WatchStream implements AsyncIterable<WatchBatch> {
  #queue: WatchBatch[] = [];
  #taken = 0;
  #queuedBytes = 0;
  #call: GrpcCall | null = null;
  #fault: Error | null = null;
  #isEnded = false;
  #isClosed = false;
  #isPaused = false;
  /** Asked for before the call was open. */
  #isProgressWanted = false;
  #wake: (() => void) | null = null;
  #openCall: OpenWatchCall;
  #request: Buffer;
  #endpoint: string;
  #meter: CostMeter | undefined;
  #signal: AbortSignal | undefined;
  #gatherMs: number;
  #onAbort = () => this.close();

  constructor(endpoint: string, request: WatchRequest & WatchOptions, openCall: OpenWatchCall, meter?: CostMeter) {
    const { signal, gatherMs = 0 } = request;
    this.#endpoint = endpoint;
    this.#meter = meter;
    this.#request = encodeWatchCreate(request);
    this.#openCall = openCall;
    this.#signal = signal;
    this.#gatherMs = gatherMs;
    signal?.addEventListener("abort", this.#onAbort, { once: true });
    if (signal?.aborted) this.#isClosed = true;
    else void this.#open(false);
  }

  /** Asks etcd up to which revision the watch is complete; the answer is a `progress` batch. */
  requestProgress(): void {
    if (this.#isEnded || this.#isClosed) return;
    if (this.#call === null) this.#isProgressWanted = true;
    else this.#call.write(PROGRESS_REQUEST);
  }

  /** Ends the watch; what is waiting to be read is dropped. */
  close(): void {
    this.#isClosed = true;
    this.#signal?.removeEventListener("abort", this.#onAbort);
    this.#empty();
    this.#call?.cancel();
    this.#notify();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<WatchBatch, void, void> {
    let isFirst = true;
    let isRenewed = false;
    try {
      while (!this.#isClosed) {
        const batch = this.#take();
        if (batch === undefined) {
          if (this.#fault) throw this.#fault;
          await this.#arrival();
          continue;
        }
        if (batch.kind === "canceled" && isFirst && isAccessRefusal(batch.reason)) {
          if (isRenewed) throw this.#refusal(batch.reason);
          isRenewed = true;
          await this.#reopen();
          continue;
        }
        isFirst = false;
        yield batch;
        if (batch.kind === "canceled") return;
      }
    } finally {
      this.close();
    }
  }

  async #open(renewToken: boolean): Promise<void> {
    const listener = {
      onMessage: (message: Buffer) => this.#receive(message),
      onEnd: (end: CallStatus) => this.#end(this.#errorOf(end)),
    };
    try {
      const call = await this.#openCall(listener, renewToken);
      if (this.#isClosed) return call.cancel();
      this.#call = call;
      call.write(this.#request);
      if (this.#isProgressWanted) call.write(PROGRESS_REQUEST);
    } catch (error) {
      this.#end(error as Error);
    }
  }

  /** Drops the refused call and opens another with a new token. */
  async #reopen(): Promise<void> {
    const refused = this.#call;
    this.#call = null;
    refused?.cancel();
    this.#empty();
    this.#isPaused = false;
    this.#isEnded = false;
    this.#fault = null;
    await this.#open(true);
  }

  /** Takes out of the message what it says: its memory is the next one's. */
  #receive(message: Buffer): void {
    const batch = this.#decode(message);
    if (batch === null) return;
    this.#queue.push(batch);
    if (batch.kind === "events") this.#queuedBytes += batch.packed.keys.length + batch.packed.figures.byteLength;
    if (!this.#isPaused && (this.#queuedBytes > PAUSE_AT_BYTES || this.#queue.length > PAUSE_AT_MESSAGES)) {
      this.#isPaused = true;
      this.#call?.pause();
    }
    this.#notify();
  }

  /** Null: it is none. What came before it is still to be read; then the watch fails. */
  #decode(message: Buffer): WatchBatch | null {
    try {
      const batch = decodeWatchMessage(message);
      this.#meter?.addMessage(message.length, batch.kind === "events" ? batch.events : 0);
      return batch;
    } catch (error) {
      this.#call?.cancel();
      this.#end(error as Error);
      return null;
    }
  }

  #take(): WatchBatch | undefined {
    const batch = this.#queue[this.#taken];
    if (batch !== undefined) {
      this.#taken++;
      return batch;
    }
    this.#empty();
    if (this.#isPaused) {
      this.#isPaused = false;
      this.#call?.resume();
    }
    return undefined;
  }

  #empty(): void {
    this.#queue = [];
    this.#taken = 0;
    this.#queuedBytes = 0;
  }

  #end(fault: Error): void {
    this.#fault = fault;
    this.#isEnded = true;
    this.#notify();
  }

  #errorOf({ code, details }: CallStatus): EtcdError {
    return code === status.OK ? this.#error(status.UNAVAILABLE, "etcd ended the watch") : this.#error(code, details);
  }

  async #arrival(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    if (this.#gatherMs > 0 && !this.#isClosed) await sleep(this.#gatherMs);
  }

  #notify(): void {
    this.#wake?.();
    this.#wake = null;
  }

  #refusal(reason: string): EtcdError {
    return this.#error(status.PERMISSION_DENIED, reason);
  }

  #error(code: number, details: string): EtcdError {
    return new EtcdError({ code, details, endpoint: this.#endpoint, method: "Watch" });
  }
}

const reader = new WireReader();
const packer = new EventPacker();

/** Hands every event of a batch to `visit`, in etcd's order. The key-value object is reused for the next event. */
export function visitEvents(batch: EventsBatch, visit: VisitEvent): void {
  visitPackedEvents(batch.packed, visit);
}

/** Tells what a message of the watch is, with all that is wanted of its events. Throws a WireError. */
export function decodeWatchMessage(message: Uint8Array): WatchBatch {
  reader.open(message);
  packer.clear();
  let revision = 0;
  let isCreated = false;
  let isCanceled = false;
  let compactRevision = 0;
  let reason = "";
  let isFragment = false;
  let events = 0;
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 11) {
      const messageEnd = reader.enter();
      packer.add(reader);
      reader.leave(messageEnd);
      events++;
    } else if (field === 1) revision = readRevision(reader);
    else if (field === 3) isCreated = reader.boolField();
    else if (field === 4) isCanceled = reader.boolField();
    else if (field === 5) compactRevision = reader.numberField();
    else if (field === 6) reason = reader.textField();
    else if (field === 7) isFragment = reader.boolField();
    else reader.skip();
  }
  if (isCanceled) return { kind: "canceled", compactRevision, reason };
  if (isCreated) return { kind: "created", revision };
  if (events === 0 && !isFragment) return { kind: "progress", revision };
  return { kind: "events", revision, events, isLast: !isFragment, packed: packer.take() };
}

function encodeWatchCreate(request: WatchRequest): Buffer {
  const create = new WireWriter()
    .bytes(1, request.key)
    .bytes(2, request.rangeEnd ?? new Uint8Array(0))
    .number(3, request.startRevision ?? 0)
    .bool(4, request.progressNotify ?? false)
    .bool(6, request.prevKv ?? false)
    .bool(8, request.fragment ?? false)
    .finish();
  return new WireWriter().message(1, create).finish();
}

/** Older versions do not say whether the token or the user's rights were at fault. */
function isAccessRefusal(reason: string): boolean {
  return isTokenRefusal(reason) || reason.includes("permission denied");
}
