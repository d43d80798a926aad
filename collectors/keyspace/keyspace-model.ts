import { type ExtremeFigures, Extremes } from "@/collectors/keyspace/extremes";
import { HotKeyCounter } from "@/collectors/keyspace/hot-keys";
import { KeyTable } from "@/collectors/keyspace/key-table";
import { type Figures, PrefixTree } from "@/collectors/keyspace/prefix-tree";
import { segmentEnd, separatorOf } from "@/lib/model/segments";

/** A key and its revision fields as the wire decoders hand them over; the value is only a length. */
export interface KeyFields {
  buffer: Uint8Array;
  keyStart: number;
  keyEnd: number;
  createRevision: number;
  modRevision: number;
  version: number;
  valueBytes: number;
}

/** The figures of every subtree at one moment, indexed by slot. */
export type KeyspaceFigures = Figures & ExtremeFigures & { directKeys: Float64Array };

const TOMBSTONE_VERSION = 0; // etcd gives a deleted key version 0, a living one at least 1
const COUNT_HISTORY = 65_536;
const MAX_PROMOTED = 256;

/**
 * One cluster's keyspace in memory: every key's sizes and revisions, and the prefix tree's figures, kept exact by the
 * watch. While a scan runs, pages and events may arrive in any order: the newer mod revision of a key wins, and a
 * deleted key leaves a tombstone until the scan is over, so that a page read before the delete cannot bring it back.
 */
export class KeyspaceModel {
  readonly tree: PrefixTree;
  readonly table = new KeyTable();
  readonly hotKeys = new HotKeyCounter();
  /** Every event up to this revision has been applied. */
  revision = 0;
  /** Deletes of keys the model did not have, while live: each is a sign of drift. */
  unknownDeletes = 0;

  #extremes = new Extremes();
  #tombstones: Set<number> | null = null;
  #countRevisions = new Float64Array(COUNT_HISTORY);
  #counts = new Float64Array(COUNT_HISTORY);
  #countAt = 0;
  #scratch = Buffer.allocUnsafeSlow(1 << 16);

  constructor(tree: PrefixTree = new PrefixTree()) {
    this.tree = tree;
  }

