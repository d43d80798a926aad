import { type ExtremeFigures, Extremes } from "@/collectors/keyspace/extremes";
import { type Held, HeldHistory } from "@/collectors/keyspace/held-history";
import { HotKeyCounter } from "@/collectors/keyspace/hot-keys";
import { type KeyState, KeyTable } from "@/collectors/keyspace/key-table";
import { LargestWrites } from "@/collectors/keyspace/largest-writes";
import { type Figures, PrefixTree } from "@/collectors/keyspace/prefix-tree";
import { promoteHeavy } from "@/collectors/keyspace/promote";

/** A key and its revision fields as the wire decoders hand them over; the value is only a length. */
export interface KeyFields extends KeyState {
  buffer: Uint8Array;
  keyStart: number;
  keyEnd: number;
}

/** The figures of every subtree at one moment, indexed by slot. */
export type KeyspaceFigures = Figures & ExtremeFigures & { directKeys: Float64Array };

const COUNT_HISTORY = 65_536;

/**
 * One cluster's keyspace in memory: every key's sizes and revisions, what etcd holds of its past, and the prefix tree's
 * figures, kept exact by the watch. While a scan runs, pages and events may arrive in any order: the newer mod revision
 * of a key wins. The entry of a deleted key stays as a *ghost*: until the scan is over, so that a page read before the
 * delete cannot bring it back, and while live until a compaction has dropped the last of its history.
 */
