/** A growing run of bytes that many small strings share, so that a key costs no object. */
export class Arena {
  bytes: Buffer;
  length = 0;

  constructor(capacityBytes: number) {
    this.bytes = Buffer.allocUnsafeSlow(capacityBytes);
  }

  /** Copies `source[start, end)` in and returns its offset. */
  push(source: Uint8Array, start: number, end: number): number {
    const size = end - start;
    if (this.length + size > this.bytes.length) this.#grow(size);
    const offset = this.length;
    this.bytes.set(start === 0 && end === source.length ? source : source.subarray(start, end), offset);
    this.length += size;
    return offset;
  }

  /** Whether the bytes at `offset` are `source[start, end)`. */
  equals(offset: number, source: Uint8Array, start: number, end: number): boolean {
    const bytes = this.bytes;
    for (let i = start, j = offset; i < end; i++, j++) if (bytes[j] !== source[i]) return false;
    return true;
  }

  #grow(size: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 1.5, this.length + size) | 0);
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }
}

// Drawn once a process, so that nobody can craft keys that all fall into one bucket.
const SEED = (Math.random() * 2 ** 32) | 0;

/** A 32-bit hash of `bytes[start, end)`, as Murmur3 mixes; equality is always decided by the bytes themselves. */
export function hashBytes(bytes: Uint8Array, start: number, end: number, salt: number): number {
  let hash = SEED ^ Math.imul(salt, 0x9e3779b1);
  let at = start;
  for (; at + 4 <= end; at += 4) {
    const word =
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24);
    hash = mix(hash, word);
  }
  for (; at < end; at++) hash = mix(hash, bytes[at] as number);
  hash ^= end - start;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function mix(hash: number, word: number): number {
  const scattered = Math.imul(word, 0xcc9e2d51);
  const mixed = hash ^ Math.imul((scattered << 15) | (scattered >>> 17), 0x1b873593);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

/** A typed array of the same kind, longer, with the old contents. */
export function grown<T extends Int32Array | Uint32Array | Float64Array | Uint8Array>(array: T, length: number): T {
  const larger = new (array.constructor as new (length: number) => T)(length);
  larger.set(array);
  return larger;
}
