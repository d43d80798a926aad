import { expect, test } from "vitest";
import { chartWords, HEALTH_CHARTS, HEALTH_MEASURES, PAIR_MEASURES } from "@/components/members/health-chart-list";
import { COMPARED, type ComparedFigure, clockWords, markOdd } from "@/components/members/side-by-side-figures";
import { listMeasures, MemberSeriesParams } from "@/lib/api/member-series";

const figures = COMPARED.flatMap((section) => section.figures);
const figure = (name: ComparedFigure["name"]) => figures.find((one) => one.name === name) as ComparedFigure;

test.each([
  { name: "requestsPerSecond", values: [30, 10, 10], marks: ["3.0 × the others", null, null] },
  { name: "requestsPerSecond", values: [20, 10, 10], marks: [null, null, null] },
  { name: "requestsPerSecond", values: [9, 1, 1], marks: [null, null, null] },
  { name: "requestsPerSecond", values: [90, null, null], marks: [null, null, null] },
  { name: "connections", values: [90, 0, 0], marks: ["the others: none", null, null] },
  { name: "fsyncP99Ms", values: [10, 9, 11], marks: [null, null, "above 10 ms (etcd FAQ)"] },
  { name: "fsyncP99Ms", values: [9, 2, 2], marks: ["4.5 × the others", null, null] },
  { name: "dbSizeBytes", values: [9e9, 1, 1], marks: [null, null, null] },
] as const)("$name of $values: $marks", ({ name, values, marks }) => {
  expect(markOdd(figure(name), values)).toEqual(marks);
});

test("a clock is told with how sure that is", () => {
  expect(clockWords(-50, 207)).toBe("as ours, ± 129 ms");
  expect(clockWords(480, 520)).toBe("500 ms ahead, ± 20 ms");
  expect(clockWords(-520, -480)).toBe("500 ms behind, ± 20 ms");
});

test("every chart asks for a signal there is, in a request the API takes", () => {
  const asked = [HEALTH_MEASURES, PAIR_MEASURES].flatMap((measure) =>
    listMeasures(MemberSeriesParams.parse({ measure }).measure),
  );
  const charts = HEALTH_CHARTS.flatMap((section) => section.charts);
  expect(asked).toEqual(expect.arrayContaining(charts.map(({ signal }) => signal)));
  for (const chart of charts) expect(chartWords(chart).title).not.toBe("");
});
