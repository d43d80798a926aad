import { Arena, grown, hashBytes } from "@/collectors/keyspace/arena";
import { lastSegmentEnd, segmentEnd, separatorOf } from "@/lib/model/segments";

/** The root, the whole keyspace. */
export const ROOT = 0;

/** How many nodes a tree may have, and a node children. */
export interface TreeLimits {
  nodes: number;
  children: number;
}
/** Of the index; a power of two, as all its sizes are. */
const FIRST_SLOTS = 2_048;
const LIMITS: TreeLimits = { nodes: 200_000, children: 16_384 };

/** The figures a node keeps of the keys that hang on it directly. */
export const OWN_GAUGES = ["keys", "keyBytes", "valueBytes", "historyBytes", "historyRevisions", "leasedKeys"] as const;
export const OWN_COUNTERS = ["puts", "creates", "deletes", "writtenBytes"] as const;
export type Figure = (typeof OWN_GAUGES)[number] | (typeof OWN_COUNTERS)[number];
export const FIGURES: readonly Figure[] = [...OWN_GAUGES, ...OWN_COUNTERS];
export type Figures = Record<Figure, Float64Array>;

/**
 * The prefixes of a keyspace, one node each, in typed arrays. A node's number is its slot in Postgres, for ever. A
 * child's number is always greater than its parent's, so one pass backwards sums the tree up.
 *
 * Bounded: a node keeps 16,384 children and the tree 200,000 nodes; what comes after falls into the parent's one
 * *other* node, whose figures are as exact as any, so children always add up to their parent. Only children in use
 * count against the first limit: a prefix whose last key and history are gone makes room for another, though its number
 * is never given to another prefix and counts against the second.
 */
export class PrefixTree {
  size = 0;
  /** How many nodes were made since `takeNewNodes` was last asked. */
  #announced = 0;

  #parents = new Int32Array(1024);
  #depthBytes = new Uint32Array(1024);
  /** Where the node's whole prefix is in the arena; *other* has its parent's. */
  #prefixOffsets = new Uint32Array(1024);
  #isOther = new Uint8Array(1024);
  #childCounts = new Int32Array(1024);
  /** Entries of the key table on the node, and its children in use; a node with neither is not in use. */
  #entryCounts = new Int32Array(1024);
  #childrenInUse = new Int32Array(1024);
  #others = new Map<number, number>();
  #arena = new Arena(1 << 16);
  /** Open addressing from a prefix to its node: a slot is the prefix's hash, and the node or 0. */
  #index = new Uint32Array(FIRST_SLOTS * 2);

  /** Of the keys directly on a node. */
  readonly own: Figures = emptyFigures(1024);

  constructor(private readonly limits: TreeLimits = LIMITS) {
    this.#add(-1, 0, 0, false);
  }

  parent(node: number): number {
    return this.#parents[node] as number;
  }

  isOther(node: number): boolean {
    return this.#isOther[node] === 1;
  }

