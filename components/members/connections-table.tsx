"use client";

import { useMemo } from "react";
import { type ConnectionRow, connectionRows } from "@/components/members/member-words";
import styles from "@/components/members/members.module.css";
import type { Column } from "@/components/tables/column";
import { DataTable } from "@/components/tables/data-table";
import { Bar } from "@/components/ui/bar";
import { Empty } from "@/components/ui/empty";
import { OriginNote } from "@/components/ui/origin";
import type { ConnectionsAnswer } from "@/lib/api/leases";
import { formatCount, formatRatio } from "@/lib/model/units";

/** Every client address at every member. */
export function ConnectionsTable({ answer }: { answer: ConnectionsAnswer }) {
  const rows = useMemo(() => connectionRows(answer), [answer]);
  return (
    <DataTable
      label="Connections by client"
      note={<OriginNote origin={answer.origin} at={answer.items[0]?.at ?? null} />}
      rows={rows}
      columns={COLUMNS}
      rowKey={({ reporter, address }) => `${reporter} ${address}`}
      sort={{ column: "connections", order: "desc" }}
      empty={<Empty title="No client is connected">The agents see no established connection.</Empty>}
    />
  );
}

const COLUMNS: readonly Column<ConnectionRow>[] = [
  { id: "reporter", header: "Member", width: 160, value: (row) => row.reporter },
  {
    id: "address",
    header: "Client address",
    value: (row) => row.address ?? "others",
    cell: ({ address }) =>
      address === null ? <span className="muted">others together</span> : <span className="mono">{address}</span>,
  },
  {
    id: "resolvedName",
    header: "Who that is",
    hint: "A node or pod, where the keyspace tells",
    value: (row) => row.resolvedName,
    cell: ({ resolvedName }) => resolvedName ?? <span className="faint">–</span>,
  },
  {
    id: "share",
    header: "Share of the member",
    width: 190,
    value: (row) => row.share,
    cell: ({ share }) => (
      <span className={styles.share}>
        <Bar ratio={share} label="Share of this member's connections" />
        <span className="num muted">{formatRatio(share)}</span>
      </span>
    ),
  },
  {
    id: "connections",
    header: "Connections",
    numeric: true,
    width: 132,
    value: (row) => row.connections,
    cell: (row) => formatCount(row.connections),
  },
];
