import type { Db } from "@/lib/db/client";
import { type Frame, FrameStretch } from "@/lib/model/frame-stretch";
import type { Stretch } from "@/lib/model/stretch";
import { KeptStretch } from "@/lib/queries/kept-stretch";

/** So many are kept: an hour that runs is asked for again and again, and changes only with the next frame. */
const MAX_KEPT = 12;
/** What may be unpacked of one before it is made anew. */
const MAX_BYTES = 32 * 2 ** 20;

interface Shape {
  clusterId: number;
  fromMs: number;
  columnMs: number;
  columns: number;
}

/** A stretch of frames that is not sealed; the same one as long as the frames are the same. */
export function openStretch(db: Db, shape: Shape, frames: readonly Frame[]): Stretch {
  const kept: Open[] = opened.get(db) ?? [];
  opened.set(db, kept);
  const { clusterId, fromMs, columnMs, columns } = shape;
  const name = `${clusterId} ${fromMs} ${columnMs} ${columns}`;
  const index = kept.findIndex((open) => open.name === name);
  const [known] = index < 0 ? [] : kept.splice(index, 1);
  if (known && known.bytes < MAX_BYTES && isSame(known.frames, frames)) {
    kept.push(known);
    return known.stretch;
  }
  const stretch = new FrameStretch(frames, fromMs, columnMs, columns);
  const open: Open = {
    ...{ name, frames, bytes: 0 },
    stretch: new KeptStretch(stretch, (bytes) => {
      open.bytes += bytes;
    }),
  };
  kept.push(open);
  if (kept.length > MAX_KEPT) kept.shift();
  return open.stretch;
}

interface Open {
  name: string;
  frames: readonly Frame[];
  stretch: Stretch;
  bytes: number;
}

const opened = new WeakMap<Db, Open[]>();

/** Frames come from the cache: an unchanged one is the same object. */
function isSame(a: readonly Frame[], b: readonly Frame[]): boolean {
  return a.length === b.length && a.every((frame, i) => frame === b[i]);
}
