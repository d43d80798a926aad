import { Arena, grown, hashBytes } from "@/collectors/keyspace/arena";
import { segmentEnd, separatorOf } from "@/lib/model/segments";

/** The root, the whole keyspace. */
export const ROOT = 0;

/** How many nodes a tree may have, and a node children. */
export interface TreeLimits {
  nodes: number;
  children: number;
}
const LIMITS: TreeLimits = { nodes: 200_000, children: 16_384 };

/** The figures a node keeps of the keys that hang on it directly. */
export const OWN_GAUGES = ["keys", "keyBytes", "valueBytes"] as const;
export const OWN_COUNTERS = ["puts", "creates", "deletes", "writtenBytes"] as const;
export type Figure = (typeof OWN_GAUGES)[number] | (typeof OWN_COUNTERS)[number];
export const FIGURES: readonly Figure[] = [...OWN_GAUGES, ...OWN_COUNTERS];
export type Figures = Record<Figure, Float64Array>;

/**
 * The prefixes of a keyspace, one node each, in typed arrays. A node's number is its slot in Postgres, for ever. A
 * child's number is always greater than its parent's, so one pass backwards sums the tree up.
 *
 * Bounded: a node keeps 16,384 children and the tree 200,000 nodes; what comes after falls into the parent's one
 * *other* node, whose figures are as exact as any, so children always add up to their parent.
 */
export class PrefixTree {
  size = 0;
  /** How many nodes were made since `takeNewNodes` was last asked. */
  #announced = 0;

  #parents = new Int32Array(1024);
  #depthBytes = new Uint32Array(1024);
  #segmentOffsets = new Uint32Array(1024);
  #isOther = new Uint8Array(1024);
  #childCounts = new Int32Array(1024);
  #others = new Map<number, number>();
  #arena = new Arena(1 << 16);
  #index = new Int32Array(4096).fill(-1);

  /** Of the keys directly on a node. */
  readonly own: Figures = emptyFigures(1024);

  constructor(private readonly limits: TreeLimits = LIMITS) {
    this.#add(-1, Buffer.alloc(0), 0, 0, false);
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
    for (let at = node; at > ROOT; at = this.parent(at)) this.#copySegment(at, prefix);
    return prefix;
  }

  /** Writes the node's prefix to the start of `target`; returns its length. */
  copyPrefix(node: number, target: Uint8Array): number {
    for (let at = node; at > ROOT; at = this.parent(at)) this.#copySegment(at, target);
    return this.prefixLength(node);
  }