export class KeyspaceModel {
  readonly tree: PrefixTree;
  readonly table = new KeyTable();
  readonly hotKeys = new HotKeyCounter((key) => this.#findKey(key));
  /** Noted by who applies events, as one revision may bring many. */
  readonly largestWrites = new LargestWrites();
  readonly history: HeldHistory;
  /** Every event up to this revision has been applied. */
  revision = 0;
  /** Deletes of keys the model did not have, while live: each is a sign of drift. */
  unknownDeletes = 0;

  #extremes = new Extremes();
  #isScanning = false;
  #ghosts = 0;
  #countRevisions = new Float64Array(COUNT_HISTORY);
  #counts = new Float64Array(COUNT_HISTORY);
  #countAt = 0;
  #scratch = Buffer.allocUnsafeSlow(1 << 10);
  #keyOf = (entry: number) => this.keyOf(entry);

  constructor(tree: PrefixTree = new PrefixTree(), { maxHistoryRecords }: { maxHistoryRecords?: number } = {}) {
    this.tree = tree;
    this.history = new HeldHistory(this.table, tree, (entry) => this.#removeGhost(entry), maxHistoryRecords);
  }

  /** Live keys. */
  get keys(): number {
    return this.table.count - this.#ghosts;
  }

  /** The tree's history figures are all that etcd holds. */
  get historyKnown(): boolean {
    return this.history.isKnown;
  }

  /** Whether the entry is in use and its key not deleted. */
  isLive(entry: number): boolean {
    return this.table.isLive(entry);
  }

  /** A key's figures; null when it was never seen, or forgotten since it was deleted. */
  lookUp(key: Uint8Array) {
    const { table, tree } = this;
    const node = tree.nodeOf(key, 0, key.length, false);
    const entry = node < 0 ? -1 : table.find(node, key, tree.prefixLength(node), key.length);
    if (entry < 0) return null;
    return {
      modRevision: table.modRevision(entry),
      createRevision: table.createRevision(entry),
      version: table.version(entry),
      valueBytes: table.valueBytes(entry),
      isLive: table.isLive(entry),
    };
  }

  /** Begins a baseline on an empty model that already hears the watch. */
  beginScan(): void {
    this.#isScanning = true;
  }

  /** Takes a key of a scanned page. */
  load(kv: KeyFields): void {
    const node = this.tree.nodeOf(kv.buffer, kv.keyStart, kv.keyEnd, true);
    const from = kv.keyStart + this.tree.prefixLength(node);
    const entry = this.table.find(node, kv.buffer, from, kv.keyEnd);
    if (entry < 0) this.#insert(this.#addEntry(node, kv), node, kv);
    else if (this.table.modRevision(entry) < kv.modRevision) this.#replace(entry, node, kv);
  }

  /** The scan has seen everything: ghosts go, and heavy prefixes that came too late for a node get one. */
  endScan(): void {
    this.#isScanning = false;
    if (this.#ghosts > 0) {
      for (let entry = 0; entry < this.table.end; entry++) if (this.table.isGhost(entry)) this.#removeGhost(entry);
    }
    for (const entry of promoteHeavy(this)) this.#rehome(entry);
    this.history.begin(this.revision);
    this.#countRevisions.fill(0); // counts from before the scan was over are none
    this.#noteCount();
  }

  /** Zeroes what is counted per write: the counters begin now. */
  resetCounters(): void {
    for (const counter of ["puts", "creates", "deletes", "writtenBytes"] as const) this.tree.own[counter].fill(0);
    this.hotKeys.clear();
    this.largestWrites.take();
    this.unknownDeletes = 0;
  }

  /** Applies a put event. Events come in revision order, each once. */
  put(kv: KeyFields): void {
    const { tree, table } = this;
    const node = tree.nodeOf(kv.buffer, kv.keyStart, kv.keyEnd, true);
    const from = kv.keyStart + tree.prefixLength(node);
    let entry = table.find(node, kv.buffer, from, kv.keyEnd);
    if (entry < 0) {
      entry = this.#addEntry(node, kv);
      this.#insert(entry, node, kv);
    } else if (table.modRevision(entry) <= kv.modRevision) {
      this.#replace(entry, node, kv);
    }
    const writtenBytes = kv.keyEnd - kv.keyStart + kv.valueBytes;
    const { puts, creates, writtenBytes: written } = tree.own;
    add(puts, node, 1);
    add(written, node, writtenBytes);
    if (kv.version === 1) add(creates, node, 1);
    this.hotKeys.add(entry, writtenBytes);
  }

  /** Applies a delete event. */
  delete(kv: KeyFields): void {
    const { tree, table } = this;
    const node = tree.nodeOf(kv.buffer, kv.keyStart, kv.keyEnd, this.#isScanning);
    if (node < 0) {
      this.unknownDeletes++;
      return;
    }
    add(tree.own.deletes, node, 1);
    const from = kv.keyStart + tree.prefixLength(node);
    const entry = table.find(node, kv.buffer, from, kv.keyEnd);
    if (entry < 0) {
      if (this.#isScanning) this.#bury(this.#addEntry(node, kv), kv.modRevision);
      else this.unknownDeletes++;
      return;
    }
    this.hotKeys.add(entry, 0);
    if (table.modRevision(entry) > kv.modRevision) return;
    if (table.isLive(entry)) this.#kill(entry, kv);
    else if (this.#isScanning) table.set(entry, { ...GHOST, modRevision: kv.modRevision });
    else this.unknownDeletes++;
  }

  /** The entry of a key that was written before the model was live; a key that is gone since gets one as a ghost. */
  pastEntry(kv: KeyFields): number {
    const { table, tree } = this;
    const node = tree.nodeOf(kv.buffer, kv.keyStart, kv.keyEnd, true);
    const known = table.find(node, kv.buffer, kv.keyStart + tree.prefixLength(node), kv.keyEnd);
    const entry = known < 0 ? this.#addEntry(node, kv) : known;
    if (known < 0) this.#bury(entry, kv.modRevision);
    else if (table.isGhost(entry) && table.modRevision(entry) < kv.modRevision) {
      table.set(entry, { ...GHOST, modRevision: kv.modRevision });
    }
    return entry;
  }

  /** Takes away the history that a compaction dropped; null when it is not known how much that was. */
  compact(revision: number): Held | null {
    return this.history.compact(revision);
  }

  /** Everything of `revision` and before has been applied. */
  completeRevision(revision: number): void {
    if (revision <= this.revision) return;
    this.revision = revision;
    if (!this.#isScanning) this.#noteCount();
  }

  /** How many keys there were at a revision of the recent past, or null when that is no longer known. */
  keysAt(revision: number): number | null {
    for (let i = 0; i < COUNT_HISTORY; i++) {
      const at = (this.#countAt - i + COUNT_HISTORY) % COUNT_HISTORY;
      const known = this.#countRevisions[at] as number;
      if (known === 0) return null;
      if (known <= revision) return known === revision ? (this.#counts[at] as number) : null;
    }
    return null;
  }

  /** A key's bytes, copied. */
  keyOf(entry: number): Buffer {
    return Buffer.from(this.viewKey(entry));
  }

  /** A key's bytes in a buffer that the next call overwrites. */
  viewKey(entry: number): Buffer {
    const node = this.table.node(entry);
    const length = this.keyBytes(entry);
    if (length > this.#scratch.length) this.#scratch = Buffer.allocUnsafeSlow(length * 2);
    this.table.copyTail(entry, this.#scratch, this.tree.copyPrefix(node, this.#scratch));
    return this.#scratch.subarray(0, length);
  }

  /** Bytes of an entry's key. */
  keyBytes(entry: number): number {
    return this.tree.prefixLength(this.table.node(entry)) + this.table.tailLength(entry);
  }

  /** Sums the tree up: the figures of every prefix, as of now. */
  figures(): KeyspaceFigures {
    const directKeys = this.tree.own.keys.slice(0, this.tree.size);
    return { ...this.tree.sumUp(), ...this.#extremes.sumUp(this.tree, this.table), directKeys };
  }

  /** Bytes the model's arrays take. */
  get memoryBytes(): number {
    return this.table.memoryBytes + this.tree.memoryBytes + this.history.memoryBytes;
  }

  #noteCount(): void {
    this.#countAt = (this.#countAt + 1) % COUNT_HISTORY;
    this.#countRevisions[this.#countAt] = this.revision;
    this.#counts[this.#countAt] = this.keys;
  }

  #findKey(key: Buffer): number {
    const node = this.tree.nodeOf(key, 0, key.length, false);
    return node < 0 ? -1 : this.table.find(node, key, this.tree.prefixLength(node), key.length);
  }

  /** Moves a live key to the node it has by now. */
  #rehome(entry: number): void {
    const { table, tree } = this;
    const key = this.keyOf(entry);
    const state = table.get(entry);
    this.#forget(entry);
    this.#removeEntry(entry);
    const kv = { buffer: key, keyStart: 0, keyEnd: key.length, ...state };
    const node = tree.nodeOf(key, 0, key.length, true);
    this.#insert(this.#addEntry(node, kv), node, kv);
  }

  #addEntry(node: number, { buffer, keyStart, keyEnd }: KeyFields): number {
    this.tree.hold(node);
    return this.table.add(node, buffer, keyStart + this.tree.prefixLength(node), keyEnd);
  }

  #removeEntry(entry: number): void {
    this.tree.release(this.table.node(entry));
    this.table.remove(entry);
  }

  #removeGhost(entry: number): void {
    this.hotKeys.release(entry, this.#keyOf);
    this.#removeEntry(entry);
    this.#ghosts--;
  }

  #insert(entry: number, node: number, kv: KeyFields): void {
    const { own } = this.tree;
    add(own.keys, node, 1);
    add(own.keyBytes, node, kv.keyEnd - kv.keyStart);
    add(own.valueBytes, node, kv.valueBytes);
    if (kv.hasLease) add(own.leasedKeys, node, 1);
    this.table.set(entry, kv);
    this.#extremes.add(node, kv.valueBytes, kv.modRevision);
  }

  #replace(entry: number, node: number, kv: KeyFields): void {
    const { table, tree } = this;
    if (!table.isLive(entry)) {
      this.#ghosts--;
      this.#insert(entry, node, kv);
      return;
    }
    const valueBytes = table.valueBytes(entry);
    if (!this.#isScanning) {
      const bytes = kv.keyEnd - kv.keyStart + valueBytes;
      this.history.note({ revision: kv.modRevision, entry, bytes, isDelete: false });
    }
    add(tree.own.valueBytes, node, kv.valueBytes - valueBytes);
    const leases = (kv.hasLease ? 1 : 0) - (table.isLeased(entry) ? 1 : 0);
    if (leases !== 0) add(tree.own.leasedKeys, node, leases);
    const before = { valueBytes, modRevision: table.modRevision(entry), isOnly: tree.own.keys[node] === 1 };
    this.#extremes.supersede(node, before, kv.valueBytes);
    table.set(entry, kv);
    this.#extremes.add(node, kv.valueBytes, kv.modRevision);
  }

  /** Makes a live entry a ghost. */
  #kill(entry: number, kv: KeyFields): void {
    const keyBytes = kv.keyEnd - kv.keyStart;
    const valueBytes = this.table.valueBytes(entry);
    this.#forget(entry);
    this.#bury(entry, kv.modRevision);
    if (this.#isScanning) return;
    this.history.note({ revision: kv.modRevision, entry, bytes: keyBytes * 2 + valueBytes, isDelete: true });
  }

  /** Takes a live entry out of the figures. */
  #forget(entry: number): void {
    const { table, tree } = this;
    const { own } = tree;
    const node = table.node(entry);
    add(own.keys, node, -1);
    add(own.keyBytes, node, -this.keyBytes(entry));
    add(own.valueBytes, node, -table.valueBytes(entry));
    if (table.isLeased(entry)) add(own.leasedKeys, node, -1);
    this.#extremes.drop(node, table.valueBytes(entry), table.modRevision(entry), own.keys[node] === 0);
  }

  #bury(entry: number, modRevision: number): void {
    this.table.set(entry, { ...GHOST, modRevision });
    this.#ghosts++;
  }
}

/** etcd gives a deleted key version 0, a living one at least 1. */
const GHOST: KeyState = { valueBytes: 0, createRevision: 0, modRevision: 0, version: 0 };

function add(array: Float64Array, index: number, amount: number): void {
  array[index] = (array[index] as number) + amount;
}
