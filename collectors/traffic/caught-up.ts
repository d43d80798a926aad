import type { CellSource } from "@/collectors/traffic/cell-dictionary";
import type { HeardStretch } from "@/collectors/traffic/heard";
import { SILENCE_MS } from "@/collectors/traffic/limits";

/** So much quiet time is written by itself; otherwise it goes along with what is read. */
const DUE_MS = 10_000;

/**
 * How long followed files have been read to their end: time in which nothing was written to them is known to be quiet. Of
 * audit that is believed for two minutes, as an apiserver is never silent so long: then rather nobody writes. Of etcd's
 * log, in which a healthy member says little, for as long as it is read.
 */
export class CaughtUp {
  #source: CellSource;
  #sinceMs: number | null = null;
  #stretch: HeardStretch | null = null;
  #newestEventMs = Number.NEGATIVE_INFINITY;

  constructor(source: CellSource) {
    this.#source = source;
  }

  /** All that was there at `nowMs` has been read, or not. */
  note(nowMs: number, isCaughtUp: boolean): void {
    const sinceMs = this.#sinceMs;
    this.#sinceMs = isCaughtUp ? nowMs : null;
    if (!isCaughtUp || sinceMs === null) return;
    if (this.#source === "audit" && nowMs - this.#newestEventMs > SILENCE_MS) return;
    this.#stretch = { fromMs: this.#stretch?.fromMs ?? sinceMs, toMs: nowMs };
  }

  /** The quiet time that is to be written; null: none. */
  stretch(): HeardStretch | null {
    return this.#stretch;
  }

  isDue(): boolean {
    return this.#stretch !== null && this.#stretch.toMs - this.#stretch.fromMs >= DUE_MS;
  }

  /** To be called when the stretch has been written, with the newest event among what was written along with it. */
  written(newestEventMs: number | null): void {
    this.#stretch = null;
    this.#newestEventMs = Math.max(this.#newestEventMs, newestEventMs ?? Number.NEGATIVE_INFINITY);
  }
}
