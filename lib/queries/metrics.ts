import type { Db } from "@/lib/db/client";
import {
  eachFrame,
  findOldestFrame,
  listSealedHours,
  listSeriesRows,
  listTargetRows,
  type MetricSeriesRow,
  type MetricTargetRow,
  readSealedHour,
} from "@/lib/db/metric-rows";
import { MetricColumns, type MetricGrid } from "@/lib/model/metric-columns";
import { HOUR_COLUMNS, HOUR_STEP_MS } from "@/lib/model/metric-hour";
import { hasLabels, type LabelFilter } from "@/lib/model/metric-sums";
import type { MetricRow, MetricSamples, MetricSource } from "@/lib/model/metrics";
import type { TimeRange } from "@/lib/model/time-range";

const HOUR_MS = 3_600_000;

/** Which figures: series of these names (`…_bucket`, `…_sum` and `…_count` each by its own) and labels. */
export interface MetricQuestion {
  source: MetricSource;
  names: readonly string[];
  range: TimeRange;
  /** The steps begin at multiples of it. */
  stepMs: number;
  labels?: LabelFilter;
}

/**
 * What the members or the apiservers told, in equal steps. Steps shorter than a minute are answered while single
 * readings are kept (a day); further back they are as long as a minute, and `stepMs` of the answer says so. A counter's
 * series that a target did not have yet, beside others of the same name, has grown by 0; what the target's version does
 * not tell at all has no row.
 */
export async function readMetrics(db: Db, clusterId: number, question: MetricQuestion): Promise<MetricSamples> {
  const grid = await pickGrid(db, clusterId, question);
  const targets = await listTargetRows(db, clusterId, question.source);
  const series = await listSeriesRows(db, clusterId, question);
  const byId = new Map(series.map((row) => [row.seriesId, row]));
  const matrices = new Map(
    targets.map(({ targetId }) => [targetId, new MetricColumns(grid, (id) => byId.get(id)?.kind)] as const),
  );
  const range = { fromMs: grid.fromMs, toMs: Math.min(question.range.toMs, grid.fromMs + grid.columns * grid.stepMs) };
  const unsealed = await addSealed(db, clusterId, { grid, range, matrices, wanted: new Set(byId.keys()) });
  for (const part of unsealed) await addFrames(db, clusterId, part, matrices);
  return {
    ...grid,
    targets: targets.map(({ targetId, source, url, memberId }) => ({ targetId, source, url, memberId })),
    observedMs: new Map([...matrices].map(([id, { observedMs }]) => [id, observedMs])),
    rows: targets.flatMap(({ targetId }) =>
      toRows(targetId, matrices.get(targetId) as MetricColumns, { series, labels: question.labels ?? {} }),
    ),
  };
}

/** Where metrics of a cluster are read, and how that goes, oldest first. */
export async function listMetricTargets(db: Db, clusterId: number, source: MetricSource): Promise<MetricTargetRow[]> {
  return listTargetRows(db, clusterId, source);
}

/** Where single readings are no longer kept, or the step is whole minutes anyway, minutes do. */
async function pickGrid(db: Db, clusterId: number, { range, stepMs }: MetricQuestion): Promise<MetricGrid> {
  let unitMs = stepMs;
  if (stepMs % HOUR_STEP_MS !== 0) {
    const oldestMs = (await findOldestFrame(db, clusterId)) ?? Number.POSITIVE_INFINITY;
    const sealed = await listSealedHours(db, clusterId, { fromMs: range.fromMs, toMs: Math.min(range.toMs, oldestMs) });
    if (sealed.length > 0) unitMs = Math.ceil(stepMs / HOUR_STEP_MS) * HOUR_STEP_MS;
  }
  const fromMs = Math.floor(range.fromMs / unitMs) * unitMs;
  return { fromMs, stepMs: unitMs, columns: Math.max(0, Math.ceil((range.toMs - fromMs) / unitMs)) };
}