  /** Live keys. */
  get keys(): number {
    return this.table.count - (this.#tombstones?.size ?? 0);
  }

  /** Begins a baseline on an empty model that already hears the watch. */
  beginScan(): void {
    this.#tombstones = new Set();
  }

  /** Takes a key of a scanned page. */
  load(kv: KeyFields): void {
    const node = this.tree.nodeOf(kv.buffer, kv.keyStart, kv.keyEnd, true);
    const from = kv.keyStart + this.tree.prefixLength(node);
    const entry = this.table.find(node, kv.buffer, from, kv.keyEnd);
    if (entry < 0) this.#insert(this.table.add(node, kv.buffer, from, kv.keyEnd), kv);
    else if ((this.table.modRevisions[entry] as number) < kv.modRevision) this.#replace(entry, kv);
  }

  /** The scan has seen everything: tombstones go, and heavy prefixes that came too late for a node get one. */
  endScan(): void {
    for (const entry of this.#tombstones ?? []) this.table.remove(entry);
    this.#tombstones = null;
    for (const other of this.tree.others()) {
      const heavy = this.#heaviestWithin(other);
      for (const { sample } of heavy) this.tree.promote(other, this.keyOf(sample));
      if (heavy.length > 0) this.#rehome(other);
    }
    this.#countRevisions.fill(0); // counts from before the scan was over are none
    this.#noteCount();
  }

  /** Zeroes what is counted per write: the counters begin now. */
  resetCounters(): void {
    for (const counter of ["puts", "creates", "deletes", "writtenBytes"] as const) this.tree.own[counter].fill(0);
    this.hotKeys.clear();
    this.unknownDeletes = 0;
  }

  /** Applies a put event. Events come in revision order, each once. */
  put(kv: KeyFields): void {
    const { tree, table } = this;
    const node = tree.nodeOf(kv.buffer, kv.keyStart, kv.keyEnd, true);
    const from = kv.keyStart + tree.prefixLength(node);
    let entry = table.find(node, kv.buffer, from, kv.keyEnd);
    if (entry < 0) {
      entry = table.add(node, kv.buffer, from, kv.keyEnd);
      this.#insert(entry, kv);
    } else if ((table.modRevisions[entry] as number) < kv.modRevision) {
      this.#replace(entry, kv);
    }
    const writtenBytes = kv.keyEnd - kv.keyStart + kv.valueBytes;
    add(tree.own.puts, node, 1);
    add(tree.own.writtenBytes, node, writtenBytes);
    if (kv.version === 1) add(tree.own.creates, node, 1);
    this.hotKeys.put(entry, writtenBytes);
  }

  /** Applies a delete event. */
  delete(kv: KeyFields): void {
    const { tree, table } = this;
    const scanning = this.#tombstones !== null;
    const node = tree.nodeOf(kv.buffer, kv.keyStart, kv.keyEnd, scanning);
    if (node < 0) {
      this.unknownDeletes++;
      return;
    }
    add(tree.own.deletes, node, 1);
    const from = kv.keyStart + tree.prefixLength(node);
    let entry = table.find(node, kv.buffer, from, kv.keyEnd);
    if (this.#tombstones !== null) {
      if (entry < 0) entry = table.add(node, kv.buffer, from, kv.keyEnd);
      else if ((table.modRevisions[entry] as number) > kv.modRevision) return;
      else if (!this.#tombstones.has(entry)) this.#forget(entry);
      this.#bury(entry, kv.modRevision);
    } else if (entry < 0) {
      this.unknownDeletes++;
    } else if ((table.modRevisions[entry] as number) <= kv.modRevision) {
      this.hotKeys.remove(entry, () => this.keyOf(entry));
      this.#forget(entry);
      table.remove(entry);
    }
  }

  /** Everything of `revision` and before has been applied. */
  completeRevision(revision: number): void {
    if (revision <= this.revision) return;
    this.revision = revision;
    if (this.#tombstones === null) this.#noteCount();
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
    const node = this.table.nodes[entry] as number;
    const tail = this.table.tail(entry);
    const length = this.tree.prefixLength(node) + tail.length;
    if (length > this.#scratch.length) this.#scratch = Buffer.allocUnsafeSlow(length * 2);
    const prefixLength = this.tree.copyPrefix(node, this.#scratch);
    tail.copy(this.#scratch, prefixLength);
    return this.#scratch.subarray(0, length);
  }

  /** Bytes of an entry's key. */
  keyBytes(entry: number): number {
    return this.tree.prefixLength(this.table.nodes[entry] as number) + (this.table.tailLengths[entry] as number);
  }

  /** Sums the tree up: the figures of every prefix, as of now. */
  figures(): KeyspaceFigures {
    const directKeys = this.tree.own.keys.slice(0, this.tree.size);
    return { ...this.tree.sumUp(), ...this.#extremes.sumUp(this.tree, this.table), directKeys };
  }

  /** Bytes the model's arrays take. */
  get memoryBytes(): number {
    return this.table.memoryBytes + this.tree.memoryBytes;
  }

  #noteCount(): void {
    this.#countAt = (this.#countAt + 1) % COUNT_HISTORY;
    this.#countRevisions[this.#countAt] = this.revision;
    this.#counts[this.#countAt] = this.keys;
  }

  /** The children folded into an *other* node that hold the most bytes, each with one of its keys. */
  #heaviestWithin(other: number): { bytes: number; sample: number }[] {
    const groups = new Map<string, { bytes: number; sample: number }>();
    for (const entry of this.#entriesOn(other)) {
      const tail = this.table.tail(entry);
      const end = segmentEnd(tail, -1, 0, tail.length, separatorOf(this.viewKey(entry), 0, this.keyBytes(entry)));
      const name = tail.toString("latin1", 0, Math.max(0, end));
      const group = groups.get(name) ?? { bytes: 0, sample: entry };
      group.bytes += this.keyBytes(entry) + (this.table.valueBytes[entry] as number);
      groups.set(name, group);
    }
    return [...groups.values()].sort((a, b) => b.bytes - a.bytes).slice(0, MAX_PROMOTED);
  }

  /** Moves the keys of an *other* node that have a node of their own by now. */
  #rehome(other: number): void {
    const { table, tree } = this;
    for (const entry of this.#entriesOn(other)) {
      const key = this.keyOf(entry);
      const node = tree.nodeOf(key, 0, key.length, true);
      if (node === other) continue;
      const kept = {
        valueBytes: table.valueBytes[entry] as number,
        createRevision: table.createRevisions[entry] as number,
        modRevision: table.modRevisions[entry] as number,
        version: table.versions[entry] as number,
      };
      this.#forget(entry);
      table.remove(entry);
      const moved = table.add(node, key, tree.prefixLength(node), key.length);
      this.#insert(moved, { buffer: key, keyStart: 0, keyEnd: key.length, ...kept });
    }
  }

  #entriesOn(node: number): number[] {
    const entries = [];
    for (let entry = 0; entry < this.table.end; entry++) if (this.table.nodes[entry] === node) entries.push(entry);
    return entries;
  }

  #insert(entry: number, kv: KeyFields): void {
    const node = this.table.nodes[entry] as number;
    add(this.tree.own.keys, node, 1);
    add(this.tree.own.keyBytes, node, kv.keyEnd - kv.keyStart);
    this.#fill(entry, node, kv);
  }

  #replace(entry: number, kv: KeyFields): void {
    if (this.#tombstones?.delete(entry)) {
      this.#insert(entry, kv);
      return;
    }
    const { table } = this;
    const node = table.nodes[entry] as number;
    this.#extremes.drop(node, table.valueBytes[entry] as number, table.modRevisions[entry] as number);
    add(this.tree.own.valueBytes, node, -(table.valueBytes[entry] as number));
    this.#fill(entry, node, kv);
  }

  #fill(entry: number, node: number, kv: KeyFields): void {
    const { table } = this;
    table.valueBytes[entry] = kv.valueBytes;
    table.createRevisions[entry] = kv.createRevision;
    table.modRevisions[entry] = kv.modRevision;
    table.versions[entry] = kv.version;
    add(this.tree.own.valueBytes, node, kv.valueBytes);
    this.#extremes.add(node, kv.valueBytes, kv.modRevision);
  }

  /** Takes a live entry out of the figures. */
  #forget(entry: number): void {
    const { table, tree } = this;
    const node = table.nodes[entry] as number;
    add(tree.own.keys, node, -1);
    add(tree.own.keyBytes, node, -this.keyBytes(entry));
    add(tree.own.valueBytes, node, -(table.valueBytes[entry] as number));
    this.#extremes.drop(node, table.valueBytes[entry] as number, table.modRevisions[entry] as number);
  }

  #bury(entry: number, modRevision: number): void {
    this.table.modRevisions[entry] = modRevision;
    this.table.versions[entry] = TOMBSTONE_VERSION;
    this.table.valueBytes[entry] = 0;
    this.#tombstones?.add(entry);
  }
}

function add(array: Float64Array, index: number, amount: number): void {
  array[index] = (array[index] as number) + amount;
}
