import type { Db } from "@/lib/db/client";
import { blockBytes, type TrafficBlock } from "@/lib/queries/traffic-block";

/** What the unpacked blocks kept in memory may take; those longest not asked for go first. */
const MAX_CACHED_BYTES = 96 * 2 ** 20;

/** Blocks by name, each good for one version of the rows it was made from. */
export class BlockCache {
  #blocks = new Map<string, { version: string; block: TrafficBlock }>();
  #bytes = 0;

  get(name: string, version: string): TrafficBlock | null {
    const kept = this.#blocks.get(name);
    if (kept?.version !== version) return null;
    this.#blocks.delete(name); // and back to the end: a Map keeps the order of insertion
    this.#blocks.set(name, kept);
    return kept.block;
  }

  put(name: string, version: string, block: TrafficBlock): void {
    this.#drop(name);
    this.#blocks.set(name, { version, block });
    this.#bytes += blockBytes(block);
    for (const oldest of this.#blocks.keys()) {
      if (this.#bytes <= MAX_CACHED_BYTES) return;
      this.#drop(oldest);
    }
  }

  #drop(name: string): void {
    const kept = this.#blocks.get(name);
    if (kept) this.#bytes -= blockBytes(kept.block);
    this.#blocks.delete(name);
  }
}

const caches = new WeakMap<Db, BlockCache>();

/** The blocks kept of a database. */
export function blockCache(db: Db): BlockCache {
  const cache = caches.get(db) ?? new BlockCache();
  caches.set(db, cache);
  return cache;
}
