import { emptyFrameCells, FRAME_GAUGES, type FrameGauge } from "@/lib/model/frame";
import type { Frame } from "@/lib/model/frame-stretch";
import { BLOCK_SLOTS, type Stretch } from "@/lib/model/stretch";

/** What every slot holds at the end of a column, as a full frame that others can follow. Only `gauges` are filled in. */
export function columnFrame(stretch: Stretch, column: number, gauges: readonly FrameGauge[] = FRAME_GAUGES): Frame {
  const { slots, fromMs, columnMs, observedMs, revisions } = stretch;
  const cells = emptyFrameCells(slots.length);
  cells.slots.set(slots);
  let hasHistory = false;
  for (const gauge of gauges) {
    for (let row = 0; row < slots.length; row++) {
      const block = stretch.block(gauge, Math.floor(row / BLOCK_SLOTS));
      const value = block[(row % BLOCK_SLOTS) * observedMs.length + column] as number;
      if (Number.isNaN(value)) continue;
      cells[gauge][row] = value;
      if (gauge === "historyBytes") hasHistory = true;
    }
  }
  const atMs = fromMs + column * columnMs;
  const observed = { observedMs: observedMs[column] as number, revision: revisions[column] as number };
  return { atMs, ...observed, isFull: true, hasHistory, cells };
}
