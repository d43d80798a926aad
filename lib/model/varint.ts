const MAX_VARINT_BYTES = 8; // 2^53 needs 8 groups of 7 bits

/** Writes whole numbers of 0 to 2^53 - 1 as varints, the lowest seven bits first. */
export class VarintWriter {
  #buffer: Buffer;
  #length = 0;

  constructor(capacityBytes: number) {
    this.#buffer = Buffer.allocUnsafe(capacityBytes);
  }

  /** Throws a RangeError on anything but a safe whole number. */
  write(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`not a figure: ${value}`);
    if (this.#length + MAX_VARINT_BYTES > this.#buffer.length) this.#grow();
    let rest = value;
    while (rest > 0x7f) {
      this.#buffer[this.#length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#buffer[this.#length++] = rest;
  }

  /** What was written; nothing can be written after. */
  finish(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  #grow(): void {
    const larger = Buffer.allocUnsafe(this.#buffer.length * 2 + MAX_VARINT_BYTES);
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}

/** Reads what `VarintWriter` wrote. Throws when the bytes end too early or hold a number beyond 2^53. */
export class VarintReader {
  #bytes: Uint8Array;
  #at = 0;

  /** `subject` is what errors speak of: "frame payload". */
  constructor(
    bytes: Uint8Array,
    private readonly subject: string,
  ) {
    this.#bytes = bytes;
  }

  get position(): number {
    return this.#at;
  }

  get atEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  read(): number {
    const first = this.#bytes[this.#at];
    if (first !== undefined && first < 0x80) {
      this.#at++;
      return first;
    }
    return this.#readLong();
  }

  #readLong(): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < MAX_VARINT_BYTES; i++) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new Error(`${this.subject} is cut off`);
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 0x80;
    }
    throw new Error(`${this.subject} holds a number beyond 2^53`);
  }
}
