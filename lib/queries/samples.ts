import type { Db } from "@/lib/db/client";
import { findLongestFrame } from "@/lib/db/frame-rows";
import type { FrameMeasure } from "@/lib/model/frame";
import { SampleMatrix, type Samples } from "@/lib/model/sample-matrix";
import type { TimeRange } from "@/lib/model/time-range";
import { type Coverage, pickLevel, readCoverage } from "@/lib/queries/history-levels";
import { readStretches } from "@/lib/queries/stretches";

export type { Samples } from "@/lib/model/sample-matrix";
export { readStateAt, type StateAt } from "@/lib/queries/state-at";

const FRAME_LENGTHS_MS = [10_000, 30_000, 60_000];

/** Which samples: buckets of `stepMs` that cover `range`, aligned to multiples of the step. */
export interface SampleQuestion {
  range: TimeRange;
  stepMs: number;
  measures: readonly FrameMeasure[];
  /** Null: every slot that has something to say. */
  slots: readonly number[] | null;
  /** One matrix of all measures added up, which `of` answers for each of them; only of slots that are given. */
  isSum?: boolean;
}

/**
 * Figures of prefixes in equal buckets of time, from the level of storage that is as fine as asked and reaches back far
 * enough. Where none is so fine, the buckets are as long as the level's: the answer's `stepMs` says so.
 */
export async function readSamples(
  db: Db,
  clusterId: number,
  { range, stepMs: wantedMs, measures, slots, isSum = false }: SampleQuestion,
  _nowMs: number,
  known?: Coverage,
): Promise<Samples> {
  const { sinceMs, unitMs: units } = known ?? (await readCoverage(db, clusterId));
  const coverage = { sinceMs, unitMs: { ...units } };
  const { level, unitMs } = await pickUnit(db, clusterId, { coverage, range, wantedMs });
  const stepMs = Math.ceil(wantedMs / unitMs) * unitMs;
  const fromMs = Math.floor(range.fromMs / stepMs) * stepMs;
  const columns = Math.ceil((range.toMs - fromMs) / stepMs);
  const matrix = new SampleMatrix({ fromMs, stepMs, columns, measures, slots, isSum });
  const whole = { fromMs, toMs: range.toMs };
  for await (const stretch of readStretches(db, clusterId, level, { range: whole, measures, coverage })) {
    matrix.add(stretch, whole);
  }
  return matrix.finish();
}

/** The level, and how long its samples are. Frames may have been longer than they are now. */
async function pickUnit(
  db: Db,
  clusterId: number,
  { coverage, range, wantedMs }: { coverage: Coverage; range: TimeRange; wantedMs: number },
) {
  const level = pickLevel(coverage, wantedMs, range.fromMs);
  if (level !== "frames") return { level, unitMs: coverage.unitMs[level] };
  const longestMs = Math.max(coverage.unitMs.frames, await findLongestFrame(db, clusterId, range));
  const unitMs = FRAME_LENGTHS_MS.find((lengthMs) => lengthMs >= longestMs) ?? longestMs;
  coverage.unitMs.frames = unitMs;
  return unitMs < coverage.unitMs.minutes ? { level, unitMs } : { level: "minutes" as const, unitMs };
}
