import { hash } from "node:crypto";
import type { WatchedKey } from "@/collectors/etcd/watch-events";
import { type PrefixTree, ROOT } from "@/collectors/keyspace/prefix-tree";
import { IdSet } from "@/collectors/traffic/id-set";

/** What is kept apart at most; keys that come later are counted together. */
export interface KeyLimits {
  keys: number;
  /** Bytes of all kept keys: a key may be as long as a request. */
  keyBytes: number;
  /** Keys beyond, told apart by their digest so that they can be counted. */
  otherKeys: number;
}
const LIMITS: KeyLimits = { keys: 200_000, keyBytes: 64 * 1024 ** 2, otherKeys: 2_000_000 };

/** What was written to several keys. */
export interface KeysCount {
  puts: number;
  deletes: number;
  /** Key and value bytes of the puts. */
  writtenBytes: number;
  keys: number;
}

/** What was written to one key. */
export interface KeyCount extends KeysCount {
  keys: 1;
  largestPutBytes: number;
  /** Of the prefix tree. */
  node: number;
}

/** Counts writes key by key; a key is its bytes, so no two can be confused. */
export class CapturedKeys {
  /** By the key as latin1 text: one character a byte. */
  readonly kept = new Map<string, KeyCount>();
  /** Keys that came when there was no room, by node of the prefix tree. */
  readonly beyond = new Map<number, KeysCount>();
  #beyondIds = new IdSet();
  #keyBytes = 0;
  #tree: PrefixTree;
  #limits: KeyLimits;

  constructor(tree: PrefixTree, limits: KeyLimits = LIMITS) {
    this.#tree = tree;
    this.#limits = limits;
  }

  /** Different keys; see `CaptureSummary.keys`. */
  get keys(): number {
    return this.kept.size + this.#beyondIds.size;
  }

  add(type: "put" | "delete", kv: WatchedKey): void {
    const keyBytes = kv.keyEnd - kv.keyStart;
    const key = kv.buffer.toString("latin1", kv.keyStart, kv.keyEnd);
    const count = this.kept.get(key) ?? this.#keep(key, kv);
    if (count === null) this.#addBeyond(type, kv);
    else if (type === "delete") count.deletes++;
    else {
      count.puts++;
      count.writtenBytes += keyBytes + kv.valueBytes;
      if (kv.valueBytes > count.largestPutBytes) count.largestPutBytes = kv.valueBytes;
    }
  }

  #keep(key: string, kv: WatchedKey): KeyCount | null {
    const { keys, keyBytes } = this.#limits;
    if (this.kept.size >= keys || this.#keyBytes + key.length > keyBytes) return null;
    const none = { puts: 0, deletes: 0, writtenBytes: 0, largestPutBytes: 0 };
    const count: KeyCount = { ...none, keys: 1, node: this.#nodeOf(kv) };
    this.#keyBytes += key.length;
    this.kept.set(key, count);
    return count;
  }

  #addBeyond(type: "put" | "delete", kv: WatchedKey): void {
    const node = this.#nodeOf(kv);
    let count = this.beyond.get(node);
    if (count === undefined) {
      count = { puts: 0, deletes: 0, writtenBytes: 0, keys: 0 };
      this.beyond.set(node, count);
    }
    if (type === "delete") count.deletes++;
    else {
      count.puts++;
      count.writtenBytes += kv.keyEnd - kv.keyStart + kv.valueBytes;
    }
    if (this.#isNewBeyond(kv)) count.keys++;
  }

  #isNewBeyond({ buffer, keyStart, keyEnd }: WatchedKey): boolean {
    if (this.#beyondIds.size >= this.#limits.otherKeys) return false;
    const digest = hash("sha256", buffer.subarray(keyStart, keyEnd), "buffer");
    return this.#beyondIds.add(digest.readUInt32LE(0), digest.readUInt32LE(4));
  }

  /** The prefix a key lies under. The model has been told of the key, so there is one, except for keys it never knew. */
  #nodeOf({ buffer, keyStart, keyEnd }: WatchedKey): number {
    return Math.max(ROOT, this.#tree.nodeOf(buffer, keyStart, keyEnd, false));
  }
}
