import { grown } from "@/collectors/keyspace/arena";

/** A key and how often it was written (puts and deletes) in the minute. */
export interface HotKey {
  key: Buffer;
  writes: number;
  writtenBytes: number;
}

/** The most written keys of a minute. */
export interface HotKeys {
  keys: HotKey[];
  /** The most writes any key that is not listed can have had. */
  unlistedWrites: number;
}

const MAX_DELETED = 20_000;

/**
 * Exact write counts of one minute, per key. A live key's record is found through its entry in the table; when the key
 * goes, its bytes move into the record, and a key made anew starts another: `take` adds the two together.
 */
export class HotKeyCounter {
  #recordOf = new Int32Array(1024).fill(-1);
  #entries: number[] = [];
  #writes: number[] = [];
  #writtenBytes: number[] = [];
  #deletedKeys = new Map<number, Buffer>();
  #droppedWrites = 0;

  /** One put of the key in `entry`. */
  put(entry: number, bytes: number): void {
    const record = this.#record(entry);
    this.#writes[record] = (this.#writes[record] as number) + 1;
    this.#writtenBytes[record] = (this.#writtenBytes[record] as number) + bytes;
  }

  /** The key in `entry` is deleted, and the entry will be freed: `key` is asked for when it must be kept. */
  remove(entry: number, key: () => Buffer): void {
    const record = this.#record(entry);
    this.#writes[record] = (this.#writes[record] as number) + 1;
    this.#recordOf[entry] = -1;
    if (this.#deletedKeys.size < MAX_DELETED) this.#deletedKeys.set(record, key());
    else this.#droppedWrites = Math.max(this.#droppedWrites, this.#writes[record] as number);
    this.#entries[record] = -1;
  }

  /** The `limit` most written keys with at least `minWrites`, most first. The counts go on until `clear`. */
  top(limit: number, minWrites: number, keyOf: (entry: number) => Buffer): HotKeys {
    const merged = this.#mergeDeleted(keyOf);
    const records = this.#writes
      .map((writes, record) => ({ writes, record }))
      .filter(({ record }) => (this.#entries[record] as number) >= 0 && !merged.taken.has(record));
    const all = [
      ...merged.keys,
      ...records.map(({ writes, record }) => ({ writes, writtenBytes: this.#writtenBytes[record] as number, record })),
    ].sort((a, b) => b.writes - a.writes || b.writtenBytes - a.writtenBytes);
    const listed = all.slice(0, limit).filter(({ writes }) => writes >= minWrites);
    const keys = listed.map((hot) => ({
      key: "key" in hot ? hot.key : keyOf(this.#entries[hot.record] as number),
      writes: hot.writes,
      writtenBytes: hot.writtenBytes,
    }));
    return { keys, unlistedWrites: Math.max(this.#droppedWrites, all[listed.length]?.writes ?? 0) };
  }

  /** Begins the next minute. */
  clear(): void {
    for (const entry of this.#entries) if (entry >= 0) this.#recordOf[entry] = -1;
    this.#entries = [];
    this.#writes = [];
    this.#writtenBytes = [];
    this.#deletedKeys.clear();
    this.#droppedWrites = 0;
  }

  #record(entry: number): number {
    if (entry >= this.#recordOf.length) {
      const before = this.#recordOf.length;
      this.#recordOf = grown(this.#recordOf, Math.max(entry + 1, before * 2)).fill(-1, before);
    }
    const known = this.#recordOf[entry] as number;
    if (known >= 0) return known;
    const record = this.#entries.length;
    this.#entries.push(entry);
    this.#writes.push(0);
    this.#writtenBytes.push(0);
    this.#recordOf[entry] = record;
    return record;
  }

  /** Records of deleted keys, those of one key added together and to the record of the key's new life. */
  #mergeDeleted(keyOf: (entry: number) => Buffer): { keys: HotKey[]; taken: Set<number> } {
    const byKey = new Map<string, HotKey>();
    for (const [record, key] of this.#deletedKeys) this.#addTo(byKey, key, record);
    const taken = new Set<number>();
    if (byKey.size > 0) {
      for (const [record, entry] of this.#entries.entries()) {
        if (entry < 0) continue;
        const key = keyOf(entry);
        if (!byKey.has(key.toString("latin1"))) continue;
        this.#addTo(byKey, key, record);
        taken.add(record);
      }
    }
    return { keys: [...byKey.values()], taken };
  }

  #addTo(byKey: Map<string, HotKey>, key: Buffer, record: number): void {
    const name = key.toString("latin1");
    const hot = byKey.get(name) ?? { key, writes: 0, writtenBytes: 0 };
    hot.writes += this.#writes[record] as number;
    hot.writtenBytes += this.#writtenBytes[record] as number;
    byKey.set(name, hot);
  }
}
