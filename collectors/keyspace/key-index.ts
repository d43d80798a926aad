/**
 * A hash index from a 32-bit hash to entry numbers, in 64 segments that grow one at a time and by a quarter, so that
 * neither a large copy nor much unused room ever stands beside the table. A slot holds the hash and the entry.
 */
export class KeyIndex {
  #segments: Uint32Array[] = [];
  #counts = new Uint32Array(SEGMENTS);

  constructor() {
    for (let i = 0; i < SEGMENTS; i++) this.#segments.push(new Uint32Array(FIRST_SLOTS * 2));
  }

  /** The first entry with this hash, or with `after` the next one behind that entry; -1 when there is none. */
  find(hash: number, after = -1): number {
    const slots = this.#segments[hash >>> SEGMENT_SHIFT] as Uint32Array;
    const { length } = slots;
    let isPassed = after < 0;
    for (let at = home(hash, length); ; at = at + 2 === length ? 0 : at + 2) {
      const entry = (slots[at + 1] as number) - 1;
      if (entry < 0) return -1;
      if (slots[at] !== hash) continue;
      if (isPassed) return entry;
      isPassed = entry === after;
    }
  }

  insert(hash: number, entry: number): void {
    const segment = hash >>> SEGMENT_SHIFT;
    const count = (this.#counts[segment] as number) + 1;
    this.#counts[segment] = count;
    if (count * 2 > (this.#segments[segment] as Uint32Array).length * MAX_LOAD) this.#grow(segment);
    place(this.#segments[segment] as Uint32Array, hash, entry + 1);
  }

  /** Linear probing without tombstones: what follows in the run moves up into the gap. */
  remove(hash: number, entry: number): void {
    const segment = hash >>> SEGMENT_SHIFT;
    const slots = this.#segments[segment] as Uint32Array;
    const { length } = slots;
    let gap = home(hash, length);
    while (slots[gap + 1] !== entry + 1) gap = gap + 2 === length ? 0 : gap + 2;
    for (let at = (gap + 2) % length; slots[at + 1] !== 0; at = at + 2 === length ? 0 : at + 2) {
      const distance = (at - home(slots[at] as number, length) + length) % length;
      if (distance < (at - gap + length) % length) continue;
      slots[gap] = slots[at] as number;
      slots[gap + 1] = slots[at + 1] as number;
      gap = at;
    }
    slots[gap + 1] = 0;
    this.#counts[segment] = (this.#counts[segment] as number) - 1;
  }

  /** Bytes the slots take. */
  get memoryBytes(): number {
    return this.#segments.reduce((sum, slots) => sum + slots.byteLength, 0);
  }

  #grow(segment: number): void {
    const slots = this.#segments[segment] as Uint32Array;
    const larger = new Uint32Array((Math.ceil((slots.length / 2) * GROWTH) + 2) * 2);
    // In the order of their hashes, or nearly so: each lands right behind the one before.
    for (let at = 0; at < slots.length; at += 2) {
      if (slots[at + 1] !== 0) place(larger, slots[at] as number, slots[at + 1] as number);
    }
    this.#segments[segment] = larger;
  }
}

const SEGMENTS = 64;
/** The segment is in the hash's upper six bits, the place in it in the other 26. */
const SEGMENT_SHIFT = 26;
const PLACE_MASK = 2 ** SEGMENT_SHIFT - 1;
const FIRST_SLOTS = 6;
const MAX_LOAD = 0.85;
const GROWTH = 1.25;

/** The slot a hash would have: its lower bits as a share of the segment. */
function home(hash: number, length: number): number {
  return (((hash & PLACE_MASK) * (length >> 1)) / (PLACE_MASK + 1)) << 1;
}

function place(slots: Uint32Array, hash: number, value: number): void {
  const { length } = slots;
  let at = home(hash, length);
  while (slots[at + 1] !== 0) at = at + 2 === length ? 0 : at + 2;
  slots[at] = hash;
  slots[at + 1] = value;
}
