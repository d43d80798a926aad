import { grown } from "@/collectors/keyspace/arena";
import type { KeyTable } from "@/collectors/keyspace/key-table";
import { type PrefixTree, ROOT } from "@/collectors/keyspace/prefix-tree";

/** Largest value, oldest and newest mod revision under every node; 0 and null-like Infinity where it holds no key. */
export interface ExtremeFigures {
  largestValueBytes: Float64Array;
  oldestModRevision: Float64Array;
  newestModRevision: Float64Array;
}

/** What a key was before a write. */
interface Superseded {
  valueBytes: number;
  modRevision: number;
  /** The node has no other key. */
  isOnly: boolean;
}

/** Keys that one look may pass over: a few milliseconds' worth. */
const KEYS_A_LOOK = 250_000;
const STALE = 1;

/**
 * The extremes of the keys directly on each node. A write raises them at once; when the key that held one is overwritten
 * or goes, the node is marked stale, and a pass over the table finds the new one. Up to a million keys that happens with
 * the next look; above, every second, third … look, so that it never takes more than about a hundredth of the time.
 * Until then a stale node still shows the extreme that was: at ten million keys for ten seconds at most.
 */
export class Extremes {
  #largest = new Float64Array(1024);
  #oldest = new Float64Array(1024).fill(Number.POSITIVE_INFINITY);
  #newest = new Float64Array(1024);
  #stale = new Uint8Array(1024);
  #isAnyStale = false;
  #looks = 0;

  /** A key of `node` now has this value length and revision. */
  add(node: number, valueBytes: number, modRevision: number): void {
    if (node >= this.#largest.length) this.#grow(node);
    if (valueBytes > (this.#largest[node] as number)) this.#largest[node] = valueBytes;
    if (modRevision < (this.#oldest[node] as number)) this.#oldest[node] = modRevision;
    if (modRevision > (this.#newest[node] as number)) this.#newest[node] = modRevision;
  }

  /** A key of `node` had this value length and revision, and will have newer ones: `add` must follow. */
  supersede(node: number, before: Superseded, valueBytes: number): void {
    if (before.isOnly) this.#reset(node);
    else if (
      before.modRevision === this.#oldest[node] ||
      (before.valueBytes === this.#largest[node] && valueBytes < before.valueBytes)
    ) {
      this.#mark(node);
    }
  }

  /** A key of `node` had this value length and revision, and is gone; it `wasOnly` when the node has no other. */
  drop(node: number, valueBytes: number, modRevision: number, wasOnly: boolean): void {
    if (wasOnly) this.#reset(node);
    else if (
      valueBytes === this.#largest[node] ||
      modRevision === this.#oldest[node] ||
      modRevision === this.#newest[node]
    ) {
      this.#mark(node);
    }
  }

  /** The extremes of every subtree. */
  sumUp(tree: PrefixTree, table: KeyTable): ExtremeFigures {
    this.#grow(tree.size);
    if (this.#isAnyStale && ++this.#looks >= table.end / KEYS_A_LOOK) this.#refresh(table);
    const largest = this.#largest.slice(0, tree.size);
    const oldest = this.#oldest.slice(0, tree.size);
    const newest = this.#newest.slice(0, tree.size);
    for (let node = tree.size - 1; node > ROOT; node--) {
      const parent = tree.parent(node);
      if ((largest[node] as number) > (largest[parent] as number)) largest[parent] = largest[node] as number;
      if ((oldest[node] as number) < (oldest[parent] as number)) oldest[parent] = oldest[node] as number;
      if ((newest[node] as number) > (newest[parent] as number)) newest[parent] = newest[node] as number;
    }
    return { largestValueBytes: largest, oldestModRevision: oldest, newestModRevision: newest };
  }

  #refresh(table: KeyTable): void {
    const stale = this.#stale;
    for (let node = 0; node < stale.length; node++) if (stale[node] === STALE) this.#clear(node);
    table.visitLive(
      (node) => stale[node] === STALE,
      (entry, node) => this.add(node, table.valueBytes(entry), table.modRevision(entry)),
    );
    stale.fill(0);
    this.#isAnyStale = false;
    this.#looks = 0;
  }

  #mark(node: number): void {
    this.#stale[node] = STALE;
    this.#isAnyStale = true;
  }

  /** The node has no key: what comes next is all there is. */
  #reset(node: number): void {
    this.#clear(node);
    this.#stale[node] = 0;
  }

  #clear(node: number): void {
    this.#largest[node] = 0;
    this.#oldest[node] = Number.POSITIVE_INFINITY;
    this.#newest[node] = 0;
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
