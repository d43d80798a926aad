import type { Db } from "@/lib/db/client";
import { FRAME_COUNTERS, type FrameCounter } from "@/lib/model/frame";
import { SampleMatrix } from "@/lib/model/sample-matrix";
import type { TimeRange } from "@/lib/model/time-range";
import { type Coverage, type HistoryLevel, pickLevel, readCoverage } from "@/lib/queries/history-levels";
import { readStretches } from "@/lib/queries/stretches";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Ranges up to this long are answered to the frame while frames are kept, longer ones by whole hours. */
const FRAMES_REACH_MS = 24 * HOUR_MS;

/** What happened to some prefixes in a range. */
export interface Totals {
  /** The range in fact covered: a sample is never split. */
  range: TimeRange;
  observedMs: number;
  /** The level that answered. */
  level: HistoryLevel;
  coverage: Coverage;
  /** Nothing summed means nothing happened. */
  sum(counter: FrameCounter, slot: number): number;
}

/** What happened under each of `slots` in a range. */
export async function readTotals(
  db: Db,
  clusterId: number,
  { range: asked, slots, nowMs }: { range: TimeRange; slots: ReadonlySet<number>; nowMs: number },
): Promise<Totals> {
  const coverage = await readCoverage(db, clusterId);
  const isShort = asked.toMs - asked.fromMs <= FRAMES_REACH_MS;
  const level = pickLevel(coverage, isShort ? coverage.unitMs.frames : HOUR_MS, asked.fromMs);
  const range = level === "frames" ? asked : toWhole(asked, coverage.unitMs[level], nowMs);
  const shape = { fromMs: range.fromMs, stepMs: range.toMs - range.fromMs, columns: 1 };
  const matrix = new SampleMatrix({ ...shape, measures: FRAME_COUNTERS, slots: [...slots] });
  for (const part of level === "frames" ? byMinutes(range) : [{ level, range }]) {
    const question = { range: part.range, measures: FRAME_COUNTERS, coverage };
    for await (const stretch of readStretches(db, clusterId, part.level, question)) matrix.add(stretch, part.range);
  }
  const samples = matrix.finish();
  return {
    range,
    observedMs: samples.observedMs[0] as number,
    level,
    coverage,
    sum: (counter, slot) => samples.of(counter)[samples.rowOf(slot)] || 0, // NaN where nobody watched
  };
}

/** A range in whole samples; one that ends in a sample which has not ended yet ends as asked. */
function toWhole({ fromMs, toMs }: TimeRange, unitMs: number, nowMs: number): TimeRange {
  const endMs = Math.ceil(toMs / unitMs) * unitMs;
  return { fromMs: Math.floor(fromMs / unitMs) * unitMs, toMs: endMs > nowMs ? toMs : endMs };
}

/** Whole minutes, which may be sealed, and the frames at either end. */
function byMinutes({ fromMs, toMs }: TimeRange): { level: HistoryLevel; range: TimeRange }[] {
  const inner = { fromMs: Math.ceil(fromMs / MINUTE_MS) * MINUTE_MS, toMs: Math.floor(toMs / MINUTE_MS) * MINUTE_MS };
  if (inner.fromMs >= inner.toMs) return [{ level: "frames", range: { fromMs, toMs } }];
  const parts: { level: HistoryLevel; range: TimeRange }[] = [
    { level: "frames", range: { fromMs, toMs: inner.fromMs } },
    { level: "minutes", range: inner },
    { level: "frames", range: { fromMs: inner.toMs, toMs } },
  ];
  return parts.filter(({ range }) => range.fromMs < range.toMs);
}
