/** A key and how often it was written (puts and deletes) in the minute. */
export interface HotKey {
  key: Buffer;
  writes: number;
  writtenBytes: number;
}

/** The most written keys of a minute: by number of writes, and by written bytes. */
export interface HotKeys {
  /** Most writes first. */
  keys: HotKey[];
  /** The most writes, and the most written bytes, any key that is not listed can have had. */
  unlistedWrites: number;
  unlistedWrittenBytes: number;
}

/** So that the largest table, 16 MiB, is never more than seven eighths full. */
const MAX_RECORDS = 7 * 2 ** 17;
const MAX_GONE = 20_000;
/** A key written less often than asked for is still listed when it has this share of all written bytes. */
const HEAVY_SHARE = 1 / 256;
/** The smallest table. A power of two, as all sizes are. */
const FIRST_RECORDS = 1_024;

/**
 * Exact write counts of one minute, per key, found through the key's entry in the table. When an entry is given up its
 * key's bytes move into a list aside, and `top` adds them to what the key had in another entry.
 */
export class HotKeyCounter {
  #findEntry: (key: Buffer) => number;
  /** Records taken, those whose entry was given up included. */
  #count = 0;
  /** Open addressing by entry, 16 bytes a record: the entry one higher or 0, its writes, and as a double its bytes. */
  #words = new Uint32Array(FIRST_RECORDS * WORDS);
  #writtenBytes = new Float64Array(this.#words.buffer);
  /** Records whose entry was given up, by the key's bytes. */
  #gone = new Map<string, HotKey>();
  #totalBytes = 0;
  /** Of all keys that found no room together, and of the one with the most whose record had to be given up. */
  #uncounted = { writes: 0, writtenBytes: 0 };
  #dropped = { writes: 0, writtenBytes: 0 };

  /** `findEntry` answers the entry of a key, or -1. */
  constructor(findEntry: (key: Buffer) => number) {
    this.#findEntry = findEntry;
  }

  /** One write of the key in `entry`: `bytes` with a put, 0 with a delete. */
  add(entry: number, bytes: number): void {
    this.#totalBytes += bytes;
    const record = this.#record(entry);
    if (record < 0) {
      this.#uncounted.writes++;
      this.#uncounted.writtenBytes += bytes;
      return;
    }
    const words = this.#words;
    words[record * WORDS + WRITES] = (words[record * WORDS + WRITES] as number) + 1;
    const at = record * DOUBLES + WRITTEN_BYTES;
    this.#writtenBytes[at] = (this.#writtenBytes[at] as number) + bytes;
  }

  /** The entry will be given to another key; `keyOf` is asked when its key must be kept. */
  release(entry: number, keyOf: (entry: number) => Buffer): void {
    const record = this.#count === 0 ? -1 : this.#find(entry);
    if (record < 0) return;
    const { writes, writtenBytes } = this.#countOf(record);
    this.#words[record * WORDS] = RELEASED;
    const key = keyOf(entry);
    const name = key.toString("latin1");
    const known = this.#gone.get(name);
    if (known !== undefined) {
      known.writes += writes;
      known.writtenBytes += writtenBytes;
    } else if (this.#gone.size < MAX_GONE) this.#gone.set(name, { key, writes, writtenBytes });
    else {
      this.#dropped.writes = Math.max(this.#dropped.writes, writes);
      this.#dropped.writtenBytes = Math.max(this.#dropped.writtenBytes, writtenBytes);
    }
  }

  /**
   * The `limit` most written keys with at least `minWrites`, and the `limit` with the most written bytes that have as
   * many writes or a noticeable share of all bytes. The counts go on until `clear`.
   */
  top(limit: number, minWrites: number, keyOf: (entry: number) => Buffer): HotKeys {
    const { gone, merged } = this.#mergeGone();
    const byWrites = new Top(limit);
    const byBytes = new Top(limit);
    const heavyBytes = Math.max(1, this.#totalBytes * HEAVY_SHARE);
    this.#visit(gone, merged, (at, writes, writtenBytes) => {
      const isOften = writes >= minWrites;
      if (isOften) byWrites.offer(at, writes, writtenBytes);
      if (isOften || writtenBytes >= heavyBytes) byBytes.offer(at, writtenBytes, writes);
    });
    const listed = new Set([...byWrites.best(), ...byBytes.best()]);
    const keys = [...listed].map((at) => gone[at - this.#capacity] ?? this.#toKey(at, keyOf));
    return {
      keys: keys.sort((a, b) => b.writes - a.writes || b.writtenBytes - a.writtenBytes),
      ...this.#unlisted(gone, merged, listed),
    };
  }

  /** Begins the next minute. */
  clear(): void {
    // As large as the minute needed it: the next will be alike.
    if (this.#count * 8 >= this.#capacity || this.#capacity === FIRST_RECORDS) this.#words.fill(0);
    else this.#resize(this.#capacity / 2);
    this.#count = 0;
    this.#gone.clear();
    this.#totalBytes = 0;
    this.#uncounted = { writes: 0, writtenBytes: 0 };
    this.#dropped = { writes: 0, writtenBytes: 0 };
  }

  get #capacity(): number {
    return this.#words.length / WORDS;
  }

  /** The record of an entry, made where there is none; -1 when there is no room for one. */
  #record(entry: number): number {
    let record = this.#slot(entry);
    if (this.#words[record * WORDS] !== 0) return record;
    if (this.#count >= this.#capacity * MAX_LOAD) {
      if (this.#count >= MAX_RECORDS) return -1;
      this.#grow();
      record = this.#slot(entry);
    }
    this.#count++;
    this.#words[record * WORDS] = entry + 1;
    return record;
  }

  /** The record of an entry, or -1. */
  #find(entry: number): number {
    const record = this.#slot(entry);
    return this.#words[record * WORDS] === 0 ? -1 : record;
  }

  /** Where the record of an entry is or would be. */
  #slot(entry: number): number {
    const words = this.#words;
    const mask = words.length / WORDS - 1;
    for (let at = scatter(entry) & mask; ; at = (at + 1) & mask) {
      const taken = words[at * WORDS] as number;
      if (taken === 0 || taken === entry + 1) return at;
    }
  }

  #grow(): void {
    const [words, writtenBytes] = [this.#words, this.#writtenBytes];
    this.#resize(this.#capacity * 2);
    this.#count = 0;
    for (let at = 0; at < words.length / WORDS; at++) {
      const taken = words[at * WORDS] as number;
      if (taken === 0 || taken === RELEASED) continue;
      const record = this.#slot(taken - 1);
      this.#count++;
      this.#words[record * WORDS] = taken;
      this.#words[record * WORDS + WRITES] = words[at * WORDS + WRITES] as number;
      this.#writtenBytes[record * DOUBLES + WRITTEN_BYTES] = writtenBytes[at * DOUBLES + WRITTEN_BYTES] as number;
    }
  }

  #resize(capacity: number): void {
    this.#words = new Uint32Array(capacity * WORDS);
    this.#writtenBytes = new Float64Array(this.#words.buffer);
  }

