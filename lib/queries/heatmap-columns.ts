import { FRAME_MS, type TimeRange } from "@/lib/model/time-range";

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;
const DEFAULT_COLUMNS = 720;
const STEPS_MS = [10, 20, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400].map(
  (seconds) => seconds * SECOND_MS,
);
/** What is not written yet is not a gap: the frame of the last slice is on its way. */
const ON_ITS_WAY_MS = 3 * FRAME_MS;

/** The columns of a heatmap: aligned to multiples of their step, the last is the one the range ends in. */
export interface HeatColumns extends TimeRange {
  stepMs: number;
}

/** The finest round step that cuts `range` into at most `columns` columns, and is no finer than what is stored of it. */
export function toHeatColumns(range: TimeRange, finestMs: number, columns = DEFAULT_COLUMNS): HeatColumns {
  const spanMs = range.toMs - range.fromMs;
  const fits = (stepMs: number) => stepMs >= finestMs && stepMs * columns >= spanMs;
  const stepMs = STEPS_MS.find(fits) ?? Math.ceil(spanMs / columns / DAY_MS) * DAY_MS;
  const toMs = Math.ceil(range.toMs / stepMs) * stepMs;
  return { fromMs: toMs - Math.ceil(spanMs / stepMs) * stepMs, toMs, stepMs };
}

/** How many of the columns to show: those at the end that nobody can have told of yet are left out. */
export function countShownColumns(atMs: readonly number[], observedMs: ArrayLike<number>, nowMs: number): number {
  let shown = atMs.length;
  while (shown > 1 && observedMs[shown - 1] === 0 && (atMs[shown - 1] as number) > nowMs - ON_ITS_WAY_MS) shown--;
  return shown;
}
