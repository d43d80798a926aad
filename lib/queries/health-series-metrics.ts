import { type HealthOf, type HealthSignal, type HealthSignalName, healthSignal } from "@/lib/model/health-signals";
import { groupRows, hasLabels } from "@/lib/model/metric-sums";
import { combinationOf } from "@/lib/model/metric-targets";
import type { MetricRow, MetricSamples } from "@/lib/model/metrics";
import type { HealthLine, HealthPart } from "@/lib/queries/health-series";
import { combineFigures, type HealthFigures } from "@/lib/queries/health-series-figures";
import { groupBy } from "@/lib/queries/health-series-groups";
import type { HealthMember } from "@/lib/queries/health-series-members";
import { quantileFigures, rateFigures, ratioFigures, standingFigures } from "@/lib/queries/health-series-rows";

/** Whose lines are wanted of what was read. */
interface MetricWish {
  names: readonly HealthSignalName[];
  members: readonly HealthMember[];
  memberOfTarget: ReadonlyMap<number, string>;
  withMembers: boolean;
  withTotals?: boolean;
}

/** The series a signal is computed from; none where it does not come from metrics. */
export function metricNamesOf({ of }: HealthSignal): string[] {
  if (of.kind === "quantile") return [`${of.family}_bucket`];
  if (of.kind === "rate") return [...of.names];
  if (of.kind === "gauge") return [of.name];
  return of.kind === "ratio" ? [of.over, of.under] : [];
}

/** The lines of all signals that come from metrics. */
export function toMetricPart(samples: MetricSamples, wish: MetricWish): HealthPart {
  const ofMembers = samples.rows.filter(({ targetId }) => wish.memberOfTarget.has(targetId));
  const byName = groupBy(ofMembers, ({ name }) => name);
  const observed = [...samples.observedMs].filter(([targetId]) => wish.memberOfTarget.has(targetId));
  return {
    lines: wish.names.flatMap((name) => linesOf(samples, byName, { name, wish })),
    observedMs: Array.from({ length: samples.columns }, (_, i) => Math.max(0, ...observed.map(([, ms]) => ms[i] ?? 0))),
  };
}

function linesOf(
  samples: MetricSamples,
  byName: ReadonlyMap<string, MetricRow[]>,
  { name, wish }: { name: HealthSignalName; wish: MetricWish },
): HealthLine[] {
  const signal = healthSignal(name);
  const filter = "labels" in signal.of ? (signal.of.labels ?? {}) : {};
  const rows = metricNamesOf(signal)
    .flatMap((metric) => byName.get(metric) ?? [])
    .filter(({ labels }) => hasLabels(labels, filter));
  if (rows.length === 0) return [];
  const parts: { split: string | null; rows: MetricRow[] }[] = [{ split: null, rows }];
  if (signal.splitBy !== undefined) parts.push(...splitRows(rows, signal.splitBy, wish.members));
  return parts.flatMap(({ split, rows }) =>
    figuresByMember(samples, signal.of, { rows, wish }).map(({ memberId, figures }) => ({
      signal: name,
      memberId,
      split,
      ...figures,
    })),
  );
}

/** By the values of a label; peers by their names. */
function splitRows(rows: readonly MetricRow[], label: string, members: readonly HealthMember[]) {
  const names = new Map(members.map(({ memberId, name }) => [memberId, name]));
  return [...groupRows(rows, label)]
    .filter(([value]) => value !== "")
    .map(([value, rows]) => ({ split: label === "To" ? (names.get(value.padStart(16, "0")) ?? value) : value, rows }));
}

/** Of each member, and of all together when that is wanted. */
function figuresByMember(
  samples: MetricSamples,
  of: HealthOf,
  { rows, wish }: { rows: readonly MetricRow[]; wish: MetricWish },
): { memberId: string; figures: HealthFigures }[] {
  const groups = groupBy(rows, ({ targetId }) => wish.memberOfTarget.get(targetId) as string);
  const each = [...groups].map(([memberId, own]) => ({ memberId, figures: toFigures(samples, of, own) }));
  const total = wish.withTotals ? totalOf(samples, of, { rows, each }) : null;
  return [...(wish.withMembers ? each : []), ...(total === null ? [] : [{ memberId: "", figures: total }])];
}

/** Of histograms all observations together; of all else what the members' figures make. */
function totalOf(
  samples: MetricSamples,
  of: HealthOf,
  { rows, each }: { rows: readonly MetricRow[]; each: readonly { figures: HealthFigures }[] },
): HealthFigures | null {
  if (of.kind === "quantile" || of.kind === "ratio") return toFigures(samples, of, rows);
  return combineFigures(
    each.map(({ figures }) => figures),
    combinationOf(rows[0]?.name ?? ""),
  );
}

function toFigures(samples: MetricSamples, of: HealthOf, rows: readonly MetricRow[]): HealthFigures {
  if (of.kind === "quantile") return quantileFigures(samples, rows, { q: of.q, scale: of.scale ?? 1_000 });
  if (of.kind === "rate") return rateFigures(samples, rows, of.scale ?? 1);
  if (of.kind !== "ratio") return standingFigures(samples, rows);
  const over = rows.filter(({ name }) => name === of.over);
  const under = rows.filter(({ name }) => name === of.under);
  return ratioFigures(samples, { over, under, scale: of.scale ?? 1 });
}
