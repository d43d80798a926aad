"use client";

import { useMemo } from "react";
import { Unknown } from "@/components/keyspace/figures";
import { differences } from "@/components/members/consistency-words";
import type { Column } from "@/components/tables/column";
import { DataTable } from "@/components/tables/data-table";
import { Badge } from "@/components/ui/badge";
import { Empty } from "@/components/ui/empty";
import type { ConsistencyMember, HashRow } from "@/lib/api/consistency";
import { formatCount } from "@/lib/model/units";

interface Row extends ConsistencyMember {
  result: HashRow | null;
}

/** Every member beside the leader, with its hash of the last comparison. */
export function ConsistencyTable(props: { members: readonly ConsistencyMember[]; results: readonly HashRow[] }) {
  const { members, results } = props;
  const rows = useMemo(
    () =>
      members.map((member): Row => {
        return { ...member, result: results.find(({ memberId }) => memberId === member.memberId) ?? null };
      }),
    [members, results],
  );
  return (
    <DataTable
      label="Consistency of the members"
      rows={rows}
      columns={COLUMNS}
      rowKey={({ memberId }) => memberId}
      empty={<Empty title="No member is known yet">They are asked for every ten seconds.</Empty>}
    />
  );
}

const COLUMNS: readonly Column<Row>[] = [
  {
    id: "name",
    header: "Member",
    value: ({ name }) => name,
    cell: ({ name, isLeader, isLearner }) => (
      <>
        {name} {isLeader && <Badge tone="accent">leader</Badge>}
        {isLearner && <Badge>learner</Badge>}
      </>
    ),
  },
  {
    id: "differences",
    header: "Beside the leader",
    value: wordsOf,
    cell: (row) => wordsOf(row) ?? <Unknown why="it was not compared: no answer, or no leader" />,
  },
  count("revision", "Revision"),
  count("keys", "Keys"),
  {
    id: "hash",
    header: "Last hash",
    value: ({ result }) => result?.hash ?? null,
    cell: ({ result }) =>
      result === null || result.hash === null ? (
        <Unknown why={result?.failure ?? "not compared yet"} />
      ) : (
        <span className="mono">{Number(result.hash).toString(16).padStart(8, "0")}</span>
      ),
  },
];

function count(id: "revision" | "keys", header: string): Column<Row> {
  return {
    ...{ id, header, numeric: true, width: 116, value: (row) => row[id] },
    cell: (row) => {
      const figure = row[id];
      return figure === null ? <Unknown why="not told" /> : formatCount(figure);
    },
  };
}

/** Null: not known. */
function wordsOf(row: Row): string | null {
  if (row.failure !== null) return `does not answer: ${row.failure}`;
  if (row.revisionsBehind === null) return null;
  const words = differences(row);
  if (words.length > 0) return words.join(", ");
  return row.isLeader ? "leads" : "as the leader";
}
