import type { Db } from "@/lib/db/client";
import type { FrameCounter } from "@/lib/model/frame";
import type { TimeRange } from "@/lib/model/time-range";
import { readFirstState, readStateAt, type StateAt } from "@/lib/queries/state-at";
import { readTotals, type Totals } from "@/lib/queries/totals";

/** What happened under a prefix in a stretch of time. */
export type Counts = Record<FrameCounter, number>;

/** What a prefix holds at an instant. */
export interface Gauge {
  keys: number;
  keyBytes: number;
  valueBytes: number;
}

/** What happened to some prefixes over a range. */
export interface PrefixWindow {
  /** The range in fact covered: a sample is never split. */
  range: TimeRange;
  observedSeconds: number;
  counts(slot: number): Counts;
  /**
   * Change of the gauges from the range's start to its end, or from the first sample in it when nobody watched at its
   * start; null where an end is not known.
   */
  growth(slot: number, current: Gauge): { keys: number; bytes: number } | null;
}

/** Counts and growth of `slots` over `range`. */
export async function readWindow(
  db: Db,
  clusterId: number,
  question: { range: TimeRange; slots: ReadonlySet<number>; nowMs: number },
): Promise<PrefixWindow> {
  const totals = await readTotals(db, clusterId, question);
  const { range, level, coverage } = totals;
  // Up to now: the published figures are fresher than the last sample.
  const endsNow = range.toMs > question.nowMs - coverage.unitMs[level];
  const [atStart, end] = await Promise.all([
    readStateAt(db, clusterId, range.fromMs, coverage),
    endsNow ? null : readStateAt(db, clusterId, range.toMs, coverage),
  ]);
  const start = atStart ?? (await readFirstState(db, clusterId, totals));
  return {
    range,
    observedSeconds: totals.observedMs / 1_000,
    counts: (slot) => countsOf(totals, slot),
    growth: (slot, current) => {
      const to = endsNow ? current : end && gaugeOf(end, slot);
      return start && to && change(gaugeOf(start, slot), to);
    },
  };
}

function countsOf({ sum }: Totals, slot: number): Counts {
  return {
    puts: sum("puts", slot),
    creates: sum("creates", slot),
    deletes: sum("deletes", slot),
    writtenBytes: sum("writtenBytes", slot),
  };
}

function gaugeOf(state: StateAt, slot: number): Gauge {
  return { keys: state.keys(slot), keyBytes: state.keyBytes(slot), valueBytes: state.valueBytes(slot) };
}

function change(from: Gauge, to: Gauge): { keys: number; bytes: number } | null {
  const keys = to.keys - from.keys;
  const bytes = to.keyBytes + to.valueBytes - from.keyBytes - from.valueBytes;
  return Number.isNaN(keys + bytes) ? null : { keys, bytes };
}
