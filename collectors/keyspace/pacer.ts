const PAUSE_MS = 20; // etcd-notes.md §2: at 30 ms foreground puts hardly notice, at 0 they wait up to ten times longer
const MAX_SLOWDOWN_PAUSE_MS = 2_000;
const SLOW_RATIO = 2;
const LEARNING = 0.1;

/**
 * How long to leave etcd alone after a page: so long that pages take only the allowed share of the time, at least 20 ms
 * after a full one, and the longer the more this page was slower than its forerunners. A share of 1 knows no pause.
 */
export class Pacer {
  #usualMsPerKey: number | null = null;

  /** The pause after a page of `keys` keys that took `tookMs`, in milliseconds. */
  pauseMs(tookMs: number, keys: number, { limit, share }: { limit: number; share: number }): number {
    if (share >= 1) return 0; // and nothing to learn: its pages were asked for before they were waited for
    const slowdown = this.#slowdown(tookMs, keys);
    const fairMs = tookMs * (1 / share - 1);
    const fullness = Math.min(1, keys / limit);
    const pauseMs = Math.max(PAUSE_MS * fullness, fairMs);
    return Math.max(pauseMs, Math.min(MAX_SLOWDOWN_PAUSE_MS, pauseMs * slowdown));
  }

  /** 1 at the usual pace; the square of the ratio once a page takes more than twice as long as usual. */
  #slowdown(tookMs: number, keys: number): number {
    if (keys === 0) return 1;
    const msPerKey = tookMs / keys;
    const usual = this.#usualMsPerKey ?? msPerKey;
    const ratio = msPerKey / usual;
    // A slow phase must not become the new usual at once, a fast one may.
    this.#usualMsPerKey = usual + (msPerKey - usual) * (ratio > SLOW_RATIO ? LEARNING / 10 : LEARNING);
    return ratio > SLOW_RATIO ? ratio * ratio : 1;
  }
}
