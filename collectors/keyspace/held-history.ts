import { HistoryLog, type HistoryRecord, type VisitRecord } from "@/collectors/keyspace/history-log";
import type { KeyTable } from "@/collectors/keyspace/key-table";
import type { PrefixTree } from "@/collectors/keyspace/prefix-tree";

/** What a compaction gave free, or what a key holds. */
export interface Held {
  bytes: number;
  revisions: number;
}

/** Records kept one by one, at 12 bytes each. */
const MAX_RECORDS = 2_000_000;
const FOLDED_SHARE = 0.25;

/**
 * The superseded revisions and tombstones etcd still holds, in the figures of the tree. A compaction at revision C keeps
 * of each key what is newer than C and the newest revision up to C, unless that is a tombstone. So a superseded revision
 * goes exactly when the write that superseded it is at C or before, and a tombstone when it is itself. (From 3.4.34 and
 * 3.5.16 on a tombstone whose revision is exactly C stays for one compaction more: one key's bytes, counted as gone.)
 *
 * Writes are noted as they come. Those from before the model was live are *unmeasured*: until a replay has told them or
 * a compaction has overtaken them, history is not known. Beyond two million records the oldest quarter is folded into
 * one sum a node, which only a compaction behind all of it can take away exactly.
 */
export class HeldHistory {
  /** The last compaction that has been applied. */
  compactRevision = 0;
  /** The tree's history figures are all there is. */
  isKnown = false;
  /** What was superseded at this revision or before is not measured, while history is not known. */
  unmeasuredRevision = 0;

  #table: KeyTable;
  #tree: PrefixTree;
  #removeEntry: (entry: number) => void;
  #maxRecords: number;
  /** What a replay told, then what was watched; all of the one is older than all of the other. */
  #past = new HistoryLog();
  #live = new HistoryLog();
  #lump: Lump | null = null;
  /** The number of the replay that may go on. */
  #replay = 0;

  /** `removeEntry` is called for the entry of a deleted key of which nothing is held any more. */
  constructor(table: KeyTable, tree: PrefixTree, removeEntry: (entry: number) => void, maxRecords = MAX_RECORDS) {
    this.#table = table;
    this.#tree = tree;
    this.#removeEntry = removeEntry;
    this.#maxRecords = maxRecords;
  }

  /** The model is live: from here on every write is noted. */
  begin(revision: number): void {
    this.isKnown = false;
    this.unmeasuredRevision = revision;
  }

  /** A write at `revision` has superseded one of `bytes` key and value bytes; as a delete it also left a tombstone. */
  note(record: HistoryRecord): void {
    if (record.revision <= this.compactRevision) {
      this.#removeIfGone(record);
      return;
    }
    this.#append(this.#live, record);
  }

  /** Begins to take what was before the model was live; what a replay told before is forgotten. Answers its number. */
  beginReplay(): number {
    this.abandonReplay(this.#replay);
    return this.#replay;
  }

  /** Whether this replay goes on; there may have been no room for what it told. */
  isReplaying(replay: number): boolean {
    return !this.isKnown && replay === this.#replay && this.#hasRoom;
  }

  /** Like `note`, of a write before the model was live, as the replay tells it. */
  notePast(record: HistoryRecord): void {
    if (record.revision > this.compactRevision) this.#append(this.#past, record);
  }

  /** The replay has told everything up to `unmeasuredRevision`. */
  completeReplay(replay: number): void {
    if (this.isReplaying(replay)) this.isKnown = true;
  }

  /** Forgets what the replay has told. */
  abandonReplay(replay: number): void {
    if (this.isKnown || replay !== this.#replay) return;
    this.#replay++;
    this.#past.visit((record) => this.#addFigures(record, -1));
    this.#past.clear();
    for (let entry = 0; entry < this.#table.end; entry++) {
      const isPast = this.#table.isGhost(entry) && this.#table.modRevision(entry) <= this.unmeasuredRevision;
      if (isPast) this.#removeEntry(entry);
    }
  }

  /** Takes away what a compaction at `revision` dropped. Answers how much; null when that is not known. */
  compact(revision: number): Held | null {
    if (revision <= this.compactRevision) return { bytes: 0, revisions: 0 };
    const wasKnown = this.isKnown;
    this.compactRevision = revision;
    const freed = this.#takeLump(revision);
    const take = (record: HistoryRecord) => {
      freed.bytes += record.bytes;
      freed.revisions += revisionsOf(record);
      this.#drop(record);
    };
    this.#past.popThrough(revision, take);
    this.#live.popThrough(revision, take);
    if (!this.isKnown && revision >= this.unmeasuredRevision) this.isKnown = true;
    return wasKnown && this.isKnown ? freed : null;
  }

  /** Whether it is known key by key what each of them holds. */
  get isKnownByKey(): boolean {
    return this.isKnown && this.#lump === null;
  }

  /** What each of these entries' keys holds; those that hold nothing are left out. */
  ofEntries(entries: ReadonlySet<number>): Map<number, Held> {
    const held = new Map<number, Held>();
    this.#visit((record) => {
      if (!entries.has(record.entry)) return;
      const sum = held.get(record.entry) ?? { bytes: 0, revisions: 0 };
      sum.bytes += record.bytes;
      sum.revisions += revisionsOf(record);
      held.set(record.entry, sum);
    });
    return held;
  }

