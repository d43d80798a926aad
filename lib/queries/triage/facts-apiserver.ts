import type { Db } from "@/lib/db/client";
import { type Steps, sumBuckets } from "@/lib/model/metric-sums";
import type { MetricRow, MetricSamples } from "@/lib/model/metrics";
import { histogramQuantile } from "@/lib/model/prometheus-histogram";
import type { TimeRange } from "@/lib/model/time-range";
import { readMetrics } from "@/lib/queries/metrics";
import { axisRange, type TriageTimes } from "@/lib/queries/triage/times";
import { compareReadings, readBoth } from "@/lib/queries/triage/to-axis";
import type { TriageFacts } from "@/lib/rules/triage/triage-facts";

const FAMILY = "etcd_request_duration_seconds";
/** Apiservers are read each 30 s. */
const SHORTEST_STEP_MS = 60_000;
const Q = 0.99;
const MOST = 20;
/** Of so many of the slowest by their mean the p99 is computed: each has some twenty series of buckets. */
const MOST_CANDIDATES = 30;
/** A p99 of fewer requests says little. */
const FEWEST_REQUESTS = 5;

type ApiserverFacts = NonNullable<TriageFacts["apiserver"]>;

/** What the apiservers see of etcd by operation and resource, the slowest first. Null: none was read. */
export async function readApiserverFacts(
  db: Db,
  clusterId: number,
  times: TriageTimes,
): Promise<ApiserverFacts | null> {
  const stepMs = Math.max(SHORTEST_STEP_MS, times.axis.stepMs);
  const question = { source: "apiserver" as const, stepMs };
  const range = axisRange(times.axis);
  const sums = await readMetrics(db, clusterId, { ...question, names: [`${FAMILY}_sum`, `${FAMILY}_count`], range });
  if (sums.rows.length === 0) return null;
  const slowest = new Set(listSlowest(sums, times));
  const labels = toFilter(slowest);
  const read = (range: TimeRange) =>
    readMetrics(db, clusterId, { ...question, names: [`${FAMILY}_bucket`], range, labels });
  const { axis, calm } = await readBoth(times, range, read);
  const before = calm === axis ? null : groupRows(calm.rows);
  const inWindow = toSteps(axis, times.window);
  return [...groupRows(axis.rows)]
    .filter(([name]) => slowest.has(name))
    .map(([name, rows]) => ({ name, rows, ...figuresOf(axis, rows, inWindow) }))
    .filter(({ requests }) => requests >= FEWEST_REQUESTS)
    .sort((a, b) => (b.p99Ms ?? 0) - (a.p99Ms ?? 0) || (a.name < b.name ? -1 : 1))
    .slice(0, MOST)
    .map(({ name, rows }) => {
      const calmRows = before === null ? rows : (before.get(name) ?? []);
      return toFact(rows, { axis, calm, calmRows, times });
    });
}

/** The slowest of the window by the mean of their requests. */
function listSlowest(sums: MetricSamples, times: TriageTimes): string[] {
  const steps = toSteps(sums, times.window);
  const means = [...groupRows(sums.rows)].flatMap(([name, rows]) => {
    const total = (suffix: string) => {
      const own = rows.filter((row) => row.name === `${FAMILY}_${suffix}`);
      return own.reduce((sum, row) => sum + sumKnown(row.values.slice(steps.first, steps.end)), 0);
    };
    const requests = total("count");
    return requests < FEWEST_REQUESTS ? [] : [{ name, mean: total("sum") / requests }];
  });
  means.sort((a, b) => b.mean - a.mean || (a.name < b.name ? -1 : 1));
  return means.slice(0, MOST_CANDIDATES).map(({ name }) => name);
}

function sumKnown(values: readonly (number | null)[]): number {
  return values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
}

