import { expect, test } from "vitest";
import { toChartSeries } from "@/components/keyspace/prefix-series";
import type { SeriesAnswer } from "@/lib/api/prefixes";

type Series = SeriesAnswer["series"];

function answer(series: Series): SeriesAnswer {
  const range = { from: "2026-11-21T11:00:00.000Z", to: "2026-11-21T12:00:00.000Z", observedSeconds: 60 };
  return { measure: "keys", unit: "keys", stepSeconds: 30, atMs: [0, 1], series, range, origin: "exact" };
}
const part = (prefix: string, kind: Series[number]["kind"], values: (number | null)[]) => ({
  prefix,
  prefixBase64: null,
  kind,
  values,
});

test("children and the rest are drawn, not the sum of them", () => {
  const series = toChartSeries(
    answer([
      part("/r/", "prefix", [9, null]),
      part("/r/a/", "prefix", [5, null]),
      part("/r/", "other", [3, null]),
      part("/r/", "rest", [1, null]),
    ]),
  );
  expect(series.map(({ label, isRest }) => [label, isRest])).toEqual([
    ["a/", false],
    ["other prefixes", true],
    ["everything else", true],
  ]);
});

test("a rest of nothing is left out, and a prefix without children is drawn itself", () => {
  const parts = [part("/r/", "prefix", [5, null]), part("/r/a/", "prefix", [5, null]), part("/r/", "rest", [0, null])];
  expect(toChartSeries(answer(parts)).map(({ label }) => label)).toEqual(["a/"]);
  expect(toChartSeries(answer([part("", "prefix", [1, 2])])).map(({ label }) => label)).toEqual(["all keys"]);
  expect(toChartSeries(undefined)).toEqual([]);
});
