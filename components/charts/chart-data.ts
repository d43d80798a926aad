import { formatBytes, formatCount, formatPerSecond, formatRatio } from "@/lib/model/units";

/** What the values of a chart are. */
export type ChartUnit =
  | "bytes"
  | "keys"
  | "perSecond"
  | "bytesPerSecond"
  | "milliseconds"
  | "leases"
  | "connections"
  | "count"
  | "ratio";

/** One line or area of a chart. */
export interface ChartSeries {
  id: string;
  /** Its name in the legend: plain text, made visible already. */
  label: string;
  /** One a bucket; null: nobody watched. */
  values: readonly (number | null)[];
  /** What is left over after the named series; drawn in grey. */
  isRest?: boolean;
}

/** A line over a chart's areas: not part of their sum. */
export interface ChartLine {
  id: string;
  label: string;
  values: readonly (number | null)[];
  /** A CSS colour. */
  color: string;
  isDashed?: boolean;
}

/** A limit to hold the values against: a level line across the plot, with what it is: `10 ms, etcd FAQ`. */
export interface ChartLimit {
  value: number;
  label: string;
}

/** A limit is drawn where it is not further above the values than this. */
const LIMIT_IN_SIGHT = 3;

/** The limits that stand in the plot; one far above all values would press them flat. */
export function limitsInSight(limits: readonly ChartLimit[], largest: number): readonly ChartLimit[] {
  return limits.filter(({ value }) => value > 0 && value <= largest * LIMIT_IN_SIGHT);
}

/**
 * A bucket with the value of every series in it, as recharts takes them: `s0`, `s1` … in the series' order, `l0` … for
 * lines.
 */
export type ChartRow = { atMs: number } & Record<string, number | null>;

const UNIT_WORDS: Record<ChartUnit, string> = {
  bytes: "bytes",
  keys: "keys",
  perSecond: "per second",
  bytesPerSecond: "bytes per second",
  milliseconds: "milliseconds",
  leases: "leases",
  connections: "connections",
  count: "count",
  ratio: "per cent",
};

/** The unit as it stands in a title. */
export function unitWords(unit: ChartUnit): string {
  return UNIT_WORDS[unit];
}

/** A value of a chart with its unit, for tooltips and tables: `148 MiB`, `151 /s`. */
export function formatChartValue(value: number, unit: ChartUnit): string {
  if (unit === "bytes") return formatBytes(value);
  if (unit === "bytesPerSecond") return `${formatBytes(value)}/s`;
  if (unit === "perSecond") return `${formatPerSecond(value)} /s`;
  if (unit === "ratio") return formatRatio(value);
  return unit === "milliseconds" ? `${formatPerSecond(value)} ms` : formatCount(value);
}

/** A value on an axis: short, the unit stands in the title where it is not part of the number. */
export function formatTick(value: number, unit: ChartUnit): string {
  if (value === 0) return "0";
  if (unit === "bytes" || unit === "bytesPerSecond") return formatBytes(value).replace(/\.0+(?= )/, "");
  if (unit === "ratio") return `${Number((value * 100).toPrecision(12))} %`;
  if (value >= 1_000_000) return `${value / 1_000_000} M`;
  return value >= 10_000 ? `${value / 1_000} k` : new Intl.NumberFormat("en-US").format(value);
}

/** Series, and lines over them, turned into rows. */
export function toChartRows(
  atMs: readonly number[],
  series: readonly ChartSeries[],
  lines: readonly ChartLine[] = [],
): ChartRow[] {
  return atMs.map((at, index) => {
    const row: ChartRow = { atMs: at };
    series.forEach(({ values }, place) => {
      row[`s${place}`] = values[index] ?? null;
    });
    lines.forEach(({ values }, place) => {
      row[`l${place}`] = values[index] ?? null;
    });
    return row;
  });
}

/** The largest value to be drawn: of the sums when the series are stacked. 0 when there is none. */
export function largestValue(rows: readonly ChartRow[], isStacked: boolean): number {
  let largest = 0;
  for (const row of rows) {
    const known = knownOf(row, "s");
    const top = isStacked ? known.reduce((sum, value) => sum + value, 0) : Math.max(0, ...known);
    largest = Math.max(largest, top, ...knownOf(row, "l"));
  }
  return largest;
}

/** The known values of a row's series (`s`) or lines (`l`). */
function knownOf(row: ChartRow, kind: "s" | "l"): number[] {
  return Object.entries(row).flatMap(([name, value]) => (name.startsWith(kind) && value !== null ? [value] : []));
}

/** Runs of buckets in which nothing is known, as instants: from the first unknown bucket to the next known one. */
export function listGaps(rows: readonly ChartRow[]): { fromMs: number; toMs: number }[] {
  const gaps: { fromMs: number; toMs: number }[] = [];
  let wasUnknown = false;
  for (const row of rows) {
    const { atMs } = row;
    const isUnknown = knownOf(row, "s").length === 0;
    if (isUnknown && !wasUnknown) gaps.push({ fromMs: atMs, toMs: atMs });
    const gap = gaps.at(-1);
    if (gap && (isUnknown || wasUnknown)) gap.toMs = atMs;
    wasUnknown = isUnknown;
  }
  return gaps;
}

/** A sentence for those who cannot see the chart: what the sum of its series came to. */
export function describeChart(rows: readonly ChartRow[], unit: ChartUnit): string {
  const sums = rows.flatMap((row) => {
    const known = knownOf(row, "s");
    return known.length === 0 ? [] : [known.reduce((sum, value) => sum + value, 0)];
  });
  if (sums.length === 0) return "Nothing was observed in this time.";
  const [least, most, last] = [Math.min(...sums), Math.max(...sums), sums.at(-1) as number];
  const words = [least, most, last].map((value) => formatChartValue(value, unit));
  return `Between ${words[0]} and ${words[1]}, ${words[2]} at the end; ${sums.length} of ${rows.length} points observed.`;
}