  #countOf(record: number): Omit<HotKey, "key"> {
    return {
      writes: this.#words[record * WORDS + WRITES] as number,
      writtenBytes: this.#writtenBytes[record * DOUBLES + WRITTEN_BYTES] as number,
    };
  }

  #toKey(record: number, keyOf: (entry: number) => Buffer): HotKey {
    return { key: keyOf((this.#words[record * WORDS] as number) - 1), ...this.#countOf(record) };
  }

  /** The keys whose entries were given up, with what they had since in the records `merged`. */
  #mergeGone(): { gone: HotKey[]; merged: Set<number> } {
    const merged = new Set<number>();
    const gone = [...this.#gone.values()].map((hot) => {
      const entry = this.#findEntry(hot.key);
      const record = entry < 0 ? -1 : this.#find(entry);
      if (record < 0) return hot;
      merged.add(record);
      const { writes, writtenBytes } = this.#countOf(record);
      return { key: hot.key, writes: hot.writes + writes, writtenBytes: hot.writtenBytes + writtenBytes };
    });
    return { gone, merged };
  }

  /** Shows what every key had: by its record, or by its place in `gone` behind all records. */
  #visit(gone: HotKey[], merged: Set<number>, visit: VisitCount): void {
    const [words, bytes] = [this.#words, this.#writtenBytes];
    const capacity = this.#capacity;
    for (let at = 0; at < capacity; at++) {
      const taken = words[at * WORDS] as number;
      if (taken === 0 || taken === RELEASED || (merged.size > 0 && merged.has(at))) continue;
      visit(at, words[at * WORDS + WRITES] as number, bytes[at * DOUBLES + WRITTEN_BYTES] as number);
    }
    for (const [i, hot] of gone.entries()) visit(capacity + i, hot.writes, hot.writtenBytes);
  }

  #unlisted(gone: HotKey[], merged: Set<number>, listed: Set<number>): Omit<HotKeys, "keys"> {
    let unlistedWrites = this.#uncounted.writes + this.#dropped.writes;
    let unlistedWrittenBytes = this.#uncounted.writtenBytes + this.#dropped.writtenBytes;
    this.#visit(gone, merged, (at, writes, writtenBytes) => {
      if (writes <= unlistedWrites && writtenBytes <= unlistedWrittenBytes) return;
      if (listed.has(at)) return;
      unlistedWrites = Math.max(unlistedWrites, writes);
      unlistedWrittenBytes = Math.max(unlistedWrittenBytes, writtenBytes);
    });
    return { unlistedWrites, unlistedWrittenBytes };
  }
}

type VisitCount = (at: number, writes: number, writtenBytes: number) => void;

const WORDS = 4;
const WRITES = 1;
const DOUBLES = 2;
const WRITTEN_BYTES = 1;
const MAX_LOAD = 7 / 8;
/** In the entry's place when that was given up: the search goes on behind it. */
const RELEASED = 0xffff_ffff;

function scatter(entry: number): number {
  return Math.imul(entry, 0x9e3779b1) >>> 8;
}

interface Candidate {
  at: number;
  first: number;
  second: number;
}

/** The `limit` places with the greatest first figure, ties by the second; never more than twice as many are held. */
class Top {
  #held: Candidate[] = [];
  /** What a further one must surpass. */
  #least = { first: 0, second: 0 };

  constructor(private readonly limit: number) {}

  offer(at: number, first: number, second: number): void {
    const least = this.#least;
    if (first < least.first || (first === least.first && second <= least.second)) return;
    this.#held.push({ at, first, second });
    if (this.#held.length >= this.limit * 2) this.#cut();
  }

  best(): number[] {
    this.#cut();
    return this.#held.map(({ at }) => at);
  }

  #cut(): void {
    this.#held.sort((a, b) => b.first - a.first || b.second - a.second);
    if (this.#held.length > this.limit) this.#held.length = this.limit;
    if (this.#held.length === this.limit) this.#least = this.#held.at(-1) as Candidate;
  }
}
