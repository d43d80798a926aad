import { combinationOf, combineTargets, type MetricCombination } from "@/lib/model/metric-targets";
import type { MetricRow, MetricSamples } from "@/lib/model/metrics";
import { type HistogramBucket, histogramQuantile } from "@/lib/model/prometheus-histogram";

/** Labels a row must have: a value, or one of several. */
export type LabelFilter = Readonly<Record<string, string | readonly string[]>>;

/** Steps of a range: all of them, or from `first` up to but not including `end`. */
export interface Steps {
  first: number;
  end: number;
}

/** The rows of a name, and of some labels. */
export function listRows(samples: MetricSamples, name: string, labels: LabelFilter = {}): MetricRow[] {
  return samples.rows.filter((row) => row.name === name && hasLabels(row.labels, labels));
}

/** Does a series have these labels? */
export function hasLabels(labels: Readonly<Record<string, string>>, filter: LabelFilter): boolean {
  return Object.entries(filter).every(([name, wanted]) => {
    const value = Object.hasOwn(labels, name) ? (labels[name] as string) : "";
    return typeof wanted === "string" ? value === wanted : wanted.includes(value);
  });
}

/** The rows by the value of a label; those without it under the empty text. */
export function groupRows(rows: readonly MetricRow[], label: string): Map<string, MetricRow[]> {
  const groups = new Map<string, MetricRow[]>();
  for (const row of rows) {
    const value = Object.hasOwn(row.labels, label) ? (row.labels[label] as string) : "";
    const group = groups.get(value);
    if (group === undefined) groups.set(value, [row]);
    else group.push(row);
  }
  return groups;
}

/**
 * Counter rows (of one name, with whatever labels) as a rate for each step: what each target's rows grew by together,
 * by the time that target was observed, and then the targets combined as the name wants it. Null where none of them
 * was observed.
 */
export function ratePerSecond(samples: MetricSamples, rows: readonly MetricRow[]): (number | null)[] {
  const targets = byTarget(rows);
  const combination = combinationOfRows(rows);
  return stepsOf(samples, (column) =>
    combine(targets, combination, (id, own) => {
      const observedMs = samples.observedMs.get(id)?.[column] ?? 0;
      const growth = sumStep(own, column);
      return growth === null || observedMs <= 0 ? null : growth / (observedMs / 1_000);
    }),
  );
}

/** The rate of counter rows over the whole range, or some of its steps; null when nothing was observed in it. */
export function averageRate(samples: MetricSamples, rows: readonly MetricRow[], steps = allSteps(samples)) {
  return combine(byTarget(rows), combinationOfRows(rows), (id, own) => {
    const { growth, observedMs } = growthOf(samples, id, { own, steps });
    return growth === null || observedMs <= 0 ? null : growth / (observedMs / 1_000);
  });
}

/** What counter rows grew by over the whole range, or some of its steps, as observed; null when nothing was. */
export function totalGrowth(samples: MetricSamples, rows: readonly MetricRow[], steps = allSteps(samples)) {
  return combine(byTarget(rows), combinationOfRows(rows), (id, own) => growthOf(samples, id, { own, steps }).growth);
}

/** Gauge rows for each step: a target's rows added up, the targets combined as the name wants it. */
export function gaugeSteps(samples: MetricSamples, rows: readonly MetricRow[]): (number | null)[] {
  const targets = byTarget(rows);
  const combination = combinationOfRows(rows);
  return stepsOf(samples, (column) => combine(targets, combination, (_, own) => sumStep(own, column)));
}

/** The last known figure of gauge rows; null when there is none. */
export function lastGauge(samples: MetricSamples, rows: readonly MetricRow[]): number | null {
  return gaugeSteps(samples, rows).findLast((value) => value !== null) ?? null;
}

/** How much of the range a target was observed, in milliseconds. */
export function observedMsOf(samples: MetricSamples, targetId: number, steps = allSteps(samples)): number {
  return (
    samples.observedMs
      .get(targetId)
      ?.slice(steps.first, steps.end)
      .reduce((sum, ms) => sum + ms, 0) ?? 0
  );
}

/** `_bucket` rows of any labels and targets added up by their bound, over the whole range or some of its steps. */
export function sumBuckets(
  samples: MetricSamples,
  rows: readonly MetricRow[],
  { first, end } = allSteps(samples),
): HistogramBucket[] {
  const counts = new Map<number, number>();
  for (const row of rows) {
    const le = boundOf(row.labels.le);
    if (le === null) continue;
    for (let column = first; column < end; column++) {
      const count = row.values[column];
      if (count !== null && count !== undefined) counts.set(le, (counts.get(le) ?? 0) + count);
    }
  }
  return [...counts].map(([le, count]) => ({ le, count })).sort((a, b) => a.le - b.le);
}

/** A quantile over the whole range, or some of its steps: of all observations together, as if they were one histogram. */
export function quantileOf(samples: MetricSamples, rows: readonly MetricRow[], q: number, steps = allSteps(samples)) {
  return histogramQuantile(q, sumBuckets(samples, rows, steps));
}

/** A quantile for each step; null where nothing was observed. */
export function quantileSteps(samples: MetricSamples, rows: readonly MetricRow[], q: number): (number | null)[] {
  return stepsOf(samples, (column) => quantileOf(samples, rows, q, { first: column, end: column + 1 }));
}

function allSteps(samples: MetricSamples): Steps {
  return { first: 0, end: samples.columns };
}

function stepsOf<Value>(samples: MetricSamples, step: (column: number) => Value): Value[] {
  return Array.from({ length: samples.columns }, (_, column) => step(column));
}

function byTarget(rows: readonly MetricRow[]): Map<number, MetricRow[]> {
  const targets = new Map<number, MetricRow[]>();
  for (const row of rows) {
    const own = targets.get(row.targetId);
    if (own === undefined) targets.set(row.targetId, [row]);
    else own.push(row);
  }
  return targets;
}

/** Rows of different names have nothing to do with each other and are added up. */
function combinationOfRows(rows: readonly MetricRow[]): MetricCombination {
  const [first] = rows;
  return first !== undefined && rows.every(({ name }) => name === first.name) ? combinationOf(first.name) : "sum";
}

function combine(
  targets: ReadonlyMap<number, MetricRow[]>,
  combination: MetricCombination,
  figureOf: (targetId: number, rows: readonly MetricRow[]) => number | null,
): number | null {
  const values = [...targets].map(([id, own]) => figureOf(id, own)).filter((value) => value !== null);
  return combineTargets(values, combination);
}

function sumStep(rows: readonly MetricRow[], column: number): number | null {
  let sum: number | null = null;
  for (const { values } of rows) {
    const value = values[column];
    if (value !== null && value !== undefined) sum = (sum ?? 0) + value;
  }
  return sum;
}

/** Growth in the steps that say something, and how long those were observed. */
function growthOf(
  samples: MetricSamples,
  targetId: number,
  { own, steps }: { own: readonly MetricRow[]; steps: Steps },
) {
  let growth: number | null = null;
  let observedMs = 0;
  for (let column = steps.first; column < steps.end; column++) {
    const value = sumStep(own, column);
    if (value === null) continue;
    growth = (growth ?? 0) + value;
    observedMs += samples.observedMs.get(targetId)?.[column] ?? 0;
  }
  return { growth, observedMs };
}

/** `le` as a number; null when it is none. */
function boundOf(le: string | undefined): number | null {
  if (le === "+Inf") return Number.POSITIVE_INFINITY;
  const bound = le === undefined || le === "" ? Number.NaN : Number(le);
  return Number.isNaN(bound) ? null : bound;
}
