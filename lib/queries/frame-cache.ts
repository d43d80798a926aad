import type { Db } from "@/lib/db/client";
import { type FrameRow, listFrames, listFrameVersions } from "@/lib/db/frame-rows";
import type { Frame } from "@/lib/model/frame-stretch";
import type { TimeRange } from "@/lib/model/time-range";

/** What the unpacked frames kept in memory may take; those longest not asked for go first. */
const MAX_CACHED_BYTES = 96 * 2 ** 20;
/** A slot and eight figures. */
const CELL_BYTES = 4 + 8 * 8;
const FRAME_BYTES = 400;

/** The frames whose slices begin in `range`, oldest first. A frame is read and unpacked once, unless it is replaced. */
export async function listFramesCached(db: Db, clusterId: number, range: TimeRange): Promise<Frame[]> {
  const cache = caches.get(db) ?? new FrameCache();
  caches.set(db, cache);
  const versions = await listFrameVersions(db, clusterId, range);
  const missing = versions.filter(({ atMs, version }) => !cache.get(clusterId, atMs, version));
  const [first, last] = [missing[0], missing.at(-1)];
  const frames = new Map<number, Frame>();
  if (first && last) {
    const rest = { fromMs: first.atMs, toMs: last.atMs + 1 };
    for (const frame of await listFrames(db, clusterId, rest)) {
      frames.set(frame.atMs, frame);
      cache.put(clusterId, frame);
    }
  }
  const found = versions.flatMap(({ atMs, version }) => frames.get(atMs) ?? cache.get(clusterId, atMs, version) ?? []);
  cache.forgetOldest();
  return found;
}

const caches = new WeakMap<Db, FrameCache>();

class FrameCache {
  #frames = new Map<string, FrameRow>();
  #bytes = 0;

  get(clusterId: number, atMs: number, version: string): Frame | null {
    const name = `${clusterId} ${atMs}`;
    const frame = this.#frames.get(name);
    if (frame?.version !== version) return null;
    this.#frames.delete(name); // and back to the end: a Map keeps the order of insertion
    this.#frames.set(name, frame);
    return frame;
  }

  put(clusterId: number, frame: FrameRow): void {
    const name = `${clusterId} ${frame.atMs}`;
    this.#drop(name);
    this.#frames.set(name, frame);
    this.#bytes += bytesOf(frame);
  }

  forgetOldest(): void {
    for (const name of this.#frames.keys()) {
      if (this.#bytes <= MAX_CACHED_BYTES) return;
      this.#drop(name);
    }
  }

  #drop(name: string): void {
    const frame = this.#frames.get(name);
    if (frame) this.#bytes -= bytesOf(frame);
    this.#frames.delete(name);
  }
}

function bytesOf({ cells }: Frame): number {
  return FRAME_BYTES + cells.length * CELL_BYTES;
}
