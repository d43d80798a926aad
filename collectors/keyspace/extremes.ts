import { grown } from "@/collectors/keyspace/arena";
import type { KeyTable } from "@/collectors/keyspace/key-table";
import { type PrefixTree, ROOT } from "@/collectors/keyspace/prefix-tree";

/** Largest value, oldest and newest mod revision under every node; 0 and null-like Infinity where it holds no key. */
export interface ExtremeFigures {
  largestValueBytes: Float64Array;
  oldestModRevision: Float64Array;
  newestModRevision: Float64Array;
}

/**
 * The extremes of the keys directly on each node. A write can only raise them at once; when the key that held one is
 * overwritten or goes, the node is marked, and the next `refresh` finds the new one in a single pass over the table.
 */
export class Extremes {
  #largest = new Float64Array(1024);
  #oldest = new Float64Array(1024).fill(Number.POSITIVE_INFINITY);
  #newest = new Float64Array(1024);
  #stale = new Uint8Array(1024);
  #anyStale = false;

  /** A key of `node` now has this value length and revision. */
  add(node: number, valueBytes: number, modRevision: number): void {
    if (node >= this.#largest.length) this.#grow(node);
    if (valueBytes > (this.#largest[node] as number)) this.#largest[node] = valueBytes;
    if (modRevision < (this.#oldest[node] as number)) this.#oldest[node] = modRevision;
    if (modRevision > (this.#newest[node] as number)) this.#newest[node] = modRevision;
  }

  /** A key of `node` had this value length and revision, and has them no more. */
  drop(node: number, valueBytes: number, modRevision: number): void {
    if (valueBytes < (this.#largest[node] as number) && modRevision > (this.#oldest[node] as number)) {
      if (modRevision < (this.#newest[node] as number)) return;
    }
    this.#stale[node] = 1;
    this.#anyStale = true;
  }

  clear(): void {
    this.#largest.fill(0);
    this.#oldest.fill(Number.POSITIVE_INFINITY);
    this.#newest.fill(0);
    this.#stale.fill(0);
    this.#anyStale = false;
  }

  /** The extremes of every subtree, exact. */
  sumUp(tree: PrefixTree, table: KeyTable): ExtremeFigures {
    this.#grow(tree.size);
    if (this.#anyStale) this.#refresh(table);
    const largest = this.#largest.slice(0, tree.size);
    const oldest = this.#oldest.slice(0, tree.size);
    const newest = this.#newest.slice(0, tree.size);
    for (let node = tree.size - 1; node > ROOT; node--) {
      const parent = tree.parent(node);
      largest[parent] = Math.max(largest[parent] as number, largest[node] as number);
      oldest[parent] = Math.min(oldest[parent] as number, oldest[node] as number);
      newest[parent] = Math.max(newest[parent] as number, newest[node] as number);
    }
    return { largestValueBytes: largest, oldestModRevision: oldest, newestModRevision: newest };
  }

  #refresh(table: KeyTable): void {
    for (let node = 0; node < this.#stale.length; node++) {
      if (this.#stale[node] === 0) continue;
      this.#largest[node] = 0;
      this.#oldest[node] = Number.POSITIVE_INFINITY;
      this.#newest[node] = 0;
    }
    for (let entry = 0; entry < table.end; entry++) {
      const node = table.nodes[entry] as number;
      if (node < 0 || this.#stale[node] === 0) continue;
      this.add(node, table.valueBytes[entry] as number, table.modRevisions[entry] as number);
    }
    this.#stale.fill(0);
    this.#anyStale = false;
  }

  #grow(node: number): void {
    if (node < this.#largest.length) return;
    const before = this.#largest.length;
    const length = Math.max(node + 1, before * 2);
    this.#largest = grown(this.#largest, length);
    this.#oldest = grown(this.#oldest, length).fill(Number.POSITIVE_INFINITY, before);
    this.#newest = grown(this.#newest, length);
    this.#stale = grown(this.#stale, length);
  }
}
