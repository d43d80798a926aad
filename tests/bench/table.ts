import { median } from "@/tests/bench/statistics";
import { judge, type Measure, TARGETS, type Target } from "@/tests/bench/targets";

/** One line of the result. */
export interface Row {
  measure: Measure;
  /** What sets this line apart from others of its measure: the API's path, the shape of a keyspace. */
  detail?: string;
  /** etcd's, or empty where none takes part. */
  version?: string;
  /** What is judged, one value a round. Empty: it could not be measured, and `note` says why. */
  values: readonly number[];
  ours?: string;
  peer?: string;
  note?: string;
}

const HEADINGS = ["measure", "etcd", "ours", "peer", "ratio", "must", "aim", "verdict", "n", "spread"] as const;

/** The table as markdown; padded, so that it is the same on a terminal. Notes follow it, numbered. */
export function renderTable(rows: readonly Row[]): string {
  const order = Object.keys(TARGETS);
  const sorted = [...rows].sort((a, b) => order.indexOf(a.measure) - order.indexOf(b.measure));
  const notes = [...new Set(sorted.map(({ note }) => note).filter((note) => note !== undefined))];
  const cells = sorted.map((row) => toCells(row, notes));
  const widths = HEADINGS.map((heading, i) =>
    Math.max(heading.length, ...cells.map((line) => [...(line[i] ?? "")].length)),
  );
  const renderLine = (line: readonly string[]) =>
    `| ${line.map((cell, i) => cell + " ".repeat((widths[i] ?? 0) - [...cell].length)).join(" | ")} |`;
  const rule = widths.map((width) => "-".repeat(width));
  const lines = [renderLine(HEADINGS), renderLine(rule), ...cells.map(renderLine)];
  return [...lines, "", ...notes.map((note, i) => `${i + 1}. ${note}`)].join("\n");
}

function toCells(row: Row, notes: readonly string[]): string[] {
  const target: Target = TARGETS[row.measure];
  const mark = row.note === undefined ? "" : ` [${notes.indexOf(row.note) + 1}]`;
  const name = `${target.measure}${row.detail ? `: ${row.detail}` : ""}${mark}`;
  const sign = target.isMoreBetter ? "≥" : "≤";
  const limits = [target.must, target.aim].map((limit) => (limit === null ? "" : `${sign} ${format(limit, target)}`));
  if (row.values.length === 0)
    return [name, row.version ?? "", "", row.peer ?? "", "", ...limits, "not measured", "0", ""];
  const value = median(row.values);
  const isRatio = target.unit === "x";
  return [
    name,
    row.version ?? "",
    row.ours ?? (isRatio ? "" : format(value, target)),
    row.peer ?? "budget",
    isRatio ? format(value, target) : "",
    ...limits,
    judge(target, value),
    String(row.values.length),
    row.values.length < 2
      ? ""
      : `${format(Math.min(...row.values), target)} – ${format(Math.max(...row.values), target)}`,
  ];
}

function format(value: number, { unit }: Target): string {
  if (unit === "x") return `${value.toFixed(2)}x`;
  if (unit === "/s") return `${Math.round(value).toLocaleString("en")}/s`;
  return `${value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2)} ${unit}`;
}
