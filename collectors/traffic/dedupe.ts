import { IdSet } from "@/collectors/traffic/id-set";
import { DEDUPE_WINDOW_MS } from "@/collectors/traffic/limits";

/** So many generations cover the window, and one more is being filled. */
const GENERATIONS = 4;
const GENERATION_MS = DEDUPE_WINDOW_MS / GENERATIONS;
/** A full generation ends early: 5 of them hold 6.5 million ids in 80 MiB. The window then is shorter. */
const GENERATION_IDS = 1_300_000;
const ID_BYTES = 8;
/** All windows together; beyond, the largest gives up its oldest ids: the flood of one cluster costs no other its memory. */
const TOTAL_BYTES = 160 * 1024 * 1024;

/** The event ids of one cluster that were counted within the last 15 minutes. */
export class IdWindow {
  #generations: { ids: IdSet; fromMs: number }[] = [];

  get size(): number {
    return this.#generations.reduce((sum, { ids }) => sum + ids.size, 0);
  }

  get bytes(): number {
    return this.#generations.reduce((sum, { ids }) => sum + ids.bytes, 0);
  }

  has(low: number, high: number): boolean {
    return this.#generations.some(({ ids }) => ids.has(low, high));
  }

  /** Remembers an id that was counted at `atMs`, which does not go back. */
  add(low: number, high: number, atMs: number): void {
    let newest = this.#generations[0];
    if (newest === undefined || atMs - newest.fromMs >= GENERATION_MS || newest.ids.size >= GENERATION_IDS) {
      newest = { ids: new IdSet(), fromMs: atMs };
      this.#generations.unshift(newest);
      if (this.#generations.length > GENERATIONS + 1) this.dropOldest();
    }
    newest.ids.add(low, high);
  }

  /** Forgets what lies behind the window. */
  forget(nowMs: number): void {
    // A generation is over when the next began.
    while (this.#generations.length > 0) {
      const endMs = this.#generations[this.#generations.length - 2]?.fromMs ?? this.#endOfNewest();
      if (nowMs - endMs <= DEDUPE_WINDOW_MS) break;
      this.dropOldest();
    }
  }

  dropOldest(): void {
    this.#generations.pop();
  }

  #endOfNewest(): number {
    return (this.#generations[0]?.fromMs ?? 0) + GENERATION_MS;
  }
}

/** The ids of one transaction: they enter the window only once it is committed. */
export class IdClaim {
  #claimed = new IdSet();

  constructor(private readonly window: IdWindow) {}

  /** Whether the id that starts at `offset` has not been counted yet; from now on it has, in this claim. */
  isNew(ids: Buffer, offset = 0): boolean {
    const low = ids.readUInt32LE(offset);
    const high = ids.readUInt32LE(offset + 4);
    return !this.window.has(low, high) && this.#claimed.add(low, high);
  }

  /** To be called once what was claimed is committed. */
  keep(nowMs: number): void {
    this.#claimed.visit((low, high) => this.window.add(low, high, nowMs));
  }
}

/** The windows of all clusters, within one bound. */
export class IdWindows {
  #windows = new Map<number, IdWindow>();
  #maxBytes: number;

  constructor(maxBytes = TOTAL_BYTES) {
    this.#maxBytes = maxBytes;
  }

  get bytes(): number {
    return [...this.#windows.values()].reduce((sum, window) => sum + window.bytes, 0);
  }

  /** The window of a cluster; `load` fills a new one, oldest ids first. */
  async of(clusterId: number, load: (window: IdWindow) => Promise<void>): Promise<IdWindow> {
    const there = this.#windows.get(clusterId);
    if (there !== undefined) return there;
    const window = new IdWindow();
    await load(window);
    this.#windows.set(clusterId, window);
    return window;
  }

  /** Forgets what is behind the windows, and keeps all of them within their bound. */
  tidy(nowMs: number): void {
    for (const window of this.#windows.values()) window.forget(nowMs);
    while (this.bytes > this.#maxBytes) {
      const largest = [...this.#windows.values()].reduce((a, b) => (b.bytes > a.bytes ? b : a));
      largest.dropOldest();
    }
  }
}

/** Remembers the ids of a batch that was taken at `atMs`. */
export function addBatchIds(window: IdWindow, ids: Buffer, atMs: number): void {
  for (let offset = 0; offset + ID_BYTES <= ids.length; offset += ID_BYTES) {
    window.add(ids.readUInt32LE(offset), ids.readUInt32LE(offset + 4), atMs);
  }
}
