"use client";

import type { ReactNode } from "react";
import { Bytes, Unknown } from "@/components/keyspace/figures";
import type { Column } from "@/components/tables/column";
import { DataTable } from "@/components/tables/data-table";
import { Empty } from "@/components/ui/empty";
import { Age } from "@/components/ui/time";
import { clusterPath } from "@/lib/api/get-json";
import type { LedgerRow } from "@/lib/api/ledger";

/** The ledger in figures, a member a row. */
export function LedgerTable(props: {
  cluster: string;
  title: string;
  rows: readonly LedgerRow[];
  historyReason: string | null;
  note: ReactNode;
  actions: ReactNode;
}) {
  const { cluster, title, rows } = props;
  return (
    <DataTable
      label={title}
      note={props.note}
      actions={props.actions}
      rows={rows}
      columns={toColumns(props.historyReason)}
      rowKey={(row) => row.memberId}
      exportHref={(format) => `${clusterPath(cluster, "/ledger")}?format=${format}`}
      empty={<Empty title="No member has been listed yet">They are asked for every ten seconds.</Empty>}
    />
  );
}

function toColumns(historyReason: string | null): Column<LedgerRow>[] {
  const why = historyReason === null ? "not known" : `not measured: ${historyReason}`;
  const bytes = (id: keyof LedgerRow & `${string}Bytes`, header: string, hint: string, unknown: string) => ({
    id,
    header,
    hint,
    numeric: true,
    width: 96,
    value: (row: LedgerRow) => row[id],
    cell: (row: LedgerRow) => (row[id] === null ? <Unknown why={unknown} /> : <Bytes value={row[id]} />),
  });
  return [
    { id: "name", header: "Member", value: (row) => row.name || row.memberId },
    bytes("liveBytes", "Live", "Keys and values as they are now, exact", "the keyspace has not been read yet"),
    bytes("historyBytes", "History", "Superseded revisions and deletes, exact; compaction frees them", why),
    bytes("overheadBytes", "Overhead", "Pages and index: in use, less live and history", why),
    bytes("freeBytes", "Free", "The file less what is in use; defragmentation gives it back", "use not told"),
    bytes("dbSizeBytes", "File", "What the four add up to; sampled", "not told yet"),
    bytes("quotaBackendBytes", "Quota", "At which etcd refuses writes", "not told by etcd before 3.6"),
    {
      id: "factor",
      header: "k",
      hint: "In use, divided by live + history + 80 bytes a revision; above 2 estimates are not to be trusted",
      numeric: true,
      width: 64,
      value: (row) => row.factor,
      cell: (row) => (row.factor === null ? <Unknown why={why} /> : row.factor.toFixed(2)),
    },
    {
      id: "sampledAt",
      header: "Sampled",
      numeric: true,
      width: 92,
      value: (row) => row.sampledAt,
      cell: (row) => (row.sampledAt === null ? <Unknown why="no answer yet" /> : <Ago at={row.sampledAt} />),
    },
  ];
}

function Ago({ at }: { at: string }) {
  return (
    <>
      <Age at={at} /> ago
    </>
  );
}
