import type { HealthUnit } from "@/lib/model/health-signals";
import { BAND_FLOORS, bandLimit, bandOf } from "@/lib/model/spike-band";
import type { TimeRange } from "@/lib/model/time-range";

/** Equal steps of time, the first of which begins at `fromMs`. */
export interface StepAxis {
  fromMs: number;
  stepMs: number;
  columns: number;
}

/** The two times that are compared; both on bounds of the axis' steps. The calm may lie before the axis. */
export interface ComparedTimes {
  calm: TimeRange;
  window: TimeRange;
}

/** A figure over the calm time and over the window beside it; null: not known. */
export interface MovedFigure {
  /** One a step of the axis. */
  values: readonly (number | null)[];
  calm: number | null;
  window: number | null;
  /** The highest step of each. */
  calmWorst: number | null;
  worst: number | null;
  worstAtMs: number | null;
  movedAtMs: number | null;
}

export interface MovedOptions {
  /** Chooses the floor below which nothing is unusual. */
  unit: HealthUnit;
  /** The figure of a whole range, where it is more than the mean of its steps. */
  over?: (range: TimeRange) => number | null;
  /** The steps of the calm time, where it does not lie on the axis. */
  calmValues?: readonly (number | null)[];
}

/** A cause may come this long before what it causes is felt, if it goes on. */
const LEAD_MS = 120_000;
/** What was over so many steps before the window is not what the window is about. */
const STEPS_BEFORE = 3;
/** Of so many steps in a row, so many have to be unusual: one alone is noise. */
const STEPS_LOOKED_AT = 3;
const STEPS_UNUSUAL = 2;

/**
 * Compares a figure's window with its calm time. A step has left the band of the calm steps when it is above it and so is
 * another of the two that follow; what is not known is not above it. `movedAtMs` is the first such step of the window or
 * of the three steps before it, or where that run of steps, at most one in a row within the band, began: two minutes
 * before the window at the earliest. Null: it has not moved, or nothing is known of the calm.
 */
export function compareMoved(
  values: readonly (number | null)[],
  axis: StepAxis,
  { calm, window }: ComparedTimes,
  { unit, over, calmValues }: MovedOptions,
): MovedFigure {
  const calmSteps = calmValues ?? stepsIn(values, axis, calm);
  const windowSteps = stepsIn(values, axis, window);
  const worstStep = highestStep(windowSteps);
  const firstStep = toStep(axis, window.fromMs);
  return {
    values,
    calm: over ? over(calm) : meanOf(calmSteps),
    window: over ? over(window) : meanOf(windowSteps),
    calmWorst: calmSteps[highestStep(calmSteps)] ?? null,
    worst: windowSteps[worstStep] ?? null,
    worstAtMs: worstStep < 0 ? null : axis.fromMs + (firstStep + worstStep) * axis.stepMs,
    movedAtMs: findMove(values, axis, { calmSteps, window, unit }),
  };
}

/** The steps of a range, as far as they lie on the axis. */
export function stepsIn<Value>(values: readonly Value[], axis: StepAxis, { fromMs, toMs }: TimeRange): Value[] {
  const last = Math.min(axis.columns, Math.ceil((toMs - axis.fromMs) / axis.stepMs));
  return values.slice(toStep(axis, fromMs), Math.max(0, last));
}

/** The mean of what is known; null when nothing is. */
export function meanOf(values: readonly (number | null)[]): number | null {
  let sum = 0;
  let known = 0;
  for (const value of values) {
    if (value === null) continue;
    sum += value;
    known++;
  }
  return known === 0 ? null : sum / known;
}

function toStep({ fromMs, stepMs }: StepAxis, atMs: number): number {
  return Math.max(0, Math.floor((atMs - fromMs) / stepMs));
}

/** The place of the highest value, of equal ones the first; -1: none is known. */
function highestStep(values: readonly (number | null)[]): number {
  let highest = -1;
  for (const [step, value] of values.entries()) {
    if (value !== null && (highest < 0 || value > (values[highest] as number))) highest = step;
  }
  return highest;
}

function findMove(
  values: readonly (number | null)[],
  axis: StepAxis,
  { calmSteps, window, unit }: { calmSteps: readonly (number | null)[]; window: TimeRange; unit: HealthUnit },
): number | null {
  const band = bandOf(calmSteps);
  if (band === null) return null;
  const limit = bandLimit(band, BAND_FLOORS[unit]);
  const end = Math.min(axis.columns, Math.ceil((window.toMs - axis.fromMs) / axis.stepMs));
  const isUnusual = (step: number) => step < end && (values[step] ?? Number.NEGATIVE_INFINITY) > limit;
  const isMove = (step: number) => {
    let unusual = 0;
    for (let next = step; next < step + STEPS_LOOKED_AT; next++) if (isUnusual(next)) unusual++;
    return isUnusual(step) && unusual >= STEPS_UNUSUAL;
  };
  const earliest = toStep(axis, window.fromMs - LEAD_MS);
  let began = Math.max(earliest, toStep(axis, window.fromMs) - STEPS_BEFORE);
  while (began < end && !isMove(began)) began++;
  if (began >= end) return null;
  for (let step = began - 1; step >= Math.max(earliest, began - STEPS_UNUSUAL); step--) if (isMove(step)) began = step;
  return axis.fromMs + began * axis.stepMs;
}
