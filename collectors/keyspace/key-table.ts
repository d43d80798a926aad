import { hashBytes } from "@/collectors/keyspace/arena";
import { KeyIndex } from "@/collectors/keyspace/key-index";
import { TailStore } from "@/collectors/keyspace/tail-store";

/** What the table keeps of a key beside its bytes. */
export interface KeyState {
  valueBytes: number;
  createRevision: number;
  modRevision: number;
  /** 0: the key is deleted, and its entry stays for the sake of its history. */
  version: number;
  hasLease?: boolean;
}

/**
 * Every key of a cluster in typed arrays: 24 bytes, about 10 in the index, and the key's tail with its length, no object
 * per key. A key is its node in the prefix tree and its tail, the bytes behind the node's prefix. The hash only finds
 * candidates and the bytes decide, so no two keys are ever taken for one: there are no odds of a collision to state.
 */
export class KeyTable {
  /** Entries in use, those of deleted keys included. */
  count = 0;
  /** Entries run from 0 to `end`; a freed one has node -1. */
  end = 0;

  /** Six words an entry, side by side because a write touches them all. */
  #chunks: Uint32Array[] = [];
  /** The upper halves of create and mod revision, for chunks that have seen one beyond 32 bits. */
  #upper: (Uint32Array | undefined)[] = [];
  #largeVersions = new Map<number, number>();
  #index = new KeyIndex();
  #tails = new TailStore();
  /** The first freed entry, one higher; each holds the next in its tail's place. */
  #firstFree = 0;

