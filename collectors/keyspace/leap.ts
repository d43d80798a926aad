/**
 * Upper bounds for scanning a keyspace whose keys are not known. etcd up to 3.6 walks every key of the asked range, also
 * behind `limit`; so each page must ask for a range that holds few more keys than the page. The next bound is guessed
 * from the page just read: as many steps further, at the byte where its first and last key part.
 */

/** A page as the scanner saw it. */
export interface SeenPage {
  firstKey: Buffer | null;
  lastKey: Buffer | null;
  keys: number;
  /** Keys etcd counted in the whole asked range. */
  count: number;
  more: boolean;
}

/** Positions are read as three bytes from the depth on: fine enough to cut a range that a single byte would not. */
const WINDOW_BYTES = 3;
const WINDOW = 256 ** WINDOW_BYTES;
/** A range with more keys left than this many pages is cut anew. */
const DENSE_PAGES = 2;
const MAX_WIDENING = 4;

/** Walks the keyspace from the empty key to its end, in ranges `[from, to)`; `to` is null where there is no bound. */
export class Leap {
  from: Buffer = Buffer.from([0]);
  to: Buffer | null = null;
  done = false;

  #depth = 0;
  #step = WINDOW;
  #emptyInARow = 0;

  /** Moves on behind a page that was read with `limit`. */
  advance(page: SeenPage, limit: number): void {
    if (page.keys > 0) this.#learn(page, limit);
    if (page.more) this.#continueRange(page, limit);
    else if (this.to === null) this.done = true;
    else this.#nextRange(this.to, page);
  }

  #nextRange(from: Buffer, page: SeenPage): void {
    this.from = from;
    if (page.keys === 0) this.#climb();
    this.to = this.#boundAbove(from);
  }

  /** The range had more keys than the page: go on behind the last, up to the same bound or a nearer one. */
  #continueRange(page: SeenPage, limit: number): void {
    this.from = Buffer.concat([page.lastKey as Buffer, Buffer.from([0])]);
    const left = page.count - page.keys;
    if (left <= limit * DENSE_PAGES && this.to !== null) return;
    const nearer = this.#boundAbove(page.lastKey as Buffer);
    if (nearer !== null && (this.to === null || nearer.compare(this.to) < 0)) this.to = nearer;
  }

  /** The next range is as wide as the page was, stretched to a full page where it was not one. */
  #learn(page: SeenPage, limit: number): void {
    this.#emptyInARow = 0;
    const first = page.firstKey as Buffer;
    const last = page.lastKey as Buffer;
    const depth = commonLength(first, last);
    if (page.keys === 1 || depth >= last.length) {
      this.#step = Math.min(WINDOW, this.#step * MAX_WIDENING);
      return;
    }
    this.#depth = depth;
    const widening = Math.min(MAX_WIDENING, limit / page.keys);
    this.#step = Math.max(1, Math.round((windowAt(last, depth) - windowAt(first, depth)) * widening));
  }

  /** Nothing there: climb, faster the longer it stays empty, or a deep keyspace costs an empty page for every byte. */
  #climb(): void {
    this.#depth = Math.max(0, Math.min(this.#depth, this.from.length - 1) - (1 + (this.#emptyInARow >> 3)));
    this.#emptyInARow++;
    this.#step = WINDOW / 256;
  }

  /** The first key that lies the present step behind `key`; null: the step leads beyond the last possible key. */
  #boundAbove(key: Buffer): Buffer | null {
    let step = this.#step;
    for (let depth = Math.min(this.#depth, key.length - 1); depth >= 0; depth--) {
      const position = windowAt(key, depth) + step;
      if (position < WINDOW) return Buffer.concat([key.subarray(0, depth), windowBytes(position)]);
      // One level up the same step is 256 times smaller; at least the next position there.
      step = Math.max(256 ** (WINDOW_BYTES - 1), Math.ceil(step / 256));
    }
    return null;
  }
}

function windowAt(key: Buffer, depth: number): number {
  let position = 0;
  for (let i = 0; i < WINDOW_BYTES; i++) position = position * 256 + (key[depth + i] ?? 0);
  return position;
}

/** The window's bytes without trailing zeros: the shortest key at that position. */
function windowBytes(position: number): Buffer {
  const bytes = Buffer.from([position >> 16, (position >> 8) & 0xff, position & 0xff]);
  return bytes.subarray(0, bytes[2] !== 0 ? 3 : bytes[1] !== 0 ? 2 : 1);
}

function commonLength(a: Buffer, b: Buffer): number {
  const length = Math.min(a.length, b.length);
  let at = 0;
  while (at < length && a[at] === b[at]) at++;
  return at;
}
