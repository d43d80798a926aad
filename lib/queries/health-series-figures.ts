import type { Steps } from "@/lib/model/metric-sums";
import { combineTargets, type MetricCombination } from "@/lib/model/metric-targets";
import type { TimeRange } from "@/lib/model/time-range";

/** Equal steps of time. */
export interface HealthGrid {
  fromMs: number;
  stepMs: number;
  columns: number;
}

/** A figure step by step, and over any longer time. */
export interface HealthFigures {
  /** In the signal's unit; null: nothing was observed. */
  values: (number | null)[];
  /**
   * The figure of a longer time: a quantile of all its observations, the mean rate, the median of a gauge. The range is
   * widened to whole steps of the series. Null: nothing was observed.
   */
  over(range: TimeRange): number | null;
}

/** The steps that a range touches. */
export function toSteps({ fromMs, stepMs, columns }: HealthGrid, range: TimeRange): Steps {
  const first = Math.max(0, Math.floor((range.fromMs - fromMs) / stepMs));
  return { first, end: Math.max(first, Math.min(columns, Math.ceil((range.toMs - fromMs) / stepMs))) };
}

/** A figure that stands somewhere: of a longer time its median. */
export function gaugeFigures(grid: HealthGrid, values: (number | null)[]): HealthFigures {
  return {
    values,
    over(range) {
      const { first, end } = toSteps(grid, range);
      return medianOf(values.slice(first, end));
    },
  };
}

/** The figures of several members as one; null of none. */
export function combineFigures(parts: readonly HealthFigures[], combination: MetricCombination): HealthFigures | null {
  const [first] = parts;
  if (first === undefined || parts.length === 1) return first ?? null;
  const combine = (values: readonly (number | null)[]) =>
    combineTargets(
      values.filter((value) => value !== null),
      combination,
    );
  return {
    values: first.values.map((_, column) => combine(parts.map(({ values }) => values[column] ?? null))),
    over: (range) => combine(parts.map((part) => part.over(range))),
  };
}

/** The middle of what is known; null when nothing is. */
export function medianOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b);
  if (known.length === 0) return null;
  const [low, high] = [known[(known.length - 1) >> 1] as number, known[known.length >> 1] as number];
  return (low + high) / 2;
}
