"use client";

import { type ReactNode, useMemo } from "react";
import type { Column } from "@/components/tables/column";
import { DataTable } from "@/components/tables/data-table";
import { formatFigure, shownText } from "@/components/triage/triage-words";
import { Empty } from "@/components/ui/empty";
import { Time } from "@/components/ui/time";
import type { TriageAnswer } from "@/lib/api/triage";

interface Step {
  place: number;
  atMs: number;
}

/** The values behind the charts, a row a step, the newest first. */
export function AxisTable({ answer, actions }: { answer: TriageAnswer; actions: ReactNode }) {
  const steps = useMemo(
    () => answer.axis.atMs.map((atMs, place): Step => ({ place, atMs })).toReversed(),
    [answer.axis.atMs],
  );
  const columns = useMemo(() => toColumns(answer), [answer]);
  return (
    <DataTable
      label="What moved, step by step"
      rows={steps}
      columns={columns}
      rowKey={({ atMs }) => String(atMs)}
      actions={actions}
      empty={<Empty title="Nothing to list">Nothing was observed in this time.</Empty>}
    />
  );
}

function toColumns({ series }: TriageAnswer): Column<Step>[] {
  const values = series.map(({ label, of, unit, values: known }): Column<Step> => {
    const header = shownText(of === null ? label : `${label}, ${of}`, 60);
    return {
      id: header,
      header,
      numeric: true,
      width: 170,
      value: ({ place }) => known[place] ?? null,
      cell({ place }) {
        const value = known[place] ?? null;
        return value === null ? <span className="faint">not observed</span> : formatFigure(value, unit);
      },
    };
  });
  const time: Column<Step> = {
    id: "at",
    header: "Time",
    width: 196,
    value: ({ atMs }) => new Date(atMs).toISOString(),
    cell: ({ atMs }) => <Time at={atMs} />,
  };
  return [time, ...values];
}
