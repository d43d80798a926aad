import type { Db } from "@/lib/db/client";
import type { TimeRange } from "@/lib/model/time-range";
import { listFrameHours, readFrames } from "@/lib/queries/frames";
import { SlotSums } from "@/lib/queries/slot-sums";

const HOUR_MS = 3_600_000;
/** About 60 MB of sums; the hours longest not asked for go first. */
const MAX_CACHED_SLOTS = 400_000;

/** What frames say of a range. */
export interface FrameSums {
  observedMs: number;
  sums: SlotSums;
}

/**
 * What happened under each of `slots` in the frames that begin in `range`. Whole hours are kept in memory once unpacked,
 * and used again as long as Postgres still has as many frames of them.
 */
export async function sumFrames(
  db: Db,
  clusterId: number,
  range: TimeRange,
  slots: ReadonlySet<number>,
): Promise<FrameSums> {
  const sums = new SlotSums();
  let observedMs = 0;
  for (const hour of await listFrameHours(db, clusterId, range)) {
    observedMs += hour.observedMs;
    const part = { fromMs: Math.max(range.fromMs, hour.hourMs), toMs: Math.min(range.toMs, hour.hourMs + HOUR_MS) };
    if (part.toMs - part.fromMs === HOUR_MS) {
      sums.addAll(await sumWholeHour(db, clusterId, hour), slots);
    } else {
      for await (const frame of readFrames(db, clusterId, part)) sums.addCells(frame.cells, slots);
    }
  }
  return { observedMs, sums };
}

interface FrameHour {
  hourMs: number;
  frames: number;
  observedMs: number;
}
type HourCache = Map<string, FrameHour & { sums: SlotSums }>;
const caches = new WeakMap<Db, HourCache>();

async function sumWholeHour(db: Db, clusterId: number, hour: FrameHour): Promise<SlotSums> {
  const cache: HourCache = caches.get(db) ?? new Map();
  caches.set(db, cache);
  const name = `${clusterId} ${hour.hourMs}`;
  const known = cache.get(name);
  cache.delete(name); // and back to the end: a Map keeps the order of insertion
  if (known && known.frames === hour.frames && known.observedMs === hour.observedMs) {
    cache.set(name, known);
    return known.sums;
  }
  const sums = new SlotSums();
  for await (const frame of readFrames(db, clusterId, { fromMs: hour.hourMs, toMs: hour.hourMs + HOUR_MS })) {
    sums.addCells(frame.cells, null);
  }
  cache.set(name, { ...hour, sums });
  forgetOldest(cache);
  return sums;
}

function forgetOldest(cache: HourCache): void {
  let slots = 0;
  for (const { sums } of cache.values()) slots += sums.size;
  for (const [name, { sums }] of cache) {
    if (slots <= MAX_CACHED_SLOTS) return;
    cache.delete(name);
    slots -= sums.size;
  }
}
