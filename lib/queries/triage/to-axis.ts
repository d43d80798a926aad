import { compareMoved, type MovedFigure, type MovedOptions, type StepAxis } from "@/lib/model/moved";
import type { TimeRange } from "@/lib/model/time-range";
import type { TriageTimes } from "@/lib/queries/triage/times";

/** Values in equal steps of their own. */
export interface Stepped {
  fromMs: number;
  stepMs: number;
  values: readonly (number | null)[];
}

/**
 * Values on the steps of an axis. Where their own steps are longer, each of the axis' steps says what the longer one
 * does that it begins in.
 */
export function toAxis({ fromMs, stepMs, values }: Stepped, axis: StepAxis): (number | null)[] {
  if (fromMs === axis.fromMs && stepMs === axis.stepMs && values.length === axis.columns) return [...values];
  return Array.from({ length: axis.columns }, (_, column) => {
    const step = Math.floor((axis.fromMs + column * axis.stepMs - fromMs) / stepMs);
    return values[step] ?? null;
  });
}

/** What a reading says of the axis, and of the calm time where that lies elsewhere. */
export interface TwoReadings<Reading> {
  axis: Reading;
  calm: Reading;
}

/** Reads the axis, and the calm time beside it unless it is part of it. */
export async function readBoth<Reading>(
  times: TriageTimes,
  axisOf: TimeRange,
  read: (range: TimeRange) => Promise<Reading>,
): Promise<TwoReadings<Reading>> {
  if (times.isCalmOnAxis) {
    const axis = await read(axisOf);
    return { axis, calm: axis };
  }
  const [axis, calm] = await Promise.all([read(axisOf), read(times.calm)]);
  return { axis, calm };
}

/** A figure that was read in both readings, compared. */
export function compareReadings(
  readings: TwoReadings<Stepped | null>,
  times: TriageTimes,
  options: Pick<MovedOptions, "unit" | "over">,
): MovedFigure {
  const { axis } = times;
  const values = readings.axis === null ? unknown(axis.columns) : toAxis(readings.axis, axis);
  if (times.isCalmOnAxis) return compareMoved(values, axis, times, options);
  const calmAxis = toCalmAxis(times);
  const calmValues = readings.calm === null ? [] : toAxis(readings.calm, calmAxis);
  return compareMoved(values, axis, times, { ...options, calmValues });
}

/** The steps of a calm time that lies elsewhere. */
export function toCalmAxis({ calm, axis: { stepMs } }: TriageTimes): StepAxis {
  return { fromMs: calm.fromMs, stepMs, columns: Math.round((calm.toMs - calm.fromMs) / stepMs) };
}

function unknown(columns: number): null[] {
  return new Array<null>(columns).fill(null);
}
