import type { TriageAnswer, TriageSeries } from "@/lib/api/triage";
import type { TimeRange } from "@/lib/model/time-range";

/** One small chart of the axis: lines that mean the same, of several members or prefixes. */
export interface AxisChart {
  id: string;
  label: string;
  unit: TriageSeries["unit"];
  role: TriageSeries["role"];
  lines: TriageSeries[];
  limits: TriageSeries["limits"];
}

/** Lines a chart tells apart at a glance. */
const MOST_LINES = 4;
const ROLES = ["latency", "suspect", "other"] as const;

/** The charts of an answer: latency first, then suspects, in the order they came; lines of one meaning share one. */
export function toAxisCharts(series: readonly TriageSeries[]): AxisChart[] {
  const charts = new Map<string, AxisChart>();
  for (const one of series) {
    const id = `${one.role} ${one.label} ${one.unit}`;
    const chart = charts.get(id);
    if (chart === undefined) {
      charts.set(id, { id, label: one.label, unit: one.unit, role: one.role, lines: [one], limits: one.limits });
    } else if (chart.lines.length < MOST_LINES) chart.lines.push(one);
  }
  return [...charts.values()].sort((left, right) => ROLES.indexOf(left.role) - ROLES.indexOf(right.role));
}

/** The time an axis spans: to the end of its last step. */
export function axisRange({ atMs, stepSeconds }: TriageAnswer["axis"]): TimeRange {
  const fromMs = atMs[0] ?? 0;
  return { fromMs, toMs: (atMs.at(-1) ?? fromMs) + stepSeconds * 1_000 };
}

/** Where a span lies on the axis, as parts of its width; null: outside of it. */
export function placeOf(span: { from: string; to: string }, { fromMs, toMs }: TimeRange) {
  const at = (instant: string) => Math.max(0, Math.min(1, (Date.parse(instant) - fromMs) / (toMs - fromMs)));
  const [from, to] = [at(span.from), at(span.to)];
  return to > from ? { from, to } : null;
}

/** The step of the axis that holds a place of its width; null: none does. */
export function stepAt({ atMs, stepSeconds }: TriageAnswer["axis"], place: number): number | null {
  const { fromMs, toMs } = axisRange({ atMs, stepSeconds });
  const wanted = fromMs + place * (toMs - fromMs);
  const step = Math.min(atMs.length - 1, Math.floor((wanted - fromMs) / (stepSeconds * 1_000)));
  const begin = atMs[step];
  if (begin !== undefined && wanted >= begin && wanted <= begin + stepSeconds * 1_000) return step;
  const found = atMs.findIndex((at) => wanted >= at && wanted < at + stepSeconds * 1_000);
  return found === -1 ? null : found;
}

/** The largest known value of some lines; 0: nothing is known. */
export function largestOf(lines: readonly Pick<TriageSeries, "values">[]): number {
  let largest = 0;
  for (const { values } of lines) for (const value of values) if (value !== null && value > largest) largest = value;
  return largest;
}

export const PLOT_WIDTH = 1_000;

/**
 * A line as an SVG path in a box of 1,000 by `height`: a point in the middle of every step, broken where nothing is
 * known; a point without neighbours is a short dash.
 */
export function toPath(
  values: readonly (number | null)[],
  axis: TriageAnswer["axis"],
  { top, height }: { top: number; height: number },
): string {
  const { fromMs, toMs } = axisRange(axis);
  const stepMs = axis.stepSeconds * 1_000;
  const parts: string[] = [];
  let before: number | null = null;
  for (let i = 0; i < axis.atMs.length; i++) {
    const value = values[i] ?? null;
    const at = axis.atMs[i] as number;
    const isApart = before === null || at - before > stepMs * 1.5;
    before = value === null ? null : at;
    if (value === null) continue;
    const x = (((at + stepMs / 2 - fromMs) / (toMs - fromMs)) * PLOT_WIDTH).toFixed(1);
    const y = (height - (Math.min(value, top) / top) * height).toFixed(1);
    const isLonely = isApart && (values[i + 1] ?? null) === null;
    parts.push(isLonely ? `M${x} ${y}h3` : `${isApart ? "M" : "L"}${x} ${y}`);
  }
  return parts.join("");
}
