const EMPTY_SLOTS = 1_024;
/** Fuller than this, a table is made twice as large. */
const MAX_LOAD = 0.625;
const SLOT_BYTES = 8;

/** Event ids of 8 bytes in one open-addressed table: no object an id. */
export class IdSet {
  #low = new Uint32Array(EMPTY_SLOTS);
  #high = new Uint32Array(EMPTY_SLOTS);
  #size = 0;
  /** Chosen anew by each process: a sender who picks ids cannot make them meet in one slot. */
  static readonly #seed = Math.floor(Math.random() * 2 ** 32);

  get size(): number {
    return this.#size;
  }

  get bytes(): number {
    return this.#low.length * SLOT_BYTES;
  }

  has(low: number, high: number): boolean {
    const slot = this.#find(low, high);
    return this.#low[slot] !== 0 || this.#high[slot] !== 0;
  }

  /** False when it was there. */
  add(low: number, high: number): boolean {
    if (this.#size >= this.#low.length * MAX_LOAD) this.#grow();
    const slot = this.#find(low, high);
    if (this.#low[slot] !== 0 || this.#high[slot] !== 0) return false;
    this.#low[slot] = low;
    this.#high[slot] = low === 0 && high === 0 ? 1 : high; // two zeros are an empty slot
    this.#size++;
    return true;
  }

  /** Calls back with every id. */
  visit(take: (low: number, high: number) => void): void {
    for (let slot = 0; slot < this.#low.length; slot++) {
      const low = this.#low[slot] as number;
      const high = this.#high[slot] as number;
      if (low !== 0 || high !== 0) take(low, high);
    }
  }

  /** The slot of an id, or the empty one where it belongs. */
  #find(low: number, wantedHigh: number): number {
    const high = low === 0 && wantedHigh === 0 ? 1 : wantedHigh;
    const mask = this.#low.length - 1;
    let slot = (Math.imul(low ^ IdSet.#seed, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b)) >>> 7;
    for (slot &= mask; ; slot = (slot + 1) & mask) {
      const there = this.#low[slot] as number;
      const thereHigh = this.#high[slot] as number;
      if ((there === 0 && thereHigh === 0) || (there === low && thereHigh === high)) return slot;
    }
  }

  #grow(): void {
    const [low, high] = [this.#low, this.#high];
    this.#low = new Uint32Array(low.length * 2);
    this.#high = new Uint32Array(low.length * 2);
    this.#size = 0;
    for (let slot = 0; slot < low.length; slot++) {
      if (low[slot] !== 0 || high[slot] !== 0) this.add(low[slot] as number, high[slot] as number);
    }
  }
}
