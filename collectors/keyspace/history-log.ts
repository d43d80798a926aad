/** A superseded revision of a key, or a deleted key's last one and its tombstone. */
export interface HistoryRecord {
  /** The write that superseded it: a compaction at or beyond this revision drops what the record stands for. */
  revision: number;
  /** The key's entry in the table. */
  entry: number;
  /** Key and value bytes that are given free, and with `isDelete` the tombstone's key bytes. */
  bytes: number;
  /** Two revisions are given free, the second is the tombstone. */
  isDelete: boolean;
}

/** Reads a record; the object is reused for the next. */
export type VisitRecord = (record: Readonly<HistoryRecord>) => void;

/** A queue of history records in the order of their revisions: 12 bytes each, in blocks, so that no growth copies it. */
export class HistoryLog {
  length = 0;
  #blocks: Block[] = [];

  /** Revisions must not fall. */
  append(revision: number, entry: number, bytes: number, isDelete: boolean): void {
    let block = this.#blocks.at(-1);
    if (block === undefined || block.end === BLOCK_RECORDS || revision - block.baseRevision >= TWO_32) {
      block = newBlock(revision);
      this.#blocks.push(block);
    }
    const at = block.end++;
    block.revisions[at] = revision - block.baseRevision;
    block.entries[at] = isDelete ? entry + DELETE : entry;
    block.bytes[at] = bytes;
    this.length++;
  }

  /** Takes out, oldest first, every record up to `revision`. */
  popThrough(revision: number, visit: VisitRecord): void {
    this.#pop((record) => record.revision <= revision, visit);
  }

  /** Takes out the oldest `count` records and all others of the last one's revision. Answers that revision. */
  popOldest(count: number, visit: VisitRecord): number {
    let left = count;
    let last = 0;
    this.#pop(({ revision }) => {
      if (left <= 0 && revision !== last) return false;
      left--;
      last = revision;
      return true;
    }, visit);
    return last;
  }

  /** Shows every record, oldest first, and takes none out. */
  visit(visit: VisitRecord): void {
    for (const block of this.#blocks) {
      for (let at = block.start; at < block.end; at++) visit(readRecord(block, at));
    }
  }

  clear(): void {
    this.#blocks = [];
    this.length = 0;
  }

  /** Bytes the blocks take. */
  get memoryBytes(): number {
    return this.#blocks.length * BLOCK_RECORDS * 12;
  }

  #pop(isWanted: (record: HistoryRecord) => boolean, visit: VisitRecord): void {
    let emptied = 0;
    for (const block of this.#blocks) {
      while (block.start < block.end && isWanted(readRecord(block, block.start))) {
        block.start++;
        this.length--;
        visit(scratch);
      }
      if (block.start < block.end) break;
      emptied++;
    }
    if (emptied > 0) this.#blocks.splice(0, emptied);
  }
}

interface Block {
  baseRevision: number;
  /** Above the base. */
  revisions: Uint32Array;
  /** The highest bit marks a delete. */
  entries: Uint32Array;
  bytes: Uint32Array;
  start: number;
  end: number;
}

const BLOCK_RECORDS = 4_096;
const DELETE = 0x8000_0000;
const TWO_32 = 2 ** 32;
const scratch: HistoryRecord = { revision: 0, entry: 0, bytes: 0, isDelete: false };

function newBlock(baseRevision: number): Block {
  const [revisions, entries, bytes] = [0, 1, 2].map(() => new Uint32Array(BLOCK_RECORDS)) as [
    Uint32Array,
    Uint32Array,
    Uint32Array,
  ];
  return { baseRevision, revisions, entries, bytes, start: 0, end: 0 };
}

function readRecord(block: Block, at: number): HistoryRecord {
  const entry = block.entries[at] as number;
  scratch.revision = block.baseRevision + (block.revisions[at] as number);
  scratch.isDelete = entry >= DELETE;
  scratch.entry = scratch.isDelete ? entry - DELETE : entry;
  scratch.bytes = block.bytes[at] as number;
  return scratch;
}
