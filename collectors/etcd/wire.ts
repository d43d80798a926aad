/**
 * Reading and writing of the protocol buffers wire format, as far as etcd's messages need it. Sizes and revisions are
 * numbers and throw when they are not safe integers; ids use all 64 bits and are text of 16 hex digits.
 */

/** Bytes that are not the message they should be. */
export class WireError extends Error {
  override name = "WireError";
}

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;
const LONGEST_VARINT = 10;

const utf8 = new TextDecoder();

/** A position in a message. Nested messages are read by the same reader, between `enter` and `leave`. */
export class WireReader {
  buffer: Uint8Array = new Uint8Array(0);
  at = 0;
  end = 0;
  /** The two halves of the last `varint64`, unsigned. */
  low = 0;
  high = 0;
  /** The wire type of the last `field`. */
  wireType = 0;

  /** Points the reader at a message and returns it. */
  open(buffer: Uint8Array, start = 0, end = buffer.length): this {
    this.buffer = buffer;
    this.at = start;
    this.end = end;
    return this;
  }

  /** The number of the next field; 0 at the end of the message. */
  field(): number {
    if (this.at >= this.end) return 0;
    const first = this.buffer[this.at] as number;
    let field = first >>> 3;
    this.wireType = first & 7;
    if (first < 0x80) this.at++;
    else field = Math.floor(this.number() / 8);
    if (field === 0) throw new WireError("malformed message: field number 0");
    return field;
  }

  /** A varint that is a count, a size or a revision. */
  number(): number {
    const { buffer, end } = this;
    if (this.at < end && (buffer[this.at] as number) < 0x80) return buffer[this.at++] as number;
    let value = 0;
    let scale = 1;
    for (let length = 0; length < LONGEST_VARINT; length++) {
      if (this.at >= end) throw new WireError("malformed message: it ends within a number");
      const byte = buffer[this.at++] as number;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (value > Number.MAX_SAFE_INTEGER) throw new WireError("number out of range: it is not a safe integer");
        return value;
      }
      scale *= 128;
    }
    throw new WireError("malformed message: a number of more than 10 bytes");
  }

  /** A number field's value; throws when the field is of another wire type. */
  numberField(): number {
    this.expect(VARINT);
    return this.number();
  }

  boolField(): boolean {
    this.expect(VARINT);
    this.varint64();
    return this.low !== 0 || this.high !== 0;
  }

  /** A signed 64-bit number field, for values where a negative number has a meaning: it is answered as -1. */
  signedField(): number {
    this.expect(VARINT);
    const start = this.at;
    this.varint64();
    if (this.high >= 0x8000_0000) return -1;
    this.at = start;
    return this.number();
  }

  /** A 64-bit id field as 16 hex digits. */
  idField(): string {
    this.expect(VARINT);
    this.varint64();
    return toHex64(this.high, this.low);
  }

  textField(): string {
    const end = this.lengthEnd();
    const text = utf8.decode(this.buffer.subarray(this.at, end));
    this.at = end;
    return text;
  }

  /** The end of a length-delimited field whose first byte is at `at`. Does not move. */
  lengthEnd(): number {
    this.expect(LENGTH_DELIMITED);
    const end = this.number() + this.at;
    if (end > this.end) throw new WireError("malformed message: it ends within a field");
    return end;
  }

  /** Steps into a nested message; what it returns is for `leave`. */
  enter(): number {
    const outerEnd = this.end;
    this.end = this.lengthEnd();
    return outerEnd;
  }

  /** Steps behind the nested message. */
  leave(outerEnd: number): void {
    this.at = this.end;
    this.end = outerEnd;
  }

  /** Steps behind the value of a field nobody asked for. */
  skip(): void {
    if (this.wireType === VARINT) this.varint64();
    else if (this.wireType === LENGTH_DELIMITED) this.at = this.lengthEnd();
    else if (this.wireType === FIXED64) this.advance(8);
    else if (this.wireType === FIXED32) this.advance(4);
    else throw new WireError(`malformed message: wire type ${this.wireType}`);
  }

  /** Reads a varint of all 64 bits into `low` and `high`. */
  varint64(): void {
    let low = 0;
    let high = 0;
    for (let length = 0; length < LONGEST_VARINT; length++) {
      if (this.at >= this.end) throw new WireError("malformed message: it ends within a number");
      const byte = this.buffer[this.at++] as number;
      const bits = byte & 0x7f;
      if (length < 4) low |= bits << (7 * length);
      else if (length === 4) {
        low |= bits << 28;
        high = bits >>> 4;
      } else high |= bits << (7 * length - 32);
      if (byte < 0x80) {
        this.low = low >>> 0;
        this.high = high >>> 0;
        return;
      }
    }
    throw new WireError("malformed message: a number of more than 10 bytes");
  }

  private expect(wireType: number): void {
    if (this.wireType !== wireType) throw new WireError(`malformed message: wire type ${this.wireType}`);
  }

  private advance(bytes: number): void {
    this.at += bytes;
    if (this.at > this.end) throw new WireError("malformed message: it ends within a field");
  }
}

/** A 64-bit id as 16 hex digits. */
export function toHex64(high: number, low: number): string {
  return high.toString(16).padStart(8, "0") + low.toString(16).padStart(8, "0");
}

/** Writes one message, field by field. As proto3 wants it, zero, false and empty are left out. */
export class WireWriter {
  #bytes: number[] = [];

  number(field: number, value: number): this {
    if (!Number.isSafeInteger(value) || value < 0) throw new WireError(`number out of range: ${value}`);
    if (value !== 0) this.#tag(field, VARINT).#varint(value);
    return this;
  }

  bool(field: number, value: boolean): this {
    return this.number(field, value ? 1 : 0);
  }

  /** A 64-bit id given as hex text. */
  id(field: number, hex: string): this {
    if (!/^[0-9a-f]{1,16}$/i.test(hex)) throw new WireError(`id is not 64-bit hex text: ${hex}`);
    this.#tag(field, VARINT);
    let rest = BigInt(`0x${hex}`);
    for (; rest > 0x7fn; rest >>= 7n) this.#bytes.push(Number(rest & 0x7fn) | 0x80);
    this.#bytes.push(Number(rest));
    return this;
  }

  text(field: number, value: string): this {
    return this.bytes(field, Buffer.from(value));
  }

  bytes(field: number, value: Uint8Array): this {
    return value.length === 0 ? this : this.message(field, value);
  }

  /** A nested message, written even when it is empty. */
  message(field: number, value: Uint8Array): this {
    this.#tag(field, LENGTH_DELIMITED).#varint(value.length);
    for (const byte of value) this.#bytes.push(byte);
    return this;
  }

  finish(): Buffer {
    return Buffer.from(this.#bytes);
  }

  #tag(field: number, wireType: number): this {
    return this.#varint(field * 8 + wireType);
  }

  #varint(value: number): this {
    let rest = value;
    for (; rest > 0x7f; rest = Math.floor(rest / 128)) this.#bytes.push((rest % 128) | 0x80);
    this.#bytes.push(rest);
    return this;
  }
}
