import { commonLength, KeyShape } from "@/collectors/keyspace/key-shape";

/** A way along the key order: a share of all that begins with `anchor`. */
export interface Stride {
  anchor: Buffer;
  share: number;
}

/** How exactly a stride's end is hit, as a part of the stride: shorter bounds, at the price of a little distance. */
const TOLERANCE = 0.1;
const SHORTEST = 2 ** -50;

/** Measures and steps along the key order, on what has been learned of the keys. */
export class KeyRuler {
  #shape = new KeyShape();
  #lastLearned: Buffer | null = null;

  /** Learns from keys in order, behind those learned before. */
  learn(keys: readonly Buffer[]): void {
    for (const key of keys) {
      this.#shape.learn(key, this.#lastLearned);
      this.#lastLearned = key;
    }
  }

  /** The way from one key to another; `to` null is the end of the keyspace. */
  measure(from: Buffer, to: Buffer | null): Stride {
    const depth = to === null ? 0 : commonLength(from, to);
    const end = to === null ? 1 : this.#shape.locate(to, depth);
    const share = Math.max(SHORTEST, end - this.#shape.locate(from, depth));
    return { anchor: from.subarray(0, depth), share };
  }

  isShorter(a: Stride, b: Stride): boolean {
    const depth = Math.min(a.anchor.length, b.anchor.length);
    return this.#shareAt(a, depth) < this.#shareAt(b, depth);
  }

  /** The key a stride behind `from`, and the stride as measured there; null beyond the last possible key. */
  stepFrom(from: Buffer, stride: Stride): { key: Buffer; stride: Stride } | null {
    let depth = commonLength(stride.anchor, from);
    let share = Math.max(SHORTEST, this.#shareAt(stride, depth));
    let position = this.#shape.locate(from, depth);
    for (;;) {
      if (position + share < 1) {
        const anchor = from.subarray(0, depth);
        const key = this.#shape.keyAt(anchor, position + share, share * TOLERANCE);
        if (key.compare(from) > 0) return { key, stride: { anchor, share } };
        share *= 2; // lost in rounding
      } else if (depth === 0) {
        return null;
      } else {
        const above = this.#shape.lastShare(from.subarray(0, depth));
        position = above.below + position * above.width;
        share = Math.max(SHORTEST, share * above.width);
        depth--;
      }
    }
  }

  /** The stride's share of what begins with its anchor's first `depth` bytes. */
  #shareAt({ anchor, share }: Stride, depth: number): number {
    for (let length = anchor.length; length > depth; length--) {
      share *= this.#shape.lastShare(anchor.subarray(0, length)).width;
    }
    return share;
  }
}
