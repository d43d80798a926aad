"use client";

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { TimeChart } from "@/components/charts/time-chart";
import { prefixSeriesParams } from "@/components/keyspace/prefix-charts-params";
import { toChartSeries } from "@/components/keyspace/prefix-series";
import type { ChosenPrefix } from "@/components/keyspace/view-search";
import { ProblemNote } from "@/components/ui/problem-note";
import type { RangeParams } from "@/lib/api/common";
import { type SeriesAnswer, type SeriesParams, seriesOptions } from "@/lib/api/prefixes";

/** A prefix over time: its heaviest children on top of each other, or itself when `parts` is 0. */
export function PrefixChart(props: {
  cluster: string;
  chosen: ChosenPrefix;
  range: RangeParams;
  title: string;
  measure: SeriesParams["measure"];
  parts: number;
  height?: number;
}) {
  const { cluster, chosen, range, measure, parts } = props;
  const params = prefixSeriesParams(chosen, range, { measure, children: parts });
  const { data, error, dataUpdatedAt, refetch } = useQuery(seriesOptions(cluster, params));
  const series = useMemo(() => toChartSeries(data), [data]);
  return (
    <div className="page">
      <ProblemNote error={error} dataAtMs={dataUpdatedAt} onRetry={() => refetch()} />
      <TimeChart
        title={props.title}
        unit={data?.unit ?? "bytes"}
        kind="stacked"
        answer={data}
        series={series}
        syncId="prefix"
        {...(props.height === undefined ? {} : { height: props.height })}
        nothing={nothingWords(data)}
      />
    </div>
  );
}

function nothingWords(answer: SeriesAnswer | undefined): string {
  if (answer === undefined || answer.range.observedSeconds === 0) {
    return "Nobody watched in this time. Choose another in the header.";
  }
  return answer.measure === "historyBytes"
    ? "History was not measured in this time."
    : "Nothing is recorded of it: records are kept of whole prefixes that have a row of their own.";
}