/** Their operations, groups and resources; of the others that so come along nothing is told. */
function toFilter(names: ReadonlySet<string>): Record<"operation" | "group" | "resource", string[]> {
  const parts = [...names].map((name) => JSON.parse(name) as [string, string, string]);
  const listed = (place: 0 | 1 | 2) => [...new Set(parts.map((part) => part[place]))];
  return { operation: listed(0), group: listed(1), resource: listed(2) };
}

function groupRows(rows: readonly MetricRow[]): Map<string, MetricRow[]> {
  const groups = new Map<string, MetricRow[]>();
  for (const row of rows) {
    const { operation = "", group = "", resource = "" } = row.labels;
    const name = JSON.stringify([operation, group, resource]);
    const own = groups.get(name);
    if (own === undefined) groups.set(name, [row]);
    else own.push(row);
  }
  return groups;
}

/** A p99 and how many requests it is of. */
function figuresOf(samples: MetricSamples, rows: readonly MetricRow[], steps: Steps) {
  const buckets = sumBuckets(samples, rows, steps);
  const seconds = histogramQuantile(Q, buckets);
  const requests = buckets.at(-1)?.le === Number.POSITIVE_INFINITY ? (buckets.at(-1)?.count ?? 0) : 0;
  return { p99Ms: seconds === null ? null : seconds * 1_000, requests, isObserved: buckets.length > 0 };
}

function toFact(
  rows: readonly MetricRow[],
  {
    axis,
    calm,
    calmRows,
    times,
  }: { axis: MetricSamples; calm: MetricSamples; calmRows: readonly MetricRow[]; times: TriageTimes },
): ApiserverFacts[number] {
  const { operation = "", group = "", resource = "" } = rows[0]?.labels ?? {};
  const ofAxis = toLines(axis, rows);
  const ofCalm = calm === axis ? ofAxis : toLines(calm, calmRows);
  const overOf = (figure: "p99Ms" | "requestsPerSecond") => (range: TimeRange) =>
    range === times.calm ? ofCalm.over(range)[figure] : ofAxis.over(range)[figure];
  return {
    operation,
    resource: group === "" ? resource : `${resource}.${group}`,
    p99Ms: compareReadings({ axis: ofAxis.p99Ms, calm: ofCalm.p99Ms }, times, {
      ...{ unit: "milliseconds", over: overOf("p99Ms") },
    }),
    requests: compareReadings({ axis: ofAxis.requests, calm: ofCalm.requests }, times, {
      ...{ unit: "perSecond", over: overOf("requestsPerSecond") },
    }),
  };
}

function toLines(samples: MetricSamples, rows: readonly MetricRow[]) {
  const figures = (steps: Steps) => {
    const { p99Ms, requests, isObserved } = figuresOf(samples, rows, steps);
    const seconds = observedSeconds(samples, steps);
    return { p99Ms, requestsPerSecond: isObserved && seconds > 0 ? requests / seconds : null };
  };
  const steps = Array.from({ length: samples.columns }, (_, column) => figures({ first: column, end: column + 1 }));
  const grid = { fromMs: samples.fromMs, stepMs: samples.stepMs };
  return {
    p99Ms: { ...grid, values: steps.map(({ p99Ms }) => p99Ms) },
    requests: { ...grid, values: steps.map(({ requestsPerSecond }) => requestsPerSecond) },
    over: (range: TimeRange) => figures(toSteps(samples, range)),
  };
}

/** Of the apiserver that was read most: requests go to those that answer. */
function observedSeconds({ observedMs }: MetricSamples, { first, end }: Steps): number {
  const totals = [...observedMs.values()].map((ms) => ms.slice(first, end).reduce((sum, part) => sum + part, 0));
  return Math.max(0, ...totals) / 1_000;
}

function toSteps({ fromMs, stepMs, columns }: MetricSamples, range: TimeRange): Steps {
  const first = Math.min(columns, Math.max(0, Math.round((range.fromMs - fromMs) / stepMs)));
  return { first, end: Math.min(columns, Math.max(first + 1, Math.round((range.toMs - fromMs) / stepMs))) };
}
