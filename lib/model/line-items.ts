import type { ItemSink } from "@/lib/model/json-items";

const NEWLINE = 0x0a;

/** Takes bytes apart into lines while they come; a line beyond the limit is let go and counted. Empty lines are none. */
export class LineItems {
  readonly #maxLineBytes: number;
  readonly #sink: Omit<ItemSink, "onBroken">;
  #parts: Buffer[] = [];
  #bytes = 0;

  constructor(maxLineBytes: number, sink: Omit<ItemSink, "onBroken">) {
    this.#maxLineBytes = maxLineBytes;
    this.#sink = sink;
  }

  /** Takes the next bytes. */
  push(chunk: Buffer): void {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      this.#keep(chunk.subarray(from, end));
      this.#end();
      from = end + 1;
    }
    if (from < chunk.length) this.#keep(chunk.subarray(from));
  }

  /** To be called behind the last byte: the last line needs no end. */
  finish(): void {
    this.#end();
  }

  #end(): void {
    const line = this.#parts.length === 1 ? (this.#parts[0] as Buffer) : Buffer.concat(this.#parts);
    const isTooLong = this.#bytes > this.#maxLineBytes;
    this.#parts = [];
    this.#bytes = 0;
    if (isTooLong) this.#sink.onTooLong();
    else if (line.length > 0 && !(line.length === 1 && line[0] === 0x0d)) this.#sink.onItem(line);
  }

  #keep(part: Buffer): void {
    this.#bytes += part.length;
    if (this.#bytes > this.#maxLineBytes) this.#parts = [];
    else this.#parts.push(part);
  }
}
