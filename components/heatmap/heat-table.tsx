"use client";

import { type ReactNode, useMemo } from "react";
import { aggregate } from "@/components/heatmap/heat-answer";
import { isSigned, rowKey } from "@/components/heatmap/heat-cells";
import { formatScaleEnd, titleOf } from "@/components/heatmap/heat-words";
import type { Column } from "@/components/tables/column";
import { DataTable } from "@/components/tables/data-table";
import { useZone } from "@/components/ui/clock";
import { Empty } from "@/components/ui/empty";
import { formatInstant } from "@/components/ui/format-instant";
import { KeyName } from "@/components/ui/key-name";
import type { HeatMatrix, HeatRowName } from "@/lib/model/heat-matrix";

const COLUMNS = 12;

type Row = HeatRowName & { whole: number; parts: number[] };

/** The heatmap as a table: a row a prefix, its time cut into a dozen columns. */
export function HeatTable(props: {
  matrix: HeatMatrix;
  actions: ReactNode;
  note: ReactNode;
  hrefOf(row: HeatRowName): string;
}) {
  const { matrix, hrefOf } = props;
  const zone = useZone();
  const { rows, columns } = useMemo(() => toTable(matrix, zone, hrefOf), [matrix, zone, hrefOf]);
  return (
    <DataTable
      label={`${titleOf(matrix.head)} by prefix and time`}
      title={titleOf(matrix.head)}
      note={props.note}
      actions={props.actions}
      rows={rows}
      columns={columns}
      rowKey={rowKey}
      filterText={({ prefix }) => prefix}
      empty={<Empty title="Nothing to list">Nothing is recorded of this prefix.</Empty>}
    />
  );
}

function toTable({ head, values }: HeatMatrix, zone: string, hrefOf: (row: HeatRowName) => string) {
  const width = Math.ceil(head.atMs.length / COLUMNS);
  const starts = head.atMs.filter((_, column) => column % width === 0);
  const partOf = (row: number, first: number, end: number) =>
    aggregate(head, values, { row, first, end: Math.min(end, head.atMs.length) });
  const rows = head.rows.map((name, row): Row => {
    const parts = starts.map((_, part) => partOf(row, part * width, (part + 1) * width));
    return { ...name, whole: partOf(row, 0, head.atMs.length), parts };
  });
  const figure = (id: string, header: string, pick: (row: Row) => number | undefined): Column<Row> => ({
    ...{ id, header, numeric: true, width: 112 },
    value: (row) => known(pick(row)),
    cell(row) {
      const value = known(pick(row));
      return value === null ? <span className="faint">–</span> : formatScaleEnd(value, head.unit, isSigned(head));
    },
  });
  const columns: Column<Row>[] = [
    {
      id: "prefix",
      header: "Prefix",
      width: 320,
      value: ({ prefix, kind }) => (kind === "rest" ? `rest of ${prefix}` : prefix),
      cell: (row) => (
        <>
          {row.kind === "rest" && <span className="muted">rest of </span>}
          {row.prefix === "" ? (
            "all keys"
          ) : (
            <KeyName text={row.prefix} base64={row.prefixBase64} href={hrefOf(row)} fit="middle" />
          )}
        </>
      ),
    },
    figure("whole", WHOLE[head.measure], ({ whole }) => whole),
    ...starts.map((atMs, part) =>
      figure(
        new Date(atMs).toISOString(),
        formatInstant(atMs, zone, "minute").replace(/ [^ ]+$/, ""),
        ({ parts }) => parts[part],
      ),
    ),
  ];
  return { rows, columns };
}

const WHOLE = {
  writes: "Average",
  writtenBytes: "Average",
  deletes: "Average",
  liveBytesChange: "Together",
  historyBytes: "At the end",
} as const;

function known(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}
