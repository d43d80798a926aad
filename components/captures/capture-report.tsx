"use client";

import { useMemo } from "react";
import { keyColumns, prefixColumns, REQUEST_COLUMNS } from "@/components/captures/capture-columns";
import { capturedSeconds } from "@/components/captures/capture-words";
import type { ChartSeries } from "@/components/charts/chart-data";
import { type ChartAnswer, TimeChart } from "@/components/charts/time-chart";
import { DataTable } from "@/components/tables/data-table";
import { Empty } from "@/components/ui/empty";
import { Fact, Facts } from "@/components/ui/facts";
import { OriginNote } from "@/components/ui/origin";
import type { CaptureAnswer } from "@/lib/api/captures";
import { clusterPath, toSearch } from "@/lib/api/get-json";
import { formatBytes, formatCount, formatPerSecond, splitBytes } from "@/lib/model/units";

/** The report of a capture that is over: totals, seconds, keys, prefixes, requests. */
export function CaptureReport({ cluster, report }: { cluster: string; report: CaptureAnswer }) {
  const keys = useMemo(() => keyColumns(cluster), [cluster]);
  const prefixes = useMemo(() => prefixColumns(cluster), [cluster]);
  const { otherKeys } = report;
  return (
    <>
      <CaptureFacts report={report} />
      <PerSecond report={report} />
      <DataTable
        label="Keys written"
        note={<OriginNote origin={report.origin} at={report.endedAt} />}
        rows={report.items}
        columns={keys}
        rowKey={(row) => row.keyBase64 ?? row.key}
        exportHref={(format) =>
          clusterPath(cluster, `/captures/${encodeURIComponent(report.id)}`) + toSearch({ format })
        }
        empty={<Empty title="No key was written">Not one put or delete came in these seconds.</Empty>}
        {...(otherKeys.keys > 0
          ? {
              footer: `And ${formatCount(otherKeys.keys)} keys more, with ${formatCount(otherKeys.puts)} puts, ${formatCount(
                otherKeys.deletes,
              )} deletes and ${formatBytes(otherKeys.writtenBytes)}: only the most written are listed.`,
            }
          : {})}
      />
      <DataTable
        label="Prefixes written"
        rows={report.prefixes}
        columns={prefixes}
        rowKey={(row) => row.prefixBase64 ?? row.prefix}
        empty={<Empty title="No prefix was written">Not one put or delete came in these seconds.</Empty>}
      />
      <DataTable
        label="Who asked what"
        rows={report.requests}
        columns={REQUEST_COLUMNS}
        rowKey={(row) => JSON.stringify(row)}
        empty={
          <Empty title="Nobody told of requests">
            No audit event and no line of etcd’s log came for these seconds. Send them to see who writes: Settings ›
            Clusters.
          </Empty>
        }
      />
    </>
  );
}

function CaptureFacts({ report }: { report: CaptureAnswer }) {
  const { summary } = report;
  if (summary === null) return null;
  const written = splitBytes(summary.writtenBytes);
  const largest = splitBytes(summary.largestPutBytes);
  const rate = (count: number) => `${formatPerSecond(count / capturedSeconds(report))} a second`;
  return (
    <Facts>
      <Fact label="Puts" value={formatCount(summary.puts)} hint={rate(summary.puts)} />
      <Fact label="Deletes" value={formatCount(summary.deletes)} hint={rate(summary.deletes)} />
      <Fact label="Written" value={written.value} unit={written.unit} hint={`${formatCount(summary.keys)} keys`} />
      <Fact
        label="Largest transaction"
        value={formatCount(summary.largestRevisionEvents)}
        hint={`events of one revision, of ${formatCount(summary.revisions)}`}
      />
      <Fact label="Largest put" value={largest.value} unit={largest.unit} hint="key and value" />
      <Fact
        label="Requests"
        value={summary.requests === null ? null : formatCount(summary.requests)}
        hint={summary.requests === null ? "no source tells of them" : "that were told of"}
      />
    </Facts>
  );
}

function PerSecond({ report }: { report: CaptureAnswer }) {
  const { chart, series } = useMemo(() => toChart(report), [report]);
  if (chart === null) return null;
  return (
    <TimeChart title="Writes" unit="perSecond" kind="stacked" answer={chart} series={series} height={150} isFixed />
  );
}

/** Puts and deletes of each second. */
function toChart(report: CaptureAnswer): { chart: ChartAnswer | null; series: ChartSeries[] } {
  const { perSecond, startedAt, origin } = report;
  const seconds = perSecond.puts.length;
  if (startedAt === null || seconds === 0) return { chart: null, series: [] };
  const fromMs = Date.parse(startedAt);
  const atMs = Array.from({ length: seconds }, (_, second) => fromMs + second * 1_000);
  const range = { from: startedAt, to: new Date(fromMs + seconds * 1_000).toISOString(), observedSeconds: seconds };
  return {
    chart: { atMs, stepSeconds: 1, range, origin },
    series: [
      { id: "puts", label: "Puts", values: perSecond.puts },
      { id: "deletes", label: "Deletes", values: perSecond.deletes },
    ],
  };
}
