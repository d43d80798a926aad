"use client";

import { type ReactNode, useMemo } from "react";
import {
  type ChartLine,
  type ChartRow,
  type ChartSeries,
  type ChartUnit,
  formatChartValue,
  unitWords,
} from "@/components/charts/chart-data";
import type { Column } from "@/components/tables/column";
import { DataTable } from "@/components/tables/data-table";
import { Empty } from "@/components/ui/empty";
import { Time } from "@/components/ui/time";

/** The series of a chart as a table, the newest first; it can be taken home like any other. */
export function ChartTable(props: {
  title: string;
  unit: ChartUnit;
  series: readonly ChartSeries[];
  lines: readonly ChartLine[];
  rows: readonly ChartRow[];
  note: ReactNode;
  actions: ReactNode;
}) {
  const { title, unit, series, lines, rows } = props;
  const newestFirst = useMemo(() => rows.toReversed(), [rows]);
  const columns = useMemo(() => toColumns(series, lines, unit), [series, lines, unit]);
  return (
    <DataTable
      label={`${title}, ${unitWords(unit)}`}
      title={title}
      note={props.note}
      actions={props.actions}
      rows={newestFirst}
      columns={columns}
      rowKey={(row) => String(row.atMs)}
      empty={<Empty title="Nothing to list">Nothing was observed in this time.</Empty>}
    />
  );
}

function toColumns(series: readonly ChartSeries[], lines: readonly ChartLine[], unit: ChartUnit): Column<ChartRow>[] {
  const drawn = [
    ...series.map(({ label }, place) => ({ label, name: `s${place}` })),
    ...lines.map(({ label }, place) => ({ label, name: `l${place}` })),
  ];
  const values = drawn.map(({ label, name }): Column<ChartRow> => {
    const bucketValue = (row: ChartRow) => row[name] ?? null;
    return {
      id: label,
      header: label,
      numeric: true,
      width: 140,
      value: bucketValue,
      cell(row) {
        const value = bucketValue(row);
        return value === null ? <span className="faint">not observed</span> : formatChartValue(value, unit);
      },
    };
  });
  const time: Column<ChartRow> = {
    id: "at",
    header: "Time",
    width: 196,
    value: (row) => new Date(row.atMs).toISOString(),
    cell: (row) => <Time at={row.atMs} />,
  };
  return [time, ...values];
}