  /** The node a key hangs on, making it and its ancestors where `create`; -1 when there is none and it may not be made. */
  nodeOf(bytes: Uint8Array, start: number, end: number, create: boolean): number {
    const separator = separatorOf(bytes, start, end);
    let node = ROOT;
    let from = start;
    for (;;) {
      const to = segmentEnd(bytes, start, from, end, separator);
      if (to < 0) return node;
      const child = this.#findChild(node, bytes, from, to);
      if (child >= 0) {
        node = child;
        from = to;
        continue;
      }
      const other = this.#others.get(node);
      if (!create) return other ?? -1;
      if (this.#isFull(node)) return other ?? this.#addOther(node);
      node = this.#addChild(node, bytes, from, to);
      from = to;
    }
  }

  /** The node whose prefix is exactly `prefix` (not *other*), or -1. */
  findPrefix(prefix: Uint8Array): number {
    if (prefix.length === 0) return ROOT;
    const separator = separatorOf(prefix, 0, prefix.length);
    let node = ROOT;
    for (let from = 0; from < prefix.length; ) {
      const to = segmentEnd(prefix, 0, from, prefix.length, separator);
      node = to < 0 ? -1 : this.#findChild(node, prefix, from, to);
      if (node < 0) return -1;
      from = to;
    }
    return node;
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
    if (to >= 0 && this.#findChild(parent, key, from, to) < 0) this.#addChild(parent, key, from, to);
  }

  /** Takes a prefix back from the dictionary. Slots must come in order, beginning behind the root. */
  restore(slot: number, parentSlot: number, prefix: Uint8Array, isOther: boolean): void {
    if (slot !== this.size) throw new Error(`prefix dictionary has slot ${slot} where ${this.size} was expected`);
    if (parentSlot < 0 || parentSlot >= slot)
      throw new Error(`prefix dictionary: slot ${slot} names parent ${parentSlot}`);
    if (isOther) this.#addOther(parentSlot);
    else this.#addChild(parentSlot, prefix, this.prefixLength(parentSlot), prefix.length);
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
    const perNode = this.#parents.length * (4 + 4 + 4 + 1 + 4 + FIGURES.length * 8);
    return perNode + this.#arena.bytes.length + this.#index.byteLength;
  }

  #isFull(node: number): boolean {
    return this.size >= this.limits.nodes || (this.#childCounts[node] as number) >= this.limits.children;
  }

  #addChild(parent: number, bytes: Uint8Array, from: number, to: number): number {
    const node = this.#add(parent, bytes, from, to, false);
    this.#childCounts[parent] = (this.#childCounts[parent] as number) + 1;
    if (this.size * 2 > this.#index.length) this.#rebuildIndex();
    else this.#insertIndex(node);
    return node;
  }

  #addOther(parent: number): number {
    const node = this.#add(parent, Buffer.alloc(0), 0, 0, true);
    this.#others.set(parent, node);
    return node;
  }

  #add(parent: number, bytes: Uint8Array, from: number, to: number, isOther: boolean): number {
    const node = this.size;
    if (node === this.#parents.length) this.#growArrays();
    this.#parents[node] = parent;
    this.#segmentOffsets[node] = this.#arena.push(bytes, from, to);
    this.#depthBytes[node] = (parent < 0 ? 0 : this.prefixLength(parent)) + (to - from);
    this.#isOther[node] = isOther ? 1 : 0;
    this.size++;
    return node;
  }

  #segmentLength(node: number): number {
    return this.prefixLength(node) - this.prefixLength(this.parent(node));
  }

  #copySegment(node: number, target: Uint8Array): void {
    const offset = this.#segmentOffsets[node] as number;
    const segment = this.#arena.bytes.subarray(offset, offset + this.#segmentLength(node));
    target.set(segment, this.prefixLength(this.parent(node)));
  }

  #findChild(parent: number, bytes: Uint8Array, from: number, to: number): number {
    const mask = this.#index.length - 1;
    for (let at = hashBytes(bytes, from, to, parent) & mask; ; at = (at + 1) & mask) {
      const node = this.#index[at] as number;
      if (node < 0) return -1;
      if (this.#parents[node] !== parent || this.#segmentLength(node) !== to - from) continue;
      if (this.#arena.equals(this.#segmentOffsets[node] as number, bytes, from, to)) return node;
    }
  }

  #insertIndex(node: number): void {
    const offset = this.#segmentOffsets[node] as number;
    const hash = hashBytes(this.#arena.bytes, offset, offset + this.#segmentLength(node), this.parent(node));
    const mask = this.#index.length - 1;
    let at = hash & mask;
    while ((this.#index[at] as number) >= 0) at = (at + 1) & mask;
    this.#index[at] = node;
  }

  #rebuildIndex(): void {
    this.#index = new Int32Array(this.#index.length * 4).fill(-1);
    for (let node = 1; node < this.size; node++) if (!this.isOther(node)) this.#insertIndex(node);
  }

  #growArrays(): void {
    const length = this.#parents.length * 2;
    this.#parents = grown(this.#parents, length);
    this.#depthBytes = grown(this.#depthBytes, length);
    this.#segmentOffsets = grown(this.#segmentOffsets, length);
    this.#isOther = grown(this.#isOther, length);
    this.#childCounts = grown(this.#childCounts, length);
    for (const figure of FIGURES) this.own[figure] = grown(this.own[figure], length);
  }
}

/** Seven zeroed arrays. */
export function emptyFigures(length: number): Figures {
  const figures = {} as Figures;
  for (const figure of FIGURES) figures[figure] = new Float64Array(length);
  return figures;
}