interface Reading {
  grid: MetricGrid;
  range: TimeRange;
  matrices: ReadonlyMap<number, MetricColumns>;
  wanted: ReadonlySet<number>;
}

/** Stretches of time whose frames are still to be read, of some targets. */
interface OpenPart {
  range: TimeRange;
  targetIds: number[];
}

/** Adds the sealed hours, where minutes are fine enough, and answers what they leave. */
async function addSealed(db: Db, clusterId: number, { grid, range, matrices, wanted }: Reading): Promise<OpenPart[]> {
  const everyone = [...matrices.keys()];
  if (grid.stepMs % HOUR_STEP_MS !== 0) return [{ range, targetIds: everyone }];
  const open: OpenPart[] = [];
  const sealed = await listSealedHours(db, clusterId, { fromMs: floorToHour(range.fromMs), toMs: range.toMs });
  for (let hourMs = floorToHour(range.fromMs); hourMs < range.toMs; hourMs += HOUR_MS) {
    const within = { fromMs: Math.max(range.fromMs, hourMs), toMs: Math.min(range.toMs, hourMs + HOUR_MS) };
    const targetIds = sealed.filter(({ atMs }) => atMs === hourMs).map(({ targetId }) => targetId);
    const kept = targetIds.filter((id) => matrices.has(id));
    if (kept.length > 0) {
      for (const { targetId, hour } of await readSealedHour(db, clusterId, { atMs: hourMs, targetIds: kept, wanted })) {
        const minutes = { fromMs: hourMs, stepMs: HOUR_STEP_MS, columns: HOUR_COLUMNS };
        matrices.get(targetId)?.addColumns(minutes, hour, within);
      }
    }
    addOpen(open, { range: within, targetIds: everyone.filter((id) => !kept.includes(id)) });
  }
  return open;
}

/** Neighbouring hours with the same targets are read in one go. */
function addOpen(open: OpenPart[], part: OpenPart): void {
  if (part.targetIds.length === 0) return;
  const last = open.at(-1);
  const isNext = last?.range.toMs === part.range.fromMs && last.targetIds.join() === part.targetIds.join();
  if (isNext && last !== undefined) last.range = { fromMs: last.range.fromMs, toMs: part.range.toMs };
  else open.push(part);
}

/** Of a frame that reaches beyond the part only its share is taken: the rest is sealed, or out of the range. */
async function addFrames(
  db: Db,
  clusterId: number,
  part: OpenPart,
  matrices: ReadonlyMap<number, MetricColumns>,
): Promise<void> {
  for await (const frame of eachFrame(db, clusterId, part)) matrices.get(frame.targetId)?.add(frame, part.range);
}

function toRows(
  targetId: number,
  matrix: MetricColumns,
  { series, labels: filter }: { series: readonly MetricSeriesRow[]; labels: LabelFilter },
): MetricRow[] {
  const told = toldByName(matrix, series);
  return series.flatMap(({ seriesId, name, labels, kind }) => {
    const values = matrix.series.get(seriesId);
    if (values === undefined || !hasLabels(labels, filter)) return [];
    const isTold = told.get(name) as Uint8Array;
    const known = Array.from(values, (value, column) => {
      if (!Number.isNaN(value)) return value;
      return kind === "counter" && isTold[column] === 1 ? 0 : null;
    });
    return [{ targetId, name, labels, kind, values: known }];
  });
}

/** In which steps a target told something under a name. */
function toldByName(matrix: MetricColumns, series: readonly MetricSeriesRow[]): Map<string, Uint8Array> {
  const told = new Map<string, Uint8Array>();
  for (const { seriesId, name } of series) {
    const values = matrix.series.get(seriesId);
    if (values === undefined) continue;
    const columns = told.get(name) ?? new Uint8Array(values.length);
    for (let column = 0; column < values.length; column++) if (!Number.isNaN(values[column])) columns[column] = 1;
    told.set(name, columns);
  }
  return told;
}

function floorToHour(atMs: number): number {
  return Math.floor(atMs / HOUR_MS) * HOUR_MS;
}
