import { Arena, grown, hashBytes } from "@/collectors/keyspace/arena";

/**
 * Every live key of a cluster in typed arrays: about 55 bytes and the key's tail, no object per key. A key is its node
 * in the prefix tree and its tail, the bytes behind the node's prefix. The hash only finds candidates: the bytes decide,
 * so two keys are never taken for one.
 */
export class KeyTable {
  /** Live keys, removed ones not counted. */
  count = 0;
  /** Entries run from 0 to `end`; a freed one has node -1. */
  end = 0;

  nodes = new Int32Array(1024);
  tailLengths = new Uint32Array(1024);
  valueBytes = new Uint32Array(1024);
  createRevisions = new Float64Array(1024);
  modRevisions = new Float64Array(1024);
  versions = new Float64Array(1024);

  #tailOffsets = new Uint32Array(1024);
  #hashes = new Uint32Array(1024);
  #tails = new Arena(1 << 20);
  #garbageBytes = 0;
  #free: number[] = [];
  #index = new Int32Array(2048).fill(-1);

  /** The entry of a key, or -1. */
  find(node: number, bytes: Uint8Array, from: number, to: number): number {
    const hash = hashBytes(bytes, from, to, node);
    const mask = this.#index.length - 1;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const entry = this.#index[at] as number;
      if (entry < 0) return -1;
      if (this.#hashes[entry] !== hash || this.nodes[entry] !== node || this.tailLengths[entry] !== to - from) continue;
      if (this.#tails.equals(this.#tailOffsets[entry] as number, bytes, from, to)) return entry;
    }
  }

  /** Makes an entry for a key that has none. Its figures are for the caller to set. */
  add(node: number, bytes: Uint8Array, from: number, to: number): number {
    if ((this.count + 1) * 10 > this.#index.length * 6) this.#growIndex();
    const entry = this.#free.pop() ?? this.#nextEntry();
    this.nodes[entry] = node;
    this.tailLengths[entry] = to - from;
    this.#tailOffsets[entry] = this.#tails.push(bytes, from, to);
    this.#hashes[entry] = hashBytes(bytes, from, to, node);
    this.#insertIndex(entry);
    this.count++;
    return entry;
  }

  remove(entry: number): void {
    this.#removeIndex(entry);
    this.nodes[entry] = -1;
    this.#garbageBytes += this.tailLengths[entry] as number;
    this.#free.push(entry);
    this.count--;
    if (this.#garbageBytes > 1 << 20 && this.#garbageBytes * 2 > this.#tails.length) this.#collectTails();
  }

  /** The bytes of the key behind its node's prefix; valid until the table changes. */
  tail(entry: number): Buffer {
    const offset = this.#tailOffsets[entry] as number;
    return this.#tails.bytes.subarray(offset, offset + (this.tailLengths[entry] as number));
  }

  /** Bytes the arrays take. */
  get memoryBytes(): number {
    return this.nodes.length * (4 * 5 + 8 * 3) + this.#tails.bytes.length + this.#index.byteLength;
  }

  #nextEntry(): number {
    if (this.end === this.nodes.length) this.#growEntries();
    return this.end++;
  }

  #insertIndex(entry: number): void {
    const mask = this.#index.length - 1;
    let at = (this.#hashes[entry] as number) & mask;
    while ((this.#index[at] as number) >= 0) at = (at + 1) & mask;
    this.#index[at] = entry;
  }

  /** Linear probing without tombstones: what follows in the run moves up into the gap. */
  #removeIndex(entry: number): void {
    const mask = this.#index.length - 1;
    let gap = (this.#hashes[entry] as number) & mask;
    while (this.#index[gap] !== entry) gap = (gap + 1) & mask;
    for (let at = (gap + 1) & mask; (this.#index[at] as number) >= 0; at = (at + 1) & mask) {
      const moved = this.#index[at] as number;
      const home = (this.#hashes[moved] as number) & mask;
      if (((at - home) & mask) < ((at - gap) & mask)) continue;
      this.#index[gap] = moved;
      gap = at;
    }
    this.#index[gap] = -1;
  }

  #growIndex(): void {
    this.#index = new Int32Array(this.#index.length * 2).fill(-1);
    for (let entry = 0; entry < this.end; entry++) if ((this.nodes[entry] as number) >= 0) this.#insertIndex(entry);
  }

  #growEntries(): void {
    // Half as much again: doubling would keep up to half of the memory unused at ten million keys.
    const length = Math.ceil(this.nodes.length * 1.5);
    this.nodes = grown(this.nodes, length);
    this.tailLengths = grown(this.tailLengths, length);
    this.valueBytes = grown(this.valueBytes, length);
    this.createRevisions = grown(this.createRevisions, length);
    this.modRevisions = grown(this.modRevisions, length);
    this.versions = grown(this.versions, length);
    this.#tailOffsets = grown(this.#tailOffsets, length);
    this.#hashes = grown(this.#hashes, length);
  }

  /** Copies the tails still in use into a new arena. */
  #collectTails(): void {
    const tails = new Arena(Math.max(1 << 20, this.#tails.length - this.#garbageBytes));
    for (let entry = 0; entry < this.end; entry++) {
      if ((this.nodes[entry] as number) < 0) continue;
      const offset = this.#tailOffsets[entry] as number;
      this.#tailOffsets[entry] = tails.push(this.#tails.bytes, offset, offset + (this.tailLengths[entry] as number));
    }
    this.#tails = tails;
    this.#garbageBytes = 0;
  }
}
