import type { Db } from "@/lib/db/client";
import { FRAME_GAUGES, type FrameGauge } from "@/lib/model/frame";
import { BLOCK_SLOTS, findRow, type Stretch } from "@/lib/model/stretch";
import { type Coverage, type HistoryLevel, pickLevel, readCoverage } from "@/lib/queries/history-levels";
import { readStretches } from "@/lib/queries/stretches";

/** How long before an instant the last sample may have ended for its figures to be those of the instant. */
const FRESH_MS = 60_000;

/** What every prefix held at an instant. */
export interface StateAt {
  /** The instant it really speaks of: the end of a sample. */
  atMs: number;
  /** To what precision: the sample's length. */
  resolutionMs: number;
  /** The slots that have something to say, ascending. */
  slots: Int32Array;
  /** NaN where it is not known. */
  keys(slot: number): number;
  keyBytes(slot: number): number;
  valueBytes(slot: number): number;
  /** Keys and values. */
  liveBytes(slot: number): number;
  /** Null: not measured at the time. */
  historyBytes(slot: number): number | null;
}

/**
 * Gauges of every slot at an instant: after the last sample that began before it. Null when nobody watched then, or
 * when it is older than what is kept.
 */
export async function readStateAt(db: Db, clusterId: number, atMs: number, known?: Coverage): Promise<StateAt | null> {
  const coverage = known ?? (await readCoverage(db, clusterId));
  const level = pickLevel(coverage, coverage.unitMs.frames, atMs - 1);
  const range = { fromMs: atMs - Math.max(FRESH_MS, coverage.unitMs[level]), toMs: atMs };
  let found: StateAt | null = null;
  const question = { range, measures: FRAME_GAUGES, coverage };
  for await (const stretch of readStretches(db, clusterId, level, question)) {
    found = stateBefore(stretch, range.toMs, range.fromMs) ?? found;
  }
  return found;
}

/** The state at the end of the first sample of a range; null when there is none. */
export async function readFirstState(
  db: Db,
  clusterId: number,
  { range, level, coverage }: { range: { fromMs: number; toMs: number }; level: HistoryLevel; coverage: Coverage },
): Promise<StateAt | null> {
  for await (const stretch of readStretches(db, clusterId, level, { range, measures: FRAME_GAUGES, coverage })) {
    const column = stretch.observedMs.findIndex(
      (ms, i) => ms > 0 && stretch.fromMs + i * stretch.columnMs >= range.fromMs,
    );
    if (column >= 0) return stateOf(stretch, column);
  }
  return null;
}

/** The state after the last watched column that begins in `[sinceMs, atMs)`. */
function stateBefore(stretch: Stretch, atMs: number, sinceMs: number): StateAt | null {
  const { columnMs, fromMs, observedMs } = stretch;
  let column = Math.min(observedMs.length, Math.ceil((atMs - fromMs) / columnMs)) - 1;
  while (column >= 0 && observedMs[column] === 0) column--;
  return column < 0 || fromMs + (column + 1) * columnMs <= sinceMs ? null : stateOf(stretch, column);
}

function stateOf(stretch: Stretch, column: number): StateAt {
  const { columnMs, fromMs, observedMs, slots } = stretch;
  const gauge = (measure: FrameGauge) => {
    const absent = stretch.absent(measure)[column] as number;
    const blocks: Float64Array[] = [];
    return (slot: number) => {
      const row = findRow(slots, slot);
      if (row < 0) return absent;
      const number = Math.floor(row / BLOCK_SLOTS);
      const block = blocks[number] ?? stretch.block(measure, number);
      blocks[number] = block;
      return block[(row % BLOCK_SLOTS) * observedMs.length + column] as number;
    };
  };
  const [keyBytes, valueBytes, historyBytes] = [gauge("keyBytes"), gauge("valueBytes"), gauge("historyBytes")];
  return {
    atMs: fromMs + (column + 1) * columnMs,
    resolutionMs: columnMs,
    slots,
    keys: gauge("keys"),
    keyBytes,
    valueBytes,
    liveBytes: (slot) => keyBytes(slot) + valueBytes(slot),
    historyBytes: (slot) => {
      const bytes = historyBytes(slot);
      return Number.isNaN(bytes) ? null : bytes;
    },
  };
}
