"use client";

import { useMemo } from "react";
import type { ChartSeries } from "@/components/charts/chart-data";
import { type ChartAnswer, TimeChart } from "@/components/charts/time-chart";
import { formatSeconds, PURPOSE_WORDS, sumFigures } from "@/components/cost/cost-words";
import type { Column } from "@/components/tables/column";
import { DataTable } from "@/components/tables/data-table";
import { Empty } from "@/components/ui/empty";
import { OriginNote } from "@/components/ui/origin";
import { Time } from "@/components/ui/time";
import type { CostAnswer, CostParams, CostRow } from "@/lib/api/cost";
import { clusterPath, toSearch } from "@/lib/api/get-json";
import { formatBytes, formatCount } from "@/lib/model/units";

const HOUR_SECONDS = 3_600;
const CHART_HOURS = 3;

/** What reading the cluster cost it: a sentence, a row a purpose, and hour by hour. */
export function CostPanel({ cluster, params, answer }: { cluster: string; params: CostParams; answer: CostAnswer }) {
  const total = sumFigures(answer.items);
  return (
    <>
      <DataTable
        label="Collector cost"
        note={
          <>
            since <Time at={answer.range.from} style="minute" />, <OriginNote origin={answer.origin} at={answer.at} />
          </>
        }
        rows={answer.items}
        columns={COLUMNS}
        rowKey={(row) => row.purpose}
        exportHref={(format) => clusterPath(cluster, "/cost") + toSearch({ ...params, format })}
        empty={<Empty title="Nothing yet">What is asked of the cluster is written here every ten seconds.</Empty>}
        footer={`In all ${formatCount(total.requests)} requests, ${formatSeconds(total.requestSeconds)}, ${formatBytes(total.receivedBytes)} received.`}
      />
      {answer.range.hours >= CHART_HOURS && <CostChart answer={answer} />}
    </>
  );
}

function CostChart({ answer }: { answer: CostAnswer }) {
  const { chart, series } = useMemo(() => toChart(answer), [answer]);
  return (
    <TimeChart title="Received, by hour" unit="bytes" kind="stacked" answer={chart} series={series} height={150} />
  );
}

/** Bytes received by hour and purpose; an hour in which nothing was asked cost nothing. */
function toChart({ items, hours, range, origin }: CostAnswer): { chart: ChartAnswer; series: ChartSeries[] } {
  const fromMs = Date.parse(range.from);
  const atMs = Array.from({ length: Math.ceil(range.hours) }, (_, i) => fromMs + i * HOUR_SECONDS * 1_000);
  const bytesOf = new Map(hours.map((row) => [`${row.purpose} ${Date.parse(row.hour)}`, row.receivedBytes]));
  const series = items
    .filter(({ receivedBytes }) => receivedBytes > 0)
    .map(({ purpose }) => ({
      id: purpose,
      label: PURPOSE_WORDS[purpose].name,
      values: atMs.map((at) => bytesOf.get(`${purpose} ${at}`) ?? 0),
    }));
  const observedSeconds = range.hours * HOUR_SECONDS;
  return { chart: { atMs, stepSeconds: HOUR_SECONDS, range: { ...range, observedSeconds }, origin }, series };
}

const COLUMNS: readonly Column<CostRow>[] = [
  {
    id: "purpose",
    header: "For",
    width: 264,
    value: ({ purpose }) => PURPOSE_WORDS[purpose].name,
    cell: ({ purpose }) => (
      <>
        {PURPOSE_WORDS[purpose].name} <span className="faint">{PURPOSE_WORDS[purpose].what}</span>
      </>
    ),
  },
  figure("requests", "Requests", formatCount),
  figure("requestSeconds", "Request time", formatSeconds, "How long the answers took; watches are not counted"),
  figure("keys", "Keys read", formatCount),
  figure("events", "Events", formatCount, "Writes told on the watch"),
  figure("receivedBytes", "Received", formatBytes),
  {
    id: "perHour",
    header: "Per hour",
    hint: "Request time and bytes received in an average hour",
    numeric: true,
    width: 168,
    value: ({ perHour }) => perHour.requestSeconds,
    cell: ({ perHour }) => `${formatSeconds(perHour.requestSeconds)}, ${formatBytes(perHour.receivedBytes)}`,
  },
];

type Figure = "requests" | "requestSeconds" | "keys" | "events" | "receivedBytes";

function figure(id: Figure, header: string, format: (value: number) => string, hint?: string): Column<CostRow> {
  return { id, header, hint, numeric: true, value: (row) => row[id], cell: (row) => format(row[id]) };
}
