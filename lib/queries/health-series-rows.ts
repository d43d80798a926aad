import { type Steps, sumBuckets } from "@/lib/model/metric-sums";
import type { MetricRow, MetricSamples } from "@/lib/model/metrics";
import { histogramQuantile } from "@/lib/model/prometheus-histogram";
import { gaugeFigures, type HealthFigures, toSteps } from "@/lib/queries/health-series-figures";
import { groupBy } from "@/lib/queries/health-series-groups";

/** A quantile of all observations of `_bucket` rows together, times `scale`. */
export function quantileFigures(
  samples: MetricSamples,
  rows: readonly MetricRow[],
  { q, scale }: { q: number; scale: number },
): HealthFigures {
  const quantile = (steps: Steps) => scaled(histogramQuantile(q, sumBuckets(samples, rows, steps)), scale);
  return {
    values: Array.from({ length: samples.columns }, (_, column) => quantile({ first: column, end: column + 1 })),
    over: (range) => quantile(toSteps(samples, range)),
  };
}

/** What counters of one member grew by each second, times `scale`: over the time they were observed. */
export function rateFigures(samples: MetricSamples, rows: readonly MetricRow[], scale: number): HealthFigures {
  const { growth, observedMs } = growthOf(samples, rows);
  const rate = ({ first, end }: Steps) => {
    const grown = sumKnown(growth, first, end);
    const ms = sumKnown(observedMs, first, end);
    return grown === null || ms === null || ms <= 0 ? null : (grown / (ms / 1_000)) * scale;
  };
  return toFigures(samples, rate);
}

/** Growth of one counter by another's, times `scale`; null where the other has not grown. */
export function ratioFigures(
  samples: MetricSamples,
  { over, under, scale }: { over: readonly MetricRow[]; under: readonly MetricRow[]; scale: number },
): HealthFigures {
  const [above, below] = [growthOf(samples, over).growth, growthOf(samples, under).growth];
  const ratio = ({ first, end }: Steps) => {
    const [part, whole] = [sumKnown(above, first, end), sumKnown(below, first, end)];
    return part === null || whole === null || whole === 0 ? null : (part / whole) * scale;
  };
  return toFigures(samples, ratio);
}

/** Where gauges of one member stand: its series added up, the last reading of each step. */
export function standingFigures(samples: MetricSamples, rows: readonly MetricRow[]): HealthFigures {
  const byTarget = groupBy(rows, ({ targetId }) => targetId);
  const values = Array.from({ length: samples.columns }, (_, column) => {
    const sums = [...byTarget.values()].map((own) => sumColumn(own, column)).filter((sum) => sum !== null);
    return sums.length === 0 ? null : Math.max(...sums);
  });
  return gaugeFigures(samples, values);
}

function toFigures(samples: MetricSamples, figure: (steps: Steps) => number | null): HealthFigures {
  return {
    values: Array.from({ length: samples.columns }, (_, column) => figure({ first: column, end: column + 1 })),
    over: (range) => figure(toSteps(samples, range)),
  };
}

/** Growth of each step and how long it was observed, over all targets the member was read at; NaN: it was not. */
function growthOf(
  samples: MetricSamples,
  rows: readonly MetricRow[],
): { growth: Float64Array; observedMs: Float64Array } {
  const growth = new Float64Array(samples.columns).fill(Number.NaN);
  const observedMs = new Float64Array(samples.columns).fill(Number.NaN);
  for (const [targetId, own] of groupBy(rows, (row) => row.targetId)) {
    const observed = samples.observedMs.get(targetId);
    for (let column = 0; column < samples.columns; column++) {
      const sum = sumColumn(own, column);
      const ms = observed?.[column] ?? 0;
      if (sum === null || ms <= 0) continue;
      growth[column] = plus(growth[column] as number, sum);
      observedMs[column] = plus(observedMs[column] as number, ms);
    }
  }
  return { growth, observedMs };
}

function sumColumn(rows: readonly MetricRow[], column: number): number | null {
  let sum: number | null = null;
  for (const { values } of rows) {
    const value = values[column];
    if (value !== null && value !== undefined) sum = (sum ?? 0) + value;
  }
  return sum;
}

function sumKnown(values: Float64Array, first: number, end: number): number | null {
  let sum = Number.NaN;
  for (let i = first; i < end; i++) if (!Number.isNaN(values[i] as number)) sum = plus(sum, values[i] as number);
  return Number.isNaN(sum) ? null : sum;
}

function plus(sum: number, value: number): number {
  return Number.isNaN(sum) ? value : sum + value;
}

function scaled(value: number | null, scale: number): number | null {
  return value === null ? null : value * scale;
}
