"use client";

import { Bytes, BytesChange } from "@/components/keyspace/figures";
import { RevisionDate } from "@/components/keyspace/key-facts";
import type { Column } from "@/components/tables/column";
import { DataTable } from "@/components/tables/data-table";
import { Badge } from "@/components/ui/badge";
import { Empty } from "@/components/ui/empty";
import { OriginNote } from "@/components/ui/origin";
import type { KeyAnswer } from "@/lib/api/keys";
import { formatCount } from "@/lib/model/units";

type Revision = KeyAnswer["revisions"][number] & { changeBytes: number | null; isCurrent: boolean };

/** The revisions of a key that compaction has left, newest first, with what each changed in size. */
export function RevisionsTable({ answer }: { answer: KeyAnswer }) {
  const rows = answer.revisions.map((revision, index): Revision => {
    const before = answer.revisions[index + 1];
    // A version that does not follow belongs to an earlier life of the key.
    const follows = before !== undefined && before.version === revision.version - 1;
    const changeBytes = follows ? revision.valueBytes - before.valueBytes : null;
    return { ...revision, changeBytes, isCurrent: answer.exists && index === 0 };
  });
  return (
    <DataTable
      label="Retained revisions"
      note={<OriginNote origin={answer.origin} at={answer.at} revision={answer.revision} />}
      rows={rows}
      columns={toColumns(answer)}
      rowKey={(row) => String(row.modRevision)}
      sort={{ column: "modRevision", order: "desc" }}
      empty={<Empty title="No revisions">Compaction has left none.</Empty>}
      footer={
        answer.revisionsTruncated
          ? "Older revisions are still held by etcd; the newest are listed."
          : "Compaction removes all but the current one; then they are gone from here too."
      }
    />
  );
}

function toColumns({ clockSince }: KeyAnswer): Column<Revision>[] {
  return [
    {
      id: "modRevision",
      header: "Revision",
      numeric: true,
      width: 160,
      value: (row) => row.modRevision,
      cell: (row) => (
        <>
          {row.isCurrent && <Badge tone="accent">current</Badge>} {formatCount(row.modRevision)}
        </>
      ),
    },
    {
      id: "at",
      header: "Written",
      value: (row) => row.at,
      cell: (row) => <RevisionDate at={row.at} since={clockSince} />,
    },
    {
      id: "version",
      header: "Version",
      numeric: true,
      value: (row) => row.version,
      cell: (row) => formatCount(row.version),
    },
    {
      id: "valueBytes",
      header: "Value",
      numeric: true,
      value: (row) => row.valueBytes,
      cell: (row) => <Bytes value={row.valueBytes} />,
    },
    {
      id: "changeBytes",
      header: "Change",
      hint: "Against the revision before",
      numeric: true,
      value: (row) => row.changeBytes,
      cell: (row) => <Change row={row} />,
    },
  ];
}

function Change({ row }: { row: Revision }) {
  if (row.changeBytes !== null) return <BytesChange value={row.changeBytes} />;
  return <span className="faint">{row.version === 1 ? "created" : "not retained"}</span>;
}
