import type { FrameCells } from "@/lib/model/frame";

export const COUNTERS = ["puts", "creates", "deletes", "writtenBytes"] as const;
export type Counter = (typeof COUNTERS)[number];
/** What happened under a prefix in a stretch of time. */
export type Counts = Record<Counter, number>;

export const NO_COUNTS: Counts = { puts: 0, creates: 0, deletes: 0, writtenBytes: 0 };

/** Counts summed up by slot. */
export class SlotSums {
  #rows = new Map<number, Counts>();

  get size(): number {
    return this.#rows.size;
  }

  /** What is known of a slot: nothing summed means nothing happened. */
  get(slot: number): Counts {
    return this.#rows.get(slot) ?? NO_COUNTS;
  }

  add(slot: number, counts: Counts): void {
    const row = this.#rows.get(slot);
    if (row) for (const counter of COUNTERS) row[counter] += counts[counter];
    else this.#rows.set(slot, { ...counts });
  }

  /** Adds the cells of a frame in which something happened, of the wanted slots. */
  addCells(cells: FrameCells, wanted: ReadonlySet<number> | null): void {
    for (let i = 0; i < cells.length; i++) {
      const slot = cells.slots[i] as number;
      if (wanted !== null && !wanted.has(slot)) continue;
      if (cells.puts[i] === 0 && cells.deletes[i] === 0) continue;
      const row = this.#rows.get(slot) ?? { ...NO_COUNTS };
      this.#rows.set(slot, row);
      row.puts += cells.puts[i] as number;
      row.creates += cells.creates[i] as number;
      row.deletes += cells.deletes[i] as number;
      row.writtenBytes += cells.writtenBytes[i] as number;
    }
  }

  addAll(other: SlotSums, wanted: ReadonlySet<number>): void {
    const fewer = wanted.size < other.size ? wanted : other.#rows.keys();
    for (const slot of fewer) {
      const counts = other.#rows.get(slot);
      if (counts && wanted.has(slot)) this.add(slot, counts);
    }
  }
}
