"use client";

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { TimeChart } from "@/components/charts/time-chart";
import type { sizeParams } from "@/components/keyspace/overview-search";
import { toChartSeries } from "@/components/keyspace/prefix-series";
import { toSizeLines } from "@/components/keyspace/size-lines";
import { ProblemNote } from "@/components/ui/problem-note";
import { memberSeriesOptions } from "@/lib/api/member-series";
import { seriesOptions } from "@/lib/api/prefixes";

/** The live bytes of a prefix's heaviest children over time, against the file they lie in and its quota. */
export function SizeChart(props: {
  cluster: string;
  params: ReturnType<typeof sizeParams>;
  quotaBackendBytes: number | null;
}) {
  const { cluster, params, quotaBackendBytes } = props;
  const { data, error, dataUpdatedAt, refetch } = useQuery(seriesOptions(cluster, params.live));
  const file = useQuery(memberSeriesOptions(cluster, params.file));
  const series = useMemo(() => toChartSeries(data), [data]);
  const lines = useMemo(() => toSizeLines(data, file.data, quotaBackendBytes), [data, file.data, quotaBackendBytes]);
  return (
    <div className="page">
      <ProblemNote error={error ?? file.error} dataAtMs={dataUpdatedAt} onRetry={() => [refetch(), file.refetch()]} />
      <TimeChart
        title="Size over time"
        unit="bytes"
        kind="stacked"
        answer={data}
        series={series}
        lines={lines}
        syncId="prefix"
        nothing="Nobody watched in this time. Choose another in the header."
      />
    </div>
  );
}