  /** Child prefixes with a node of their own, *other* included. */
  childPrefixes(node: number): number {
    return (this.#childCounts[node] as number) + (this.#others.has(node) ? 1 : 0);
  }

  /** Bytes of the node's whole prefix. */
  prefixLength(node: number): number {
    return this.#depthBytes[node] as number;
  }

  /** The node's whole prefix, copied. For *other*, its parent's. */
  prefix(node: number): Buffer {
    const prefix = Buffer.allocUnsafe(this.prefixLength(node));
    this.copyPrefix(node, prefix);
    return prefix;
  }

  /** Writes the node's prefix to the start of `target`; returns its length. */
  copyPrefix(node: number, target: Uint8Array): number {
    const offset = this.#prefixOffsets[node] as number;
    const length = this.prefixLength(node);
    this.#arena.bytes.copy(target, 0, offset, offset + length);
    return length;
  }

  /** An entry of the key table now hangs on the node. */
  hold(node: number): void {
    const isNew = !this.#isInUse(node);
    this.#entryCounts[node] = (this.#entryCounts[node] as number) + 1;
    if (isNew) this.#countUse(node, 1);
  }

  /** An entry hangs on the node no more. */
  release(node: number): void {
    this.#entryCounts[node] = (this.#entryCounts[node] as number) - 1;
    if (!this.#isInUse(node)) this.#countUse(node, -1);
  }

  /** The node a key hangs on, making it and its ancestors where `create`; -1 when there is none and it may not be made. */
  nodeOf(bytes: Uint8Array, start: number, end: number, create: boolean): number {
    const to = lastSegmentEnd(bytes, start, end);
    if (to < 0) return ROOT;
    const node = this.#find(bytes, start, to);
    return node < 0 ? this.#descend(bytes, start, end, create) : node;
  }

  /** The node whose prefix is exactly `prefix` (not *other*), or -1. */
  findPrefix(prefix: Uint8Array): number {
    return prefix.length === 0 ? ROOT : this.#find(prefix, 0, prefix.length);
  }

  /** The *other* nodes there are. */
  others(): number[] {
    return [...this.#others.values()];
  }

  /**
   * Gives the child of `other`'s parent that holds `key` a node of its own, beyond the limit. Its keys are for the
   * caller to move.
   */
  promote(other: number, key: Uint8Array): void {
    const parent = this.parent(other);
    const from = this.prefixLength(parent);
    const to = segmentEnd(key, 0, from, key.length, separatorOf(key, 0, key.length));
    if (to >= 0 && this.#find(key, 0, to) < 0) this.#addChild(parent, key, 0, to);
  }

  /** Takes a prefix back from the dictionary. Slots must come in order, beginning behind the root. */
  restore(slot: number, parentSlot: number, prefix: Uint8Array, isOther: boolean): void {
    if (slot !== this.size) throw new Error(`prefix dictionary has slot ${slot} where ${this.size} was expected`);
    if (parentSlot < 0 || parentSlot >= slot)
      throw new Error(`prefix dictionary: slot ${slot} names parent ${parentSlot}`);
    if (isOther) this.#addOther(parentSlot);
    else this.#addChild(parentSlot, prefix, 0, prefix.length);
    this.#announced = this.size;
  }

  /** The first node the dictionary in Postgres does not have yet; `announce` says that it has them up to `size`. */
  get firstUnannounced(): number {
    return this.#announced;
  }
  announce(size: number): void {
    this.#announced = size;
  }

  /** Forgets what the keys were, and keeps the prefixes. */
  clearFigures(): void {
    for (const figure of FIGURES) this.own[figure].fill(0);
    this.#entryCounts.fill(0);
    this.#childrenInUse.fill(0);
  }

  /** Sums every node's own figures over its subtree, in one pass. */
  sumUp(): Figures {
    const totals = {} as Figures;
    for (const figure of FIGURES) {
      const sums = this.own[figure].slice(0, this.size);
      for (let node = this.size - 1; node > ROOT; node--) {
        const parent = this.#parents[node] as number;
        sums[parent] = (sums[parent] as number) + (sums[node] as number);
      }
      totals[figure] = sums;
    }
    return totals;
  }

  /** Bytes the arrays take. */
  get memoryBytes(): number {
    const perNode = this.#parents.length * (4 + 4 + 4 + 1 + 4 * 3 + FIGURES.length * 8);
    return perNode + this.#arena.bytes.length + this.#index.byteLength;
  }

  #descend(bytes: Uint8Array, start: number, end: number, create: boolean): number {
    const separator = separatorOf(bytes, start, end);
    let node = ROOT;
    let from = start;
    for (;;) {
      const to = segmentEnd(bytes, start, from, end, separator);
      if (to < 0) return node;
      const child = this.#find(bytes, start, to);
      if (child >= 0) {
        node = child;
        from = to;
        continue;
      }
      const other = this.#others.get(node);
      if (!create) return other ?? -1;
      if (this.#isFull(node)) return other ?? this.#addOther(node);
      node = this.#addChild(node, bytes, start, to);
      from = to;
    }
  }

  #isFull(node: number): boolean {
    if (this.size >= this.limits.nodes) return true;
    const other = this.#others.get(node);
    // What was folded lies there as long as it holds anything: a node made now would have the same key counted twice.
    if (other !== undefined && this.#isInUse(other)) return true;
    return (this.#childrenInUse[node] as number) >= this.limits.children;
  }

  #isInUse(node: number): boolean {
    return this.#entryCounts[node] !== 0 || this.#childrenInUse[node] !== 0;
  }

  /** The node has come into use or gone out of it: so does its parent, when nothing else keeps that one. */
  #countUse(node: number, change: 1 | -1): void {
    for (let at = node; at > ROOT; at = this.parent(at)) {
      const parent = this.parent(at);
      const wasInUse = this.#isInUse(parent);
      this.#childrenInUse[parent] = (this.#childrenInUse[parent] as number) + change;
      if (this.#isInUse(parent) === wasInUse) return;
    }
  }

  /** `bytes[start, to)` is the child's whole prefix. */
  #addChild(parent: number, bytes: Uint8Array, start: number, to: number): number {
    const node = this.#add(parent, this.#arena.push(bytes, start, to), to - start, false);
    this.#childCounts[parent] = (this.#childCounts[parent] as number) + 1;
    if (this.size * 4 > this.#index.length) this.#growIndex();
    place(this.#index, hashBytes(bytes, start, to, 0), node);
    return node;
  }

  #addOther(parent: number): number {
    const node = this.#add(parent, this.#prefixOffsets[parent] as number, this.prefixLength(parent), true);
    this.#others.set(parent, node);
    return node;
  }

  #add(parent: number, prefixOffset: number, prefixLength: number, isOther: boolean): number {
    const node = this.size;
    if (node === this.#parents.length) this.#growArrays();
    this.#parents[node] = parent;
    this.#prefixOffsets[node] = prefixOffset;
    this.#depthBytes[node] = prefixLength;
    this.#isOther[node] = isOther ? 1 : 0;
    this.size++;
    return node;
  }

  /** The node whose prefix is `bytes[start, to)`, or -1. */
  #find(bytes: Uint8Array, start: number, to: number): number {
    const index = this.#index;
    const hash = hashBytes(bytes, start, to, 0);
    const mask = index.length - 1;
    for (let at = (hash << 1) & mask; ; at = (at + 2) & mask) {
      const node = index[at + 1] as number;
      if (node === 0) return -1;
      if (index[at] !== hash || this.#depthBytes[node] !== to - start) continue;
      if (this.#arena.equals(this.#prefixOffsets[node] as number, bytes, start, to)) return node;
    }
  }

  #growIndex(): void {
    const index = this.#index;
    this.#index = new Uint32Array(index.length * 2);
    for (let at = 0; at < index.length; at += 2) {
      if (index[at + 1] !== 0) place(this.#index, index[at] as number, index[at + 1] as number);
    }
  }

  #growArrays(): void {
    const length = this.#parents.length * 2;
    this.#parents = grown(this.#parents, length);
    this.#depthBytes = grown(this.#depthBytes, length);
    this.#prefixOffsets = grown(this.#prefixOffsets, length);
    this.#isOther = grown(this.#isOther, length);
    this.#childCounts = grown(this.#childCounts, length);
    this.#entryCounts = grown(this.#entryCounts, length);
    this.#childrenInUse = grown(this.#childrenInUse, length);
    for (const figure of FIGURES) this.own[figure] = grown(this.own[figure], length);
  }
}

function place(index: Uint32Array, hash: number, node: number): void {
  const mask = index.length - 1;
  let at = (hash << 1) & mask;
  while (index[at + 1] !== 0) at = (at + 2) & mask;
  index[at] = hash;
  index[at + 1] = node;
}

/** Zeroed arrays, one a figure. */
export function emptyFigures(length: number): Figures {
  const figures = {} as Figures;
  for (const figure of FIGURES) figures[figure] = new Float64Array(length);
  return figures;
}
