import type { Db } from "@/lib/db/client";
import { type HealthSignalName, healthSignal } from "@/lib/model/health-signals";
import type { TimeRange } from "@/lib/model/time-range";
import type { HealthFigures, HealthGrid } from "@/lib/queries/health-series-figures";
import { type HealthMember, readHealthMembers } from "@/lib/queries/health-series-members";
import { metricNamesOf, toMetricPart } from "@/lib/queries/health-series-metrics";
import { readProbePart } from "@/lib/queries/health-series-probe";
import { readStatusPart } from "@/lib/queries/health-series-status";
import { readMetrics } from "@/lib/queries/metrics";

/** One signal of one member over the steps of its series. */
export interface HealthLine extends HealthFigures {
  signal: HealthSignalName;
  /** Empty: all members together. */
  memberId: string;
  /** The value of the signal's `splitBy` label (of `To` the peer's name); null: all of them together. */
  split: string | null;
}

/** Signals of every member on one axis. A member that tells nothing of a signal has no line of it. */
export interface HealthSeries extends HealthGrid {
  members: HealthMember[];
  lines: HealthLine[];
  /** How much of each step was observed, of the member that was observed most. */
  observedMs: number[];
}

/** What one source tells of it. */
export type HealthPart = Pick<HealthSeries, "lines" | "observedMs">;

export interface HealthQuestion {
  names: readonly HealthSignalName[];
  range: TimeRange;
  /** Steps begin at multiples of it. Further back than single readings are kept they are whole minutes. */
  stepMs: number;
  /** Also all members together, as lines of the member with the empty id. */
  withTotals?: boolean;
}

/**
 * Signals of every member: from metrics, Status samples and the black-box probe. Buckets of a histogram are added up over
 * steps and labels before a quantile is computed. A step without an observation is null.
 */
export async function readHealthSeries(db: Db, clusterId: number, question: HealthQuestion): Promise<HealthSeries> {
  return readLines(db, clusterId, { ...question, withMembers: true });
}

/**
 * The same of all members together: quantiles of their summed buckets, calls added up, what each counts of the cluster
 * as a whole once, the largest of what is each one's own. Every line's member id is empty.
 */
export async function readHealthTotals(db: Db, clusterId: number, question: HealthQuestion): Promise<HealthSeries> {
  return readLines(db, clusterId, { ...question, withMembers: false, withTotals: true });
}

/** The line of a signal and member, not split; undefined where the member does not tell it. */
export function findLine(series: HealthSeries, signal: HealthSignalName, memberId: string): HealthLine | undefined {
  return series.lines.find((line) => line.signal === signal && line.memberId === memberId && line.split === null);
}

async function readLines(
  db: Db,
  clusterId: number,
  question: HealthQuestion & { withMembers: boolean },
): Promise<HealthSeries> {
  const { names, range, stepMs } = question;
  const metricNames = names.flatMap((name) => metricNamesOf(healthSignal(name)));
  const wanted = { source: "etcd" as const, names: [...new Set(metricNames)], range, stepMs };
  const samples = wanted.names.length === 0 ? null : await readMetrics(db, clusterId, wanted);
  const grid: HealthGrid = samples ?? toGrid(range, stepMs);
  const { members, memberOfTarget } = await readHealthMembers(db, clusterId, samples?.targets ?? []);
  const asked = { ...question, grid, range };
  const parts: HealthPart[] = [
    ...(samples === null ? [] : [toMetricPart(samples, { ...question, members, memberOfTarget })]),
    await readStatusPart(db, clusterId, asked),
    await readProbePart(db, clusterId, asked),
  ];
  const { fromMs, columns } = grid;
  const lines = parts.flatMap((part) => part.lines);
  const observedMs = Array.from({ length: columns }, (_, i) =>
    Math.min(grid.stepMs, Math.max(...parts.map((part) => part.observedMs[i] ?? 0))),
  );
  return { fromMs, stepMs: grid.stepMs, columns, members: withFormer(members, lines), lines, observedMs };
}

function toGrid(range: TimeRange, stepMs: number): HealthGrid {
  const fromMs = Math.floor(range.fromMs / stepMs) * stepMs;
  return { fromMs, stepMs, columns: Math.max(0, Math.ceil((range.toMs - fromMs) / stepMs)) };
}

/** Members that have left the cluster since are named by their ids. */
function withFormer(members: readonly HealthMember[], lines: readonly HealthLine[]): HealthMember[] {
  const known = new Set(["", ...members.map(({ memberId }) => memberId)]);
  const former = [...new Set(lines.map(({ memberId }) => memberId))].filter((id) => !known.has(id)).sort();
  return [...members, ...former.map((memberId) => ({ memberId, name: memberId }))];
}
