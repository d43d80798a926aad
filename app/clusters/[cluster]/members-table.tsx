"use client";

import { Bytes, Unknown } from "@/components/keyspace/figures";
import { MemberRole, MemberState, memberStateWords } from "@/components/members/member-badges";
import type { Column } from "@/components/tables/column";
import { DataTable } from "@/components/tables/data-table";
import { Empty } from "@/components/ui/empty";
import { Age } from "@/components/ui/time";
import type { MemberRow } from "@/lib/api/members";
import { formatCount } from "@/lib/model/units";

/** The members of a cluster as they answered last. */
export function MembersTable({ members }: { members: readonly MemberRow[] }) {
  return (
    <DataTable
      label="Members"
      rows={members}
      columns={COLUMNS}
      rowKey={(row) => row.memberId}
      empty={<Empty title="No member has been listed yet">They are asked for every ten seconds.</Empty>}
    />
  );
}

const UNTOLD = "no answer yet";

const COLUMNS: Column<MemberRow>[] = [
  {
    id: "name",
    header: "Member",
    value: (row) => row.name,
    cell: (row) => (
      <span title={`${row.memberId} · ${row.clientUrls.join(", ")}`}>
        {row.name === "" ? <span className="mono">{row.memberId}</span> : row.name} <MemberRole row={row} />
      </span>
    ),
  },
  {
    id: "state",
    header: "State",
    value: (row) => memberStateWords(row),
    cell: (row) => <MemberState row={row} />,
  },
  { id: "version", header: "Version", width: 84, value: (row) => row.version },
  bytes("dbSizeBytes", "File", UNTOLD),
  bytes("dbSizeInUseBytes", "In use", "not told by this version"),
  bytes("quotaBackendBytes", "Quota", "not told by etcd before 3.6"),
  count("revision", "Revision", (row) => row.revision, { width: 116 }),
  count("raftLag", "Raft lag", raftLagOf, { hint: "Raft entries not applied yet", width: 88 }),
  {
    id: "statusMs",
    header: "Status in",
    hint: "How long the member took to answer",
    numeric: true,
    width: 88,
    value: (row) => row.statusMs,
    cell: (row) => (row.statusMs === null ? <Unknown why={UNTOLD} /> : `${formatMs(row.statusMs)} ms`),
  },
  {
    id: "at",
    header: "Sampled",
    numeric: true,
    width: 92,
    value: (row) => row.at,
    cell: (row) => (row.at === null ? <Unknown why={UNTOLD} /> : <Ago at={row.at} />),
  },
];

function bytes(id: "dbSizeBytes" | "dbSizeInUseBytes" | "quotaBackendBytes", header: string, why: string) {
  return {
    id,
    header,
    numeric: true,
    width: 92,
    value: (row: MemberRow) => row[id],
    cell: (row: MemberRow) => (row[id] === null ? <Unknown why={why} /> : <Bytes value={row[id]} />),
  };
}

function count(
  id: string,
  header: string,
  figureOf: (row: MemberRow) => number | null,
  more: { hint?: string; width: number },
): Column<MemberRow> {
  return {
    id,
    header,
    numeric: true,
    ...more,
    value: figureOf,
    cell(row) {
      const figure = figureOf(row);
      return figure === null ? <Unknown why={UNTOLD} /> : formatCount(figure);
    },
  };
}

function Ago({ at }: { at: string }) {
  return (
    <>
      <Age at={at} /> ago
    </>
  );
}

/** Only while the member answers: of one that does not, the indexes are from different times. */
function raftLagOf({ raftIndex, raftAppliedIndex }: MemberRow): number | null {
  return raftIndex === null || raftAppliedIndex === null ? null : Math.max(0, raftIndex - raftAppliedIndex);
}

function formatMs(ms: number): string {
  return ms < 10 ? ms.toFixed(1) : formatCount(ms);
}
