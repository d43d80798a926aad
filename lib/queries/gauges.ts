import type { Db } from "@/lib/db/client";
import type { FrameCells } from "@/lib/model/frame";
import { FRAME_MS, type TimeRange } from "@/lib/model/time-range";
import { findFullFrameBefore, listFrameHours, readFirstFullFrame, readFrames } from "@/lib/queries/frames";

/** What a prefix holds at an instant. */
export interface Gauge {
  keys: number;
  keyBytes: number;
  valueBytes: number;
}

const EMPTY: Gauge = { keys: 0, keyBytes: 0, valueBytes: 0 };

/** How long before an instant the last frame may have begun for its figures to be those of the instant. */
const FRESH_MS = 6 * FRAME_MS;

/** The gauges of some slots as frames go by. A frame lists what changed, a full one all there is. */
export class GaugeTrack {
  #now = new Map<number, Gauge>();
  #isKnown = false;

  constructor(private readonly slots: ReadonlySet<number>) {}

  apply({ isFull, cells }: { isFull: boolean; cells: FrameCells }): void {
    if (isFull) {
      this.#now.clear();
      this.#isKnown = true;
    }
    for (let i = 0; i < cells.length; i++) {
      const slot = cells.slots[i] as number;
      if (!this.slots.has(slot)) continue;
      const [keys, keyBytes, valueBytes] = [cells.keys[i], cells.keyBytes[i], cells.valueBytes[i]] as number[];
      this.#now.set(slot, { keys, keyBytes, valueBytes } as Gauge);
    }
  }

  /** Null until a full frame was seen, unless a later frame named the slot. */
  get(slot: number): Gauge | null {
    return this.#now.get(slot) ?? (this.#isKnown ? EMPTY : null);
  }
}

/**
 * What each of `slots` held at `atMs`: after the last frame that began before it. Null when nobody watched then, or
 * when it is older than the frames.
 */
export async function readGaugesAt(
  db: Db,
  clusterId: number,
  atMs: number,
  slots: ReadonlySet<number>,
): Promise<GaugeTrack | null> {
  const fresh = await listFrameHours(db, clusterId, { fromMs: atMs - FRESH_MS, toMs: atMs });
  const fullMs = fresh.length === 0 ? null : await findFullFrameBefore(db, clusterId, atMs);
  if (fullMs === null) return null;
  const track = new GaugeTrack(slots);
  for await (const frame of readFrames(db, clusterId, { fromMs: fullMs, toMs: atMs })) track.apply(frame);
  return track;
}

/** What each of `slots` held at the end of the first full frame of `range`; null when there is none. */
export async function readFirstGauges(
  db: Db,
  clusterId: number,
  range: TimeRange,
  slots: ReadonlySet<number>,
): Promise<GaugeTrack | null> {
  const first = await readFirstFullFrame(db, clusterId, range);
  if (first === null) return null;
  const track = new GaugeTrack(slots);
  track.apply(first);
  return track;
}
