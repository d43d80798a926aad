/**
 * What the keys seen so far tell of those still to come: how often which byte follows which, segment by segment. That
 * makes a ruler of the key order, on which keys of the learned kind lie about evenly: a step on it holds about as many
 * keys as the last one did, whatever bytes the keys are made of.
 */

/** Symbol 0 is the end of a key, symbol b + 1 the byte b: so shorter keys come first, as in etcd. */
const SYMBOLS = 257;
const SEPARATOR = "/".charCodeAt(0);
/** Segments from this one on are one kind. */
const MAX_SEGMENT = 7;
/** The share that is kept for bytes never seen anywhere. */
const UNSEEN_SHARE = 0.02;
/** A stretch of the ruler narrower than this adds nothing that a double could hold. */
const NARROWEST = 2 ** -60;

/** Where a byte lies among its siblings: what is below it, and its own width, as shares of their parent's. */
export interface Share {
  below: number;
  width: number;
}

/** The successors of one byte in one segment. */
class Context {
  readonly counts = new Uint32Array(SYMBOLS);
  total = 0;
  distinct = 0;

  add(symbol: number): void {
    if (this.counts[symbol] === 0) this.distinct++;
    this.counts[symbol] = (this.counts[symbol] as number) + 1;
    this.total++;
  }
}

/** The learned ruler. All positions on it are relative to an anchor: a prefix is as wide as 1 and begins at 0. */
export class KeyShape {
  #contexts = new Map<number, Context>();
  #seen = new Uint8Array(SYMBOLS);
  #seenCount = 0;

  /**
   * Learns from a key and its forerunner in key order. Only the bytes that branch off count, so that a prefix weighs by
   * its place among its siblings and not by the keys below it.
   */
  learn(key: Uint8Array, before: Uint8Array | null): void {
    const shared = before === null ? 0 : commonLength(before, key);
    let segment = segmentAt(key, shared);
    for (let at = shared; at <= key.length; at++) {
      const symbol = symbolAt(key, at);
      this.#context(contextId(key, at, segment)).add(symbol);
      if (this.#seen[symbol] === 0) {
        this.#seen[symbol] = 1;
        this.#seenCount++;
      }
      if (key[at] === SEPARATOR) segment++;
    }
  }

  /** Where `key` begins on the ruler of its first `anchorLength` bytes. */
  locate(key: Uint8Array, anchorLength: number): number {
    let segment = segmentAt(key, anchorLength);
    let position = 0;
    let width = 1;
    for (let at = anchorLength; at < key.length && width > NARROWEST; at++) {
      const share = this.#shareOf(contextId(key, at, segment), symbolAt(key, at));
      position += width * share.below;
      width *= share.width;
      if (key[at] === SEPARATOR) segment++;
    }
    return position;
  }

  /** The share of the last byte of `prefix` among its siblings. */
  lastShare(prefix: Uint8Array): Share {
    const at = prefix.length - 1;
    return this.#shareOf(contextId(prefix, at, segmentAt(prefix, at)), symbolAt(prefix, at));
  }

  /** The shortest key that lies at `position` of the anchor's ruler, or less than `tolerance` below it. */
  keyAt(anchor: Uint8Array, position: number, tolerance: number): Buffer {
    const bytes = [...anchor];
    let segment = segmentAt(anchor, anchor.length);
    let rest = position;
    let width = 1;
    while (rest * width > tolerance && width > NARROWEST) {
      const { symbol, share } = this.#symbolAt(contextId(bytes, bytes.length, segment), rest);
      if (symbol === 0) {
        bytes.push(0);
        break;
      }
      bytes.push(symbol - 1);
      if (symbol - 1 === SEPARATOR) segment++;
      rest = Math.min(1, Math.max(0, (rest - share.below) / share.width));
      width *= share.width;
    }
    return Buffer.from(bytes);
  }

  #context(id: number): Context {
    let context = this.#contexts.get(id);
    if (context === undefined) {
      context = new Context();
      this.#contexts.set(id, context);
    }
    return context;
  }

  #shareOf(id: number, symbol: number): Share {
    const odds = this.#oddsOf(id);
    let below = 0;
    for (let each = 0; each < symbol; each++) below += odds(each);
    return { below, width: odds(symbol) };
  }

  #symbolAt(id: number, position: number): { symbol: number; share: Share } {
    const odds = this.#oddsOf(id);
    let below = 0;
    let symbol = 0;
    for (; symbol < SYMBOLS - 1; symbol++) {
      const width = odds(symbol);
      if (below + width > position) break;
      below += width;
    }
    return { symbol, share: { below, width: odds(symbol) } };
  }

  /** How likely each symbol is: as often as seen there, with a share for the others that shrinks as fewer are new. */
  #oddsOf(id: number): (symbol: number) => number {
    const context = this.#contexts.get(id);
    const distinct = Math.max(1, context?.distinct ?? 0);
    const total = (context?.total ?? 0) + distinct;
    const unseen = UNSEEN_SHARE / SYMBOLS;
    const seen = this.#seenCount === 0 ? 1 / SYMBOLS : (1 - UNSEEN_SHARE) / this.#seenCount;
    return (symbol) => {
      const anywhere = (this.#seen[symbol] === 1 || this.#seenCount === 0 ? seen : 0) + unseen;
      return ((context?.counts[symbol] ?? 0) + distinct * anywhere) / total;
    };
  }
}

/** How many bytes two keys have in common from their start. */
export function commonLength(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  let at = 0;
  while (at < length && a[at] === b[at]) at++;
  return at;
}

function symbolAt(key: ArrayLike<number>, at: number): number {
  return at < key.length ? (key[at] as number) + 1 : 0;
}

function segmentAt(key: Uint8Array, at: number): number {
  let segment = 0;
  for (let i = 0; i < at; i++) if (key[i] === SEPARATOR) segment++;
  return segment;
}

function contextId(key: ArrayLike<number>, at: number, segment: number): number {
  const before = at === 0 ? 0 : (key[at - 1] as number) + 1;
  return Math.min(segment, MAX_SEGMENT) * SYMBOLS + before;
}
