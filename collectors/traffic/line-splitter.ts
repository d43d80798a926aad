/** A longer line is stepped over. */
export const MAX_LINE_BYTES = 1024 * 1024;
const NEWLINE = 10;
const RETURN = 13;

/** What a chunk brought: whole lines, and how many that were too long to be one. */
export interface SplitLines {
  lines: string[];
  tooLong: number;
}

/** Cuts bytes into lines as they come, however they are cut into chunks. Holds one line at most. */
export class LineSplitter {
  #parts: Buffer[] = [];
  #partBytes = 0;
  #isTooLong = false;
  #takenBytes = 0;
  #wholeBytes = 0;

  /** Bytes up to the end of the last whole line. */
  get wholeBytes(): number {
    return this.#wholeBytes;
  }

  push(chunk: Buffer): SplitLines {
    const split: SplitLines = { lines: [], tooLong: 0 };
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      this.#keep(chunk.subarray(from, at));
      this.#endLine(split);
      from = at + 1;
      this.#wholeBytes = this.#takenBytes + from;
    }
    this.#keep(chunk.subarray(from));
    this.#takenBytes += chunk.length;
    return split;
  }

  /** The last line of a file that will not grow any more, though nothing ends it. */
  end(): SplitLines {
    const split: SplitLines = { lines: [], tooLong: 0 };
    if (this.#partBytes > 0) this.#endLine(split);
    this.#wholeBytes = this.#takenBytes;
    return split;
  }

  #keep(part: Buffer): void {
    this.#partBytes += part.length;
    if (this.#partBytes > MAX_LINE_BYTES) {
      this.#isTooLong = true;
      this.#parts = [];
    } else if (part.length > 0) {
      this.#parts.push(Buffer.from(part)); // a copy: the chunk's memory is used again
    }
  }

  #endLine(split: SplitLines): void {
    if (this.#isTooLong) split.tooLong++;
    else if (this.#partBytes > 0) {
      const bytes = this.#parts.length === 1 ? (this.#parts[0] as Buffer) : Buffer.concat(this.#parts, this.#partBytes);
      const line = bytes.toString("utf8", 0, bytes[bytes.length - 1] === RETURN ? bytes.length - 1 : bytes.length);
      if (line !== "") split.lines.push(line);
    }
    this.#parts = [];
    this.#partBytes = 0;
    this.#isTooLong = false;
  }
}
