import { describe, expect, test } from "vitest";
import {
  averageRate,
  gaugeSteps,
  groupRows,
  lastGauge,
  listRows,
  quantileOf,
  quantileSteps,
  ratePerSecond,
  totalGrowth,
} from "@/lib/model/metric-sums";
import { combinationOf, combineTargets } from "@/lib/model/metric-targets";
import type { MetricKind, MetricRow, MetricSamples } from "@/lib/model/metrics";

const row = (
  targetId: number,
  name: string,
  values: (number | null)[],
  { labels = {}, kind = "counter" as MetricKind } = {},
): MetricRow => ({ targetId, name, labels, kind, values });

/** Three steps of ten seconds; target 2 was not read in the last and for half of the second. */
function samplesOf(rows: MetricRow[]): MetricSamples {
  const target = (targetId: number) => ({
    targetId,
    source: "etcd" as const,
    url: `http://m${targetId}`,
    memberId: null,
  });
  return {
    fromMs: 0,
    stepMs: 10_000,
    columns: 3,
    targets: [target(1), target(2)],
    observedMs: new Map([
      [1, Float64Array.of(10_000, 10_000, 10_000)],
      [2, Float64Array.of(10_000, 5_000, 0)],
    ]),
    rows,
  };
}

describe("rates", () => {
  const calls = [
    row(1, "grpc_server_started_total", [100, 0, 50], { labels: { grpc_method: "Range" } }),
    row(1, "grpc_server_started_total", [10, 10, 10], { labels: { grpc_method: "Txn" } }),
    row(2, "grpc_server_started_total", [20, 20, null], { labels: { grpc_method: "Range" } }),
  ];
  const samples = samplesOf(calls);

  test("each target by the time it was observed, then added up", () => {
    expect(ratePerSecond(samples, calls)).toEqual([13, 1 + 4, 6]);
    expect(averageRate(samples, calls)).toBeCloseTo(180 / 30 + 40 / 15, 9);
    expect(totalGrowth(samples, calls)).toBe(220);
  });

  test("of some labels, and by the value of a label", () => {
    const ranges = listRows(samples, "grpc_server_started_total", { grpc_method: ["Range", "Other"] });
    expect(ratePerSecond(samples, ranges)).toEqual([12, 4, 5]);
    expect([...groupRows(calls, "grpc_method").keys()]).toEqual(["Range", "Txn"]);
    expect(listRows(samples, "grpc_server_started_total", { grpc_method: "Txn" })).toHaveLength(1);
    expect(listRows(samples, "constructor")).toEqual([]);
  });

  test("null, not 0, where nobody was observed, and of nothing", () => {
    expect(ratePerSecond(samples, [row(2, "grpc_server_started_total", [null, null, null])])).toEqual([
      null,
      null,
      null,
    ]);
    expect(ratePerSecond(samples, [])).toEqual([null, null, null]);
    expect(averageRate(samples, [])).toBeNull();
    expect(totalGrowth(samples, [], { first: 0, end: 0 })).toBeNull();
  });

  test("what every member counts alike is not added up", () => {
    const puts = [row(1, "etcd_mvcc_put_total", [30, 30, 30]), row(2, "etcd_mvcc_put_total", [30, 14, null])];
    expect(ratePerSecond(samples, puts)).toEqual([3, 2.8, 3]);
    expect(combinationOf("etcd_mvcc_put_total")).toBe("same");
    expect(combineTargets([5, 1, 2], "same")).toBe(2); // one catches up, one lags
    expect(combineTargets([5, 1, 2], "most")).toBe(5);
    expect(combineTargets([5, 1, 2], "sum")).toBe(8);
    expect(combineTargets([], "sum")).toBeNull();
  });
});

test("gauges: the labels of a target add up, the targets by what the figure means", () => {
  const gauge = { kind: "gauge" as const };
  const watches = [
    row(1, "apiserver_longrunning_requests", [3, 4, null], { ...gauge, labels: { verb: "WATCH" } }),
    row(1, "apiserver_longrunning_requests", [1, 1, null], { ...gauge, labels: { verb: "CONNECT" } }),
    row(2, "apiserver_longrunning_requests", [5, null, null], gauge),
  ];
  expect(gaugeSteps(samplesOf(watches), watches)).toEqual([9, 5, null]);
  expect(lastGauge(samplesOf(watches), watches)).toBe(5);
  const objects = [
    row(1, "apiserver_resource_objects", [7, 7, 8], gauge),
    row(2, "apiserver_resource_objects", [7, 8, 8], gauge),
  ];
  expect(gaugeSteps(samplesOf(objects), objects)).toEqual([7, 7, 8]);
  const sizes = [
    row(1, "etcd_mvcc_db_total_size_in_bytes", [7, 7, 8], gauge),
    row(2, "etcd_mvcc_db_total_size_in_bytes", [9, 9, 9], gauge),
  ];
  expect(gaugeSteps(samplesOf(sizes), sizes)).toEqual([9, 9, 9]);
});

test("a quantile is that of all observations: steps and targets are added up first", () => {
  const bucket = (targetId: number, le: string, values: number[]) =>
    row(targetId, "h_bucket", values, { labels: { le } });
  const rows = [
    bucket(1, "1", [98, 0, 0]),
    bucket(1, "10", [98, 0, 0]),
    bucket(1, "+Inf", [98, 0, 0]),
    bucket(2, "1", [0, 0, 0]),
    bucket(2, "10", [0, 2, 0]),
    bucket(2, "+Inf", [0, 2, 0]),
  ];
  const samples = samplesOf(rows);
  expect(quantileOf(samples, rows, 0.99)).toBe(5.5);
  expect(quantileSteps(samples, rows, 0.5)).toEqual([0.5, 5.5, null]);
  expect(quantileOf(samples, rows, 0.5, { first: 1, end: 3 })).toBe(5.5);
});