  /** The bytes that every entry's key holds, by entry. */
  bytesOfAll(): Float64Array {
    const bytes = new Float64Array(this.#table.end);
    this.#visit((record) => {
      bytes[record.entry] = (bytes[record.entry] as number) + record.bytes;
    });
    return bytes;
  }

  /** Bytes the records take. */
  get memoryBytes(): number {
    return this.#past.memoryBytes + this.#live.memoryBytes;
  }

  #visit(visit: VisitRecord): void {
    this.#past.visit(visit);
    this.#live.visit(visit);
  }

  #append(log: HistoryLog, record: HistoryRecord): void {
    this.#addFigures(record, 1);
    log.append(record.revision, record.entry, record.bytes, record.isDelete);
    if (log === this.#live && !this.#hasRoom) this.#makeRoom();
  }

  get #hasRoom(): boolean {
    return this.#past.length + this.#live.length <= this.#maxRecords;
  }

  #makeRoom(): void {
    const count = Math.ceil(this.#maxRecords * FOLDED_SHARE);
    if (this.isKnown) this.#fold(this.#past.length > 0 ? this.#past : this.#live, count);
    else {
      // The replay cannot be kept either: what is dropped joins what is unmeasured.
      this.abandonReplay(this.#replay);
      if (!this.#hasRoom) this.unmeasuredRevision = this.#live.popOldest(count, (record) => this.#drop(record));
    }
  }

  #fold(log: HistoryLog, count: number): void {
    this.#lump ??= { fromRevision: 0, toRevision: 0, bytes: new Map(), revisions: new Map() };
    const lump = this.#lump;
    lump.toRevision = log.popOldest(count, (record) => {
      if (lump.fromRevision === 0) lump.fromRevision = record.revision;
      const node = this.#table.node(record.entry);
      lump.bytes.set(node, (lump.bytes.get(node) ?? 0) + record.bytes);
      lump.revisions.set(node, (lump.revisions.get(node) ?? 0) + revisionsOf(record));
      this.#removeIfGone(record);
    });
  }

  /** Takes the lump out of the figures when a compaction reaches it; cuts it through, history is not known any more. */
  #takeLump(revision: number): Held {
    const freed = { bytes: 0, revisions: 0 };
    const lump = this.#lump;
    if (lump === null || revision < lump.fromRevision) return freed;
    this.#lump = null;
    const { historyBytes, historyRevisions } = this.#tree.own;
    for (const [node, bytes] of lump.bytes) {
      historyBytes[node] = (historyBytes[node] as number) - bytes;
      freed.bytes += bytes;
    }
    for (const [node, revisions] of lump.revisions) {
      historyRevisions[node] = (historyRevisions[node] as number) - revisions;
      freed.revisions += revisions;
    }
    if (revision < lump.toRevision) {
      this.isKnown = false;
      this.unmeasuredRevision = lump.toRevision;
    }
    return freed;
  }

  #drop(record: HistoryRecord): void {
    this.#addFigures(record, -1);
    this.#removeIfGone(record);
  }

  #removeIfGone({ entry, revision, isDelete }: HistoryRecord): void {
    // Created anew, or deleted again since, the key has other records to come.
    if (isDelete && this.#table.isGhost(entry) && this.#table.modRevision(entry) === revision) this.#removeEntry(entry);
  }

  #addFigures(record: HistoryRecord, sign: 1 | -1): void {
    const node = this.#table.node(record.entry);
    const { historyBytes, historyRevisions } = this.#tree.own;
    historyBytes[node] = (historyBytes[node] as number) + sign * record.bytes;
    historyRevisions[node] = (historyRevisions[node] as number) + sign * revisionsOf(record);
  }
}

/** The sums of records that were too many, by node. */
interface Lump {
  /** The first and the last of their revisions. */
  fromRevision: number;
  toRevision: number;
  bytes: Map<number, number>;
  revisions: Map<number, number>;
}

function revisionsOf({ isDelete }: HistoryRecord): number {
  return isDelete ? 2 : 1;
}
