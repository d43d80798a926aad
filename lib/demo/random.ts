/** A small seeded generator (mulberry32), so that every demo starts with the same keyspace. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A number in [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** An integer in [0, below). */
  integer(below: number): number {
    return Math.floor(this.next() * below);
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.integer(items.length)];
    if (item === undefined) throw new RangeError("nothing to pick from");
    return item;
  }

  /** A suffix as Kubernetes makes them for pods and ReplicaSets: no vowels, nothing that looks alike. */
  suffix(length: number): string {
    return Array.from({ length }, () => "bcdfghjklmnpqrstvwxz2456789"[this.integer(27)]).join("");
  }

  hex(length: number): string {
    return Array.from({ length }, () => "0123456789abcdef"[this.integer(16)]).join("");
  }
}
