const HEADER_BYTES = 5;
/** Small messages share a slab; large ones get their own memory, which goes when they go. */
const SLAB_BYTES = 4_096;
/** A longer message gets memory of its own. */
const KEPT_BYTES = 8 * 1024 ** 2;

/** A message that cannot be taken. */
export class MessageError extends Error {
  constructor(
    message: string,
    readonly isTooLong: boolean,
  ) {
    super(message);
    this.name = "MessageError";
  }
}

/** Memory for one long message at a time, used again for the next. */
export class MessageMemory {
  #kept = Buffer.alloc(0);

  /** Room for a message; what was in it before is lost. */
  take(bytes: number): Buffer {
    if (bytes > KEPT_BYTES) return Buffer.allocUnsafeSlow(bytes);
    if (this.#kept.length < bytes) this.#kept = Buffer.allocUnsafeSlow(Math.min(KEPT_BYTES, Math.ceil(bytes * 1.5)));
    return this.#kept.subarray(0, bytes);
  }
}

/** Puts the length-prefixed messages of a gRPC stream together from the chunks they come in. */
export class MessageAssembler {
  #header = Buffer.alloc(HEADER_BYTES);
  #headerBytes = 0;
  #message: Buffer | null = null;
  #messageBytes = 0;

  /** With `memory` the messages that come in several chunks lie there, each until the next. */
  constructor(
    private readonly maxBytes: number,
    private readonly memory?: MessageMemory,
  ) {}

  /** Takes the next chunk and hands over every message that it completes. Throws a MessageError. */
  push(chunk: Buffer, take: (message: Buffer) => void): void {
    for (let at = 0; at < chunk.length; ) {
      if (this.#message === null) {
        at = this.#readHeader(chunk, at);
        if (this.#headerBytes < HEADER_BYTES) return;
        const length = this.#lengthOf();
        if (chunk.length - at >= length) {
          this.#headerBytes = 0;
          take(chunk.subarray(at, at + length)); // whole in the chunk: nothing to copy
          at += length;
          continue;
        }
        this.#message = this.#roomFor(length);
        this.#messageBytes = 0;
      }
      at = this.#fill(this.#message, chunk, at, take);
    }
  }

  #readHeader(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + HEADER_BYTES - this.#headerBytes);
    chunk.copy(this.#header, this.#headerBytes, at, end);
    this.#headerBytes += end - at;
    return end;
  }

  #lengthOf(): number {
    if (this.#header[0] !== 0) throw new MessageError("a message is compressed, which was not asked for", false);
    const length = this.#header.readUInt32BE(1);
    if (length > this.maxBytes) {
      throw new MessageError(`Received message larger than max (${length} vs. ${this.maxBytes})`, true);
    }
    return length;
  }

  #roomFor(length: number): Buffer {
    if (this.memory !== undefined) return this.memory.take(length);
    return length < SLAB_BYTES ? Buffer.allocUnsafe(length) : Buffer.allocUnsafeSlow(length);
  }

  #fill(message: Buffer, chunk: Buffer, at: number, take: (message: Buffer) => void): number {
    const end = Math.min(chunk.length, at + message.length - this.#messageBytes);
    chunk.copy(message, this.#messageBytes, at, end);
    this.#messageBytes += end - at;
    if (this.#messageBytes === message.length) {
      this.#message = null;
      this.#headerBytes = 0;
      take(message);
    }
    return end;
  }
}
