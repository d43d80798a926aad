import type { KeyFields, KeyspaceModel } from "@/collectors/keyspace/keyspace-model";

const BLOCK_BYTES = 256 * 1024;
const MAX_VARINT_BYTES = 8; // 2^53 needs 8 groups of 7 bits
const NUMBERS = 6;

/**
 * Packs keys with their figures, one record after the other: how many bytes the key shares with the one before, the
 * others, value length, create revision, mod revision as the distance to it, and version with the lease in its lowest
 * bit; numbers are varints. A block begins without a key before.
 */
export class KeyRecordWriter {
  #buffer = Buffer.allocUnsafe(BLOCK_BYTES * 2);
  #length = 0;
  #previous: Buffer = Buffer.alloc(0);

  /** The block has grown large enough to be taken. */
  get isFull(): boolean {
    return this.#length >= BLOCK_BYTES;
  }

  add(model: KeyspaceModel, entry: number): void {
    const key = model.viewKey(entry);
    const { table } = model;
    const shared = commonLength(this.#previous, key);
    this.#reserve(key.length + NUMBERS * MAX_VARINT_BYTES);
    this.#write(shared);
    this.#write(key.length - shared);
    this.#length += key.copy(this.#buffer, this.#length, shared);
    this.#write(table.valueBytes(entry));
    this.#write(table.createRevision(entry));
    this.#write(table.modRevision(entry) - table.createRevision(entry));
    this.#write(table.version(entry) * 2 + (table.isLeased(entry) ? 1 : 0));
    this.#keep(key);
  }

  /** The block so far; the next begins. */
  take(): Buffer {
    const block = Buffer.from(this.#buffer.subarray(0, this.#length));
    this.#length = 0;
    this.#previous = Buffer.alloc(0);
    return block;
  }

  #keep(key: Buffer): void {
    if (this.#previous.length !== key.length) this.#previous = Buffer.allocUnsafe(key.length);
    key.copy(this.#previous);
  }

  #write(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      this.#buffer[this.#length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#buffer[this.#length++] = rest;
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#length + bytes));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}

/** Unpacks blocks of `KeyRecordWriter`. */
export class KeyRecordReader {
  #block: Buffer = Buffer.alloc(0);
  #at = 0;
  #key = Buffer.allocUnsafe(1024);

  /** Hands over every key of a block (the object is reused); answers how many. Throws a RangeError on nonsense. */
  read(block: Buffer, take: (kv: KeyFields) => void): number {
    this.#block = block;
    this.#at = 0;
    let keys = 0;
    let keyEnd = 0;
    const kv = { ...NO_KEY, buffer: this.#key as Uint8Array };
    while (this.#at < block.length) {
      keyEnd = this.#readKey(keyEnd);
      kv.buffer = this.#key;
      kv.keyEnd = keyEnd;
      kv.valueBytes = this.#number();
      kv.createRevision = this.#number();
      kv.modRevision = kv.createRevision + this.#number();
      const version = this.#number();
      kv.version = Math.floor(version / 2);
      kv.hasLease = version % 2 === 1;
      take(kv);
      keys++;
    }
    return keys;
  }

  #readKey(previousLength: number): number {
    const shared = this.#number();
    const rest = this.#number();
    if (shared > previousLength || this.#at + rest > this.#block.length) throw new RangeError("a key runs over");
    if (shared + rest > this.#key.length) {
      const larger = Buffer.allocUnsafe((shared + rest) * 2);
      this.#key.copy(larger, 0, 0, shared);
      this.#key = larger;
    }
    this.#block.copy(this.#key, shared, this.#at, this.#at + rest);
    this.#at += rest;
    return shared + rest;
  }

  #number(): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < MAX_VARINT_BYTES; i++) {
      const byte = this.#block[this.#at++];
      if (byte === undefined) throw new RangeError("a record is cut off");
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 0x80;
    }
    throw new RangeError("a number is beyond 2^53");
  }
}

const NO_KEY = {
  keyStart: 0,
  keyEnd: 0,
  valueBytes: 0,
  createRevision: 0,
  modRevision: 0,
  version: 0,
  hasLease: false,
};

function commonLength(a: Buffer, b: Buffer): number {
  const length = Math.min(a.length, b.length);
  let at = 0;
  while (at < length && a[at] === b[at]) at++;
  return at;
}
