import { CapturedKeys } from "@/collectors/capture/captured-keys";
import type { WatchedKey } from "@/collectors/etcd/watch-events";
import type { PrefixTree } from "@/collectors/keyspace/prefix-tree";
import type { WriteListener } from "@/collectors/keyspace/write-tap";

/** What a session counts, and from where. */
export interface SessionStart {
  tree: PrefixTree;
  /** Everything up to this revision was written before it. */
  afterRevision: number;
  atMs: number;
  seconds: number;
}

/** Counts what the watch tells, revision by revision, until it is told up to which. */
export class CapturedWrites implements WriteListener {
  readonly keys: CapturedKeys;
  puts = 0;
  deletes = 0;
  writtenBytes = 0;
  revisions = 0;
  largestRevisionEvents = 0;
  largestPutBytes = 0;
  readonly perSecond: { puts: number[]; deletes: number[]; writtenBytes: number[] };
  readonly afterRevision: number;
  /** Everything up to it has been counted. */
  revision: number;
  /** Why nothing more can come; null while it can. */
  endReason: string | null = null;

  #startMs: number;
  #seconds: number;
  #untilRevision = Number.POSITIVE_INFINITY;
  #countedRevision = 0;
  #revisionEvents = 0;
  #second = 0;
  #wake: (() => void) | null = null;

  constructor({ tree, afterRevision, atMs, seconds }: SessionStart) {
    this.keys = new CapturedKeys(tree);
    this.afterRevision = afterRevision;
    this.revision = afterRevision;
    this.#startMs = atMs;
    this.#seconds = seconds;
    const zeros = () => new Array<number>(seconds).fill(0);
    this.perSecond = { puts: zeros(), deletes: zeros(), writtenBytes: zeros() };
  }

  hear(type: "put" | "delete", kv: WatchedKey): void {
    const revision = kv.modRevision;
    if (revision <= this.afterRevision || revision > this.#untilRevision) return;
    if (revision !== this.#countedRevision) this.#beginRevision(revision);
    if (++this.#revisionEvents > this.largestRevisionEvents) this.largestRevisionEvents = this.#revisionEvents;
    this.keys.add(type, kv);
    if (type === "delete") this.#countDelete();
    else this.#countPut(kv.keyEnd - kv.keyStart, kv.valueBytes);
  }

  complete(revision: number): void {
    this.revision = Math.max(this.revision, Math.min(revision, this.#untilRevision));
    if (revision >= this.#untilRevision) this.#notify();
  }

  end(reason: string): void {
    this.endReason = reason;
    this.#notify();
  }

  /** Counts up to `revision` and no further. */
  stopAt(revision: number): void {
    this.#untilRevision = revision;
    if (this.revision >= revision) this.#notify();
  }

  /** True when all that is wanted has been counted, or nothing more can come. */
  get isOver(): boolean {
    return this.endReason !== null || this.revision >= this.#untilRevision;
  }

  /** Settles once it is over. */
  async over(): Promise<void> {
    while (!this.isOver) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #countDelete(): void {
    const { deletes } = this.perSecond;
    this.deletes++;
    deletes[this.#second] = (deletes[this.#second] as number) + 1;
  }

  #countPut(keyBytes: number, valueBytes: number): void {
    const { puts, writtenBytes } = this.perSecond;
    this.puts++;
    this.writtenBytes += keyBytes + valueBytes;
    if (valueBytes > this.largestPutBytes) this.largestPutBytes = valueBytes;
    puts[this.#second] = (puts[this.#second] as number) + 1;
    writtenBytes[this.#second] = (writtenBytes[this.#second] as number) + keyBytes + valueBytes;
  }

  #beginRevision(revision: number): void {
    this.#countedRevision = revision;
    this.#revisionEvents = 0;
    this.revisions++;
    const second = Math.floor((Date.now() - this.#startMs) / 1_000);
    this.#second = Math.max(0, Math.min(second, this.#seconds - 1));
  }

  #notify(): void {
    this.#wake?.();
    this.#wake = null;
  }
}