  /** The entry of a key, or -1. */
  find(node: number, bytes: Uint8Array, from: number, to: number): number {
    const hash = hashBytes(bytes, from, to, node);
    let entry = this.#index.find(hash);
    while (entry >= 0 && !this.#isKey(entry, node, bytes, from, to)) entry = this.#index.find(hash, entry);
    return entry;
  }

  /** Makes an entry for a key that has none. Its state is for the caller to set. */
  add(node: number, bytes: Uint8Array, from: number, to: number): number {
    const entry = this.#takeEntry();
    const words = this.#chunks[entry >>> CHUNK_BITS] as Uint32Array;
    const at = (entry & ENTRY_MASK) * WORDS;
    words[at + NODE] = node;
    words[at + TAIL] = this.#tails.add(bytes, from, to);
    this.#index.insert(hashBytes(bytes, from, to, node), entry);
    this.count++;
    return entry;
  }

  remove(entry: number): void {
    const words = this.#chunks[entry >>> CHUNK_BITS] as Uint32Array;
    const at = (entry & ENTRY_MASK) * WORDS;
    const tail = this.tail(entry);
    this.#index.remove(hashBytes(tail, 0, tail.length, this.node(entry)), entry);
    this.#tails.remove(words[at + TAIL] as number);
    if (words[at + VERSION] === LARGE) this.#largeVersions.delete(entry);
    words[at + NODE] = FREED;
    words[at + TAIL] = this.#firstFree;
    this.#firstFree = entry + 1;
    this.count--;
    if (this.#tails.freeBytes > 1 << 23 && this.#tails.freeBytes * 2 > this.#tails.usedBytes) this.#collectTails();
  }

  /** Sets what is kept of the key in `entry`. */
  set(entry: number, { valueBytes, createRevision, modRevision, version, hasLease }: KeyState): void {
    const chunk = entry >>> CHUNK_BITS;
    const words = this.#chunks[chunk] as Uint32Array;
    const at = (entry & ENTRY_MASK) * WORDS;
    words[at + NODE] = ((words[at + NODE] as number) & NODE_MASK) | (hasLease ? LEASED : 0);
    words[at + VALUE_BYTES] = valueBytes;
    words[at + CREATE_REVISION] = createRevision;
    words[at + MOD_REVISION] = modRevision;
    if (modRevision >= TWO_32 || this.#upper[chunk] !== undefined) this.#setUpper(entry, createRevision, modRevision);
    if (words[at + VERSION] === LARGE) this.#largeVersions.delete(entry);
    words[at + VERSION] = Math.min(version, LARGE);
    if (version >= LARGE) this.#largeVersions.set(entry, version);
  }

  /** The tree node the key hangs on; -1 for a freed entry. */
  node(entry: number): number {
    const word = this.#word(entry, NODE);
    return word === FREED ? -1 : word & NODE_MASK;
  }

  isLeased(entry: number): boolean {
    return this.#word(entry, NODE) >= LEASED;
  }

  valueBytes(entry: number): number {
    return this.#word(entry, VALUE_BYTES);
  }

  createRevision(entry: number): number {
    return this.#word(entry, CREATE_REVISION) + TWO_32 * this.#upperOf(entry, 0);
  }

  modRevision(entry: number): number {
    return this.#word(entry, MOD_REVISION) + TWO_32 * this.#upperOf(entry, 1);
  }

  /** Writes since the key was created; 0 when it is deleted. */
  version(entry: number): number {
    const version = this.#word(entry, VERSION);
    return version === LARGE ? (this.#largeVersions.get(entry) as number) : version;
  }

  /** Neither freed nor the entry of a deleted key. */
  isLive(entry: number): boolean {
    return this.#word(entry, NODE) !== FREED && this.#word(entry, VERSION) !== 0;
  }

  /** The entry of a deleted key. */
  isGhost(entry: number): boolean {
    return this.#word(entry, VERSION) === 0 && this.#word(entry, NODE) !== FREED;
  }

  /** Shows the entries of live keys that hang on a wanted node, in one pass over the words. */
  visitLive(isWanted: (node: number) => boolean, visit: (entry: number, node: number) => void): void {
    for (const [chunk, words] of this.#chunks.entries()) {
      const start = chunk * CHUNK_ENTRIES;
      const entries = Math.min(CHUNK_ENTRIES, this.end - start);
      for (let i = 0; i < entries; i++) {
        const word = words[i * WORDS + NODE] as number;
        if (word === FREED || !isWanted(word & NODE_MASK) || words[i * WORDS + VERSION] === 0) continue;
        visit(start + i, word & NODE_MASK);
      }
    }
  }

  /** All that is kept of the key in `entry`. */
  get(entry: number): Required<KeyState> {
    return {
      valueBytes: this.valueBytes(entry),
      createRevision: this.createRevision(entry),
      modRevision: this.modRevision(entry),
      version: this.version(entry),
      hasLease: this.isLeased(entry),
    };
  }

  tailLength(entry: number): number {
    return this.#tails.length(this.#word(entry, TAIL));
  }

  /** The bytes of the key behind its node's prefix; valid until the table changes. */
  tail(entry: number): Buffer {
    return this.#tails.view(this.#word(entry, TAIL));
  }

  /** Writes the tail to `target` from `targetStart` on and answers its length. */
  copyTail(entry: number, target: Uint8Array, targetStart: number): number {
    return this.#tails.copy(this.#word(entry, TAIL), target, targetStart);
  }

  /** Bytes the arrays take. */
  get memoryBytes(): number {
    const upper = this.#upper.reduce((sum, words) => sum + (words?.byteLength ?? 0), 0);
    const entries = this.#chunks.length * CHUNK_ENTRIES * WORDS * 4;
    return entries + upper + this.#tails.memoryBytes + this.#index.memoryBytes;
  }

  #isKey(entry: number, node: number, bytes: Uint8Array, from: number, to: number): boolean {
    const words = this.#chunks[entry >>> CHUNK_BITS] as Uint32Array;
    const at = (entry & ENTRY_MASK) * WORDS;
    if (((words[at + NODE] as number) & NODE_MASK) !== node) return false;
    return this.#tails.equals(words[at + TAIL] as number, bytes, from, to);
  }

  #word(entry: number, word: number): number {
    return (this.#chunks[entry >>> CHUNK_BITS] as Uint32Array)[(entry & ENTRY_MASK) * WORDS + word] as number;
  }

  #upperOf(entry: number, which: 0 | 1): number {
    const upper = this.#upper[entry >>> CHUNK_BITS];
    return upper === undefined ? 0 : (upper[(entry & ENTRY_MASK) * 2 + which] as number);
  }

  #setUpper(entry: number, createRevision: number, modRevision: number): void {
    const chunk = entry >>> CHUNK_BITS;
    this.#upper[chunk] ??= new Uint32Array(CHUNK_ENTRIES * 2);
    const upper = this.#upper[chunk] as Uint32Array;
    const at = (entry & ENTRY_MASK) * 2;
    upper[at] = createRevision / TWO_32;
    upper[at + 1] = modRevision / TWO_32;
  }

  #takeEntry(): number {
    if (this.#firstFree > 0) {
      const entry = this.#firstFree - 1;
      this.#firstFree = this.#word(entry, TAIL);
      return entry;
    }
    if (this.end === this.#chunks.length * CHUNK_ENTRIES) {
      this.#chunks.push(new Uint32Array(CHUNK_ENTRIES * WORDS));
      this.#upper.push(undefined);
    }
    return this.end++;
  }

  /** Copies the tails still in use into a new store. */
  #collectTails(): void {
    const tails = new TailStore();
    for (let entry = 0; entry < this.end; entry++) {
      if (this.node(entry) < 0) continue;
      const tail = this.tail(entry);
      const words = this.#chunks[entry >>> CHUNK_BITS] as Uint32Array;
      words[(entry & ENTRY_MASK) * WORDS + TAIL] = tails.add(tail, 0, tail.length);
    }
    this.#tails = tails;
  }
}

const CHUNK_BITS = 15;
const CHUNK_ENTRIES = 2 ** CHUNK_BITS;
const ENTRY_MASK = CHUNK_ENTRIES - 1;
const WORDS = 6;
const NODE = 0;
const TAIL = 1;
const VALUE_BYTES = 2;
const CREATE_REVISION = 3;
const MOD_REVISION = 4;
const VERSION = 5;
/** The highest bit of the node's word; all bits set mark a freed entry. */
const LEASED = 0x8000_0000;
const NODE_MASK = 0x7fff_ffff;
const FREED = 0xffff_ffff;
/** A version that is kept in a map beside. */
const LARGE = 0xffff_ffff;
const TWO_32 = 2 ** 32;
