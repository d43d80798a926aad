import { expect, test } from "vitest";
import {
  type ChartSeries,
  describeChart,
  formatChartValue,
  formatTick,
  largestValue,
  limitsInSight,
  listGaps,
  toChartRows,
} from "@/components/charts/chart-data";

const series: ChartSeries[] = [
  { id: "a", label: "a/", values: [1, null, null, 4] },
  { id: "b", label: "b/", values: [2, null, null, 1] },
];
const rows = toChartRows([0, 10, 20, 30], series);

test("what nobody watched stays null", () => {
  expect(rows[1]).toEqual({ atMs: 10, s0: null, s1: null });
  expect(rows[3]).toEqual({ atMs: 30, s0: 4, s1: 1 });
});

test("a gap reaches from the first unknown bucket to the next known one", () => {
  expect(listGaps(rows)).toEqual([{ fromMs: 10, toMs: 30 }]);
  expect(listGaps(toChartRows([0, 10], [{ id: "a", label: "a", values: [null, null] }]))).toEqual([
    { fromMs: 0, toMs: 10 },
  ]);
  expect(listGaps(toChartRows([0], [{ id: "a", label: "a", values: [0] }]))).toEqual([]);
});

test("the axis of stacked areas holds their sum", () => {
  expect(largestValue(rows, true)).toBe(5);
  expect(largestValue(rows, false)).toBe(4);
  expect(largestValue([], true)).toBe(0);
});

test("a line over the areas is no part of their sum, but has its room", () => {
  const withLine = toChartRows([0, 10], series, [{ id: "quota", label: "quota", color: "red", values: [null, 90] }]);
  expect(withLine[1]).toEqual({ atMs: 10, s0: null, s1: null, l0: 90 });
  expect(largestValue(withLine, true)).toBe(90);
  expect(describeChart(withLine, "keys")).toBe("Between 3 and 3, 3 at the end; 1 of 2 points observed.");
  expect(listGaps(withLine)).toEqual([{ fromMs: 10, toMs: 10 }]);
});

test("a chart says in words what it shows, and when it shows nothing", () => {
  expect(describeChart(rows, "keys")).toBe("Between 3 and 5, 5 at the end; 2 of 4 points observed.");
  expect(describeChart(toChartRows([0], [{ id: "a", label: "a", values: [null] }]), "keys")).toBe(
    "Nothing was observed in this time.",
  );
});

test.each([
  { value: 1_536, unit: "bytes", text: "1.50 KiB", tick: "1.50 KiB" },
  { value: 50 * 1024 ** 2, unit: "bytes", text: "50.0 MiB", tick: "50 MiB" },
  { value: 1_024, unit: "bytesPerSecond", text: "1.00 KiB/s", tick: "1 KiB" },
  { value: 151.4, unit: "perSecond", text: "151 /s", tick: "151.4" },
  { value: 40_000, unit: "keys", text: "40,000", tick: "40 k" },
  { value: 0, unit: "bytes", text: "0 B", tick: "0" },
] as const)("$value $unit reads $text, on an axis $tick", ({ value, unit, text, tick }) => {
  expect(formatChartValue(value, unit)).toBe(text);
  expect(formatTick(value, unit)).toBe(tick);
});

test("a limit far above all values is not drawn: it would press them flat", () => {
  const limits = [
    { value: 10, label: "10 ms" },
    { value: 500, label: "500 ms" },
  ];
  expect(limitsInSight(limits, 41)).toEqual([limits[0]]);
  expect(limitsInSight(limits, 3)).toEqual([]);
  expect(limitsInSight(limits, 600)).toEqual(limits);
});
