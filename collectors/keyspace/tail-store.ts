/**
 * Many small byte strings in few large buffers: no object each, and a freed one's place is taken by the next of its
 * size. A string is addressed by its place, counted in units of two bytes, and begins with its length.
 */
export class TailStore {
  /** Bytes of the places given free and not taken again. */
  freeBytes = 0;
  /** Bytes of all places, free ones included. */
  usedBytes = 0;

  #chunks: Buffer[] = [];
  /** The next unused byte of the newest chunk. */
  #at = 0;
  /** By size in units: the first free place, which holds the next one; 0: none. */
  #free = new Map<number, number>();

  /** Copies `source[start, end)` in and returns its place. */
  add(source: Uint8Array, start: number, end: number): number {
    const length = end - start;
    const size = sizeOf(length);
    const place = this.#takeFree(size) || this.#takeNew(size);
    const chunk = this.#chunks[place >>> CHUNK_UNIT_BITS] as Buffer;
    let at = (place & UNIT_MASK) * UNIT_BYTES;
    if (length < LONG) chunk[at++] = length;
    else {
      chunk[at] = LONG;
      chunk.writeUInt32LE(length, at + 1);
      at += LONG_HEADER_BYTES;
    }
    for (let i = start; i < end; i++) chunk[at++] = source[i] as number;
    return place;
  }

  /** Gives a place free. */
  remove(place: number): void {
    const size = sizeOf(this.length(place));
    const chunk = this.#chunks[place >>> CHUNK_UNIT_BITS] as Buffer;
    chunk.writeUInt32LE(this.#free.get(size) ?? 0, (place & UNIT_MASK) * UNIT_BYTES);
    this.#free.set(size, place);
    this.freeBytes += size;
  }

  /** Length of the string at `place`. */
  length(place: number): number {
    const chunk = this.#chunks[place >>> CHUNK_UNIT_BITS] as Buffer;
    const at = (place & UNIT_MASK) * UNIT_BYTES;
    const length = chunk[at] as number;
    return length < LONG ? length : chunk.readUInt32LE(at + 1);
  }

  /** Whether the string at `place` is `source[start, end)`. */
  equals(place: number, source: Uint8Array, start: number, end: number): boolean {
    if (this.length(place) !== end - start) return false;
    const chunk = this.#chunks[place >>> CHUNK_UNIT_BITS] as Buffer;
    let at = firstByte(place, end - start);
    for (let i = start; i < end; i++) if (chunk[at++] !== source[i]) return false;
    return true;
  }

  /** The string at `place`, not copied. */
  view(place: number): Buffer {
    const length = this.length(place);
    const at = firstByte(place, length);
    return (this.#chunks[place >>> CHUNK_UNIT_BITS] as Buffer).subarray(at, at + length);
  }

  /** Writes the string to `target` from `targetStart` on and answers its length. */
  copy(place: number, target: Uint8Array, targetStart: number): number {
    const length = this.length(place);
    const chunk = this.#chunks[place >>> CHUNK_UNIT_BITS] as Buffer;
    const at = firstByte(place, length);
    for (let i = 0; i < length; i++) target[targetStart + i] = chunk[at + i] as number;
    return length;
  }

  /** Bytes the buffers take. */
  get memoryBytes(): number {
    return this.#chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  }

  #takeFree(size: number): number {
    const place = this.#free.get(size) ?? 0;
    if (place === 0) return 0;
    const chunk = this.#chunks[place >>> CHUNK_UNIT_BITS] as Buffer;
    this.#free.set(size, chunk.readUInt32LE((place & UNIT_MASK) * UNIT_BYTES));
    this.freeBytes -= size;
    return place;
  }

  #takeNew(size: number): number {
    const newest = this.#chunks.length - 1;
    if (newest < 0 || this.#at + size > (this.#chunks[newest] as Buffer).length) return this.#takeNewChunk(size);
    const place = newest * CHUNK_UNITS + this.#at / UNIT_BYTES;
    this.#at += size;
    this.usedBytes += size;
    return place;
  }

  #takeNewChunk(size: number): number {
    const number = this.#chunks.length;
    if (number === MAX_CHUNKS) throw new RangeError(`the keys take more than ${MAX_CHUNKS * CHUNK_BYTES} bytes`);
    const start = number === 0 ? UNIT_BYTES : 0; // place 0 means none
    const chunkBytes = number < SMALL_CHUNKS ? FIRST_CHUNK_BYTES << (number * 2) : CHUNK_BYTES;
    this.#chunks.push(Buffer.allocUnsafeSlow(Math.max(chunkBytes, start + size)));
    this.#at = start + size;
    this.usedBytes += size;
    return number * CHUNK_UNITS + start / UNIT_BYTES;
  }
}

const UNIT_BYTES = 2;
const CHUNK_UNIT_BITS = 20;
const CHUNK_UNITS = 2 ** CHUNK_UNIT_BITS;
const UNIT_MASK = CHUNK_UNITS - 1;
const CHUNK_BYTES = CHUNK_UNITS * UNIT_BYTES;
/** The first chunks are smaller, for a small keyspace's sake. */
const FIRST_CHUNK_BYTES = 32 * 1024;
const SMALL_CHUNKS = 3;
const MAX_CHUNKS = 2 ** (32 - CHUNK_UNIT_BITS);
/** A length byte that says: the length is in the four bytes behind. */
const LONG = 255;
const LONG_HEADER_BYTES = 5;

/** Bytes a string of this length takes: with its header, in full units, and enough for a link once it is free. */
function sizeOf(length: number): number {
  const bytes = length + (length < LONG ? 1 : LONG_HEADER_BYTES);
  return Math.max(4, bytes + (bytes % UNIT_BYTES));
}

function firstByte(place: number, length: number): number {
  return (place & UNIT_MASK) * UNIT_BYTES + (length < LONG ? 1 : LONG_HEADER_BYTES);
}
