import type { Db } from "@/lib/db/client";
import { findOldestFrame } from "@/lib/db/metric-rows";
import type { StepAxis } from "@/lib/model/moved";
import type { TimeRange } from "@/lib/model/time-range";
import { type Coverage, pickLevel, readCoverage } from "@/lib/queries/history-levels";

const MINUTE_MS = 60_000;
/** Each is a multiple of the one it replaces at the most columns, so that no axis has fewer than about 60. */
const STEPS_MS = [10, 20, 30, 60, 120, 300, 600, 900, 1_800, 3_600].map((seconds) => seconds * 1_000);
const MOST_COLUMNS = 180;
/** A cause may come this long before the window; the axis has to show it. */
const LEAD_MS = 2 * MINUTE_MS;
/** Up to this length a calm time that lies a little earlier is still drawn beside the window. */
const NEAR_MS = 60 * MINUTE_MS;
const NEAR_LENGTHS = 4;

/** The window and the calm time, in the steps of the axis that all figures share. */
export interface TriageTimes {
  /** Both on bounds of steps. */
  window: TimeRange;
  calm: TimeRange;
  axis: StepAxis;
  /** Whether the calm time is part of the axis. If not, it is read apart. */
  isCalmOnAxis: boolean;
  coverage: Coverage;
}

/** The steps of a window and its calm time, as fine as what is still kept of them allows. */
export async function readTriageTimes(
  db: Db,
  clusterId: number,
  asked: { window: TimeRange; calm: TimeRange },
): Promise<TriageTimes> {
  const [coverage, oldestMetricsMs] = await Promise.all([readCoverage(db, clusterId), findOldestFrame(db, clusterId)]);
  const fromMs = Math.min(asked.calm.fromMs, asked.window.fromMs);
  const level = pickLevel(coverage, STEPS_MS[0] as number, fromMs);
  const isCoarse = level !== "frames" || (oldestMetricsMs !== null && oldestMetricsMs > fromMs + MINUTE_MS);
  const finestMs = isCoarse ? MINUTE_MS : Math.min(MINUTE_MS, coverage.unitMs.frames);
  return { ...planTimes(asked, finestMs), coverage };
}

/** The same from the finest step, without a look at what is kept. */
export function planTimes(
  { window, calm }: { window: TimeRange; calm: TimeRange },
  finestMs: number,
): Omit<TriageTimes, "coverage"> {
  const windowMs = window.toMs - window.fromMs;
  const spanMs = window.toMs - calm.fromMs;
  const nearMs = Math.max(NEAR_MS, NEAR_LENGTHS * (windowMs + calm.toMs - calm.fromMs));
  const isCalmOnAxis = calm.toMs <= window.fromMs && spanMs <= nearMs;
  const fromMs = isCalmOnAxis
    ? Math.min(calm.fromMs, window.fromMs - LEAD_MS)
    : window.fromMs - Math.max(windowMs, LEAD_MS);
  const stepMs = pickStepMs(window.toMs - fromMs, finestMs);
  const inSteps = { window: toSteps(window, stepMs), calm: toSteps(calm, stepMs) };
  const axisFromMs = Math.floor(fromMs / stepMs) * stepMs;
  const columns = Math.round((inSteps.window.toMs - axisFromMs) / stepMs);
  return { ...inSteps, axis: { fromMs: axisFromMs, stepMs, columns }, isCalmOnAxis };
}

/** The range an axis covers. */
export function axisRange({ fromMs, stepMs, columns }: StepAxis): TimeRange {
  return { fromMs, toMs: fromMs + columns * stepMs };
}

function pickStepMs(lengthMs: number, finestMs: number): number {
  const fitting = STEPS_MS.find((stepMs) => stepMs % finestMs === 0 && lengthMs / stepMs <= MOST_COLUMNS);
  return fitting ?? (STEPS_MS.at(-1) as number);
}

/** To the nearest bounds; at least one step. */
function toSteps({ fromMs, toMs }: TimeRange, stepMs: number): TimeRange {
  const from = Math.round(fromMs / stepMs) * stepMs;
  return { fromMs: from, toMs: Math.max(from + stepMs, Math.round(toMs / stepMs) * stepMs) };
}
