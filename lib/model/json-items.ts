/** What becomes of the bytes handed to `JsonItems`. */
export interface ItemSink {
  /** The bytes of one object; whether they are JSON is not known yet. */
  onItem(bytes: Buffer): void;
  /** Something that is no object, or an object that breaks off; once for each. */
  onBroken(): void;
  /** An object beyond the limit. Its bytes were let go while they came. */
  onTooLong(): void;
}

const SPACE = 0x20;
const NEWLINE = 0x0a;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const ITEMS_KEY = Buffer.from("items");

/** How deep items lie: one after the other, in an array, in the `items` of a list, or behind those: no more of them. */
const BARE = 0;
const IN_ARRAY = 1;
const IN_LIST = 2;
const BEHIND_ITEMS = Number.POSITIVE_INFINITY;

/**
 * Takes JSON apart into objects while it comes, so that neither its text nor its tree is ever held whole: the elements
 * of a list's `items` (`{"kind": "EventList", "items": [ ... ]}`), those of an array, or objects one after the other, on
 * lines or not. After something broken it goes on with what looks whole again.
 */
export class JsonItems {
  readonly #maxItemBytes: number;
  readonly #sink: ItemSink;
  #place = BARE;
  #depth = 0;
  #inString = false;
  #isEscaped = false;
  /** The last byte that is neither space nor within a string. */
  #previous = 0;
  /** How much of the last string is how `items` begins; -1: it is another. */
  #keyLength = -1;
  #inItem = false;
  #parts: Buffer[] = [];
  #itemBytes = 0;
  /** Something that is no object was met; until the next comma or line nothing else is said of it. */
  #inJunk = false;

  constructor(maxItemBytes: number, sink: ItemSink) {
    this.#maxItemBytes = maxItemBytes;
    this.#sink = sink;
  }

  /** Takes the next bytes. */
  push(chunk: Buffer): void {
    let from = 0; // where in this chunk the present item's bytes begin
    for (let at = 0; at < chunk.length; at++) {
      if (this.#inString) at = this.#readString(chunk, at);
      if (at >= chunk.length) break;
      const byte = chunk[at] as number;
      if (byte <= SPACE) {
        if (byte === NEWLINE) this.#takeNewline();
        continue;
      }
      if (this.#inJunk && this.#place === BARE) continue; // the rest of a line that is none of ours
      const event = this.#takeByte(byte);
      this.#previous = byte;
      if (event === "begins") from = at;
      else if (event === "ends") this.#endItem(chunk.subarray(from, at + 1));
    }
    if (this.#inItem) this.#keep(chunk.subarray(from));
  }

  /** To be called behind the last byte. */
  finish(): void {
    if (this.#depth > 0) this.#break();
  }

  /** Where what follows a string begins: behind its closing quote, or at the newline that breaks it off. */
  #readString(chunk: Buffer, start: number): number {
    let isEscaped = this.#isEscaped;
    let keyLength = this.#keyLength;
    let at = start;
    for (; at < chunk.length; at++) {
      const byte = chunk[at] as number;
      if (byte === NEWLINE) break;
      if (isEscaped) isEscaped = false;
      else if (byte === BACKSLASH) isEscaped = true;
      else if (byte === QUOTE) {
        this.#inString = false;
        at++;
        break;
      }
      keyLength = keyLength >= 0 && byte === ITEMS_KEY[keyLength] ? keyLength + 1 : -1;
    }
    this.#isEscaped = isEscaped;
    this.#keyLength = keyLength;
    return at;
  }

  /** No string of JSON holds a bare newline: the quote that would end this one is missing. */
  #takeNewline(): void {
    if (this.#inString) this.#break();
    if (this.#place === BARE) this.#inJunk = false;
  }

  #takeByte(byte: number): "begins" | "ends" | null {
    switch (byte) {
      case OPEN_OBJECT:
        return this.#openObject();
      case OPEN_ARRAY:
        this.#openArray();
        return null;
      case CLOSE_OBJECT:
      case CLOSE_ARRAY:
        return this.#close();
      case QUOTE:
        if (!this.#inItem) this.#takeJunk();
        this.#inString = this.#depth > 0;
        this.#keyLength = 0;
        return null;
      case COMMA:
        if (this.#depth === this.#place) this.#inJunk = false;
        return null;
      default:
        if (!this.#inItem) this.#takeJunk();
        return null;
    }
  }

  #openObject(): "begins" | null {
    // Within an object another stands behind one of these; anywhere else the outer one was cut off before its end.
    const isPlaced = this.#previous === COMMA || this.#previous === COLON || this.#previous === OPEN_ARRAY;
    if (this.#inItem && !isPlaced) this.#break();
    const begins = !this.#inItem && this.#depth === this.#place;
    this.#depth++;
    if (begins) this.#inItem = true;
    return begins ? "begins" : null;
  }

  #openArray(): void {
    const isItems = this.#inItem && this.#place === BARE && this.#depth === 1 && this.#keyLength === ITEMS_KEY.length;
    if (isItems && this.#previous === COLON) {
      this.#place = IN_LIST;
      this.#forgetItem();
    } else if (this.#depth === 0) this.#place = IN_ARRAY;
    else if (!this.#inItem) this.#takeJunk();
    this.#depth++;
  }

  #close(): "ends" | null {
    if (this.#depth === 0) {
      this.#takeJunk();
      return null;
    }
    this.#depth--;
    if (this.#inItem) return this.#depth === this.#place ? "ends" : null;
    if (this.#depth === 0) this.#place = BARE;
    else if (this.#depth < this.#place) this.#place = BEHIND_ITEMS;
    return null;
  }

  #takeJunk(): void {
    if (this.#depth !== this.#place || this.#inJunk) return;
    this.#inJunk = true;
    this.#sink.onBroken();
  }

  #endItem(last: Buffer): void {
    this.#keep(last);
    const isTooLong = this.#itemBytes > this.#maxItemBytes;
    const item = this.#parts.length === 1 ? (this.#parts[0] as Buffer) : Buffer.concat(this.#parts);
    this.#forgetItem();
    if (isTooLong) this.#sink.onTooLong();
    else this.#sink.onItem(item);
  }

  #keep(part: Buffer): void {
    this.#itemBytes += part.length;
    if (this.#itemBytes > this.#maxItemBytes) this.#parts = [];
    else this.#parts.push(part);
  }

  #forgetItem(): void {
    this.#inItem = false;
    this.#parts = [];
    this.#itemBytes = 0;
  }

  #break(): void {
    this.#forgetItem();
    this.#place = BARE;
    this.#depth = 0;
    this.#inString = false;
    this.#isEscaped = false;
    this.#sink.onBroken();
  }
}
