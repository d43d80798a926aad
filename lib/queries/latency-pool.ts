/** Buckets that lie side by side; the latencies of one row touch few of these. */
const PAGE = 32;
const FIRST_PAGES = 64;

/** Requests by latency bucket of many rows, most of whose buckets are empty. */
export class LatencyPool {
  /** Page of each row and each `PAGE` buckets, counted from 1; 0: none. */
  #pageOf: Int32Array;
  #pages = new Float64Array(FIRST_PAGES * PAGE);
  #used = 0;
  #pagesPerRow: number;

  constructor(rows: number, buckets: number) {
    this.#pagesPerRow = Math.ceil(buckets / PAGE);
    this.#pageOf = new Int32Array(rows * this.#pagesPerRow);
  }

  /** Makes room for more rows. */
  growTo(rows: number): void {
    const larger = new Int32Array(rows * this.#pagesPerRow);
    larger.set(this.#pageOf);
    this.#pageOf = larger;
  }

  add(row: number, bucket: number, count: number): void {
    const page = this.#page(row * this.#pagesPerRow + Math.floor(bucket / PAGE));
    (this.#pages[page * PAGE + (bucket % PAGE)] as number) += count;
  }

  /** Adds a row of a pool of as many buckets. */
  addRow(row: number, from: LatencyPool, fromRow: number): void {
    for (let part = 0; part < this.#pagesPerRow; part++) {
      const page = from.#pageOf[fromRow * from.#pagesPerRow + part] as number;
      if (page === 0) continue;
      const into = this.#page(row * this.#pagesPerRow + part) * PAGE;
      const start = (page - 1) * PAGE;
      for (let i = 0; i < PAGE; i++) (this.#pages[into + i] as number) += from.#pages[start + i] as number;
    }
  }

  /** What is not 0, ascending by bucket. */
  bucketsOf(row: number): Map<number, number> {
    const buckets = new Map<number, number>();
    for (let part = 0; part < this.#pagesPerRow; part++) {
      const page = this.#pageOf[row * this.#pagesPerRow + part] as number;
      if (page === 0) continue;
      for (let i = 0; i < PAGE; i++) {
        const count = this.#pages[(page - 1) * PAGE + i] as number;
        if (count > 0) buckets.set(part * PAGE + i, count);
      }
    }
    return buckets;
  }

  #page(at: number): number {
    const page = this.#pageOf[at] as number;
    if (page > 0) return page - 1;
    if ((this.#used + 1) * PAGE > this.#pages.length) {
      const larger = new Float64Array(this.#pages.length * 2);
      larger.set(this.#pages);
      this.#pages = larger;
    }
    this.#pageOf[at] = ++this.#used;
    return this.#used - 1;
  }
}
