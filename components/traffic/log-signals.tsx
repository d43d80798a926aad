"use client";

import { useQuery } from "@tanstack/react-query";
import { Unknown } from "@/components/keyspace/figures";
import type { Column } from "@/components/tables/column";
import { DataTable } from "@/components/tables/data-table";
import { formatLatency } from "@/components/traffic/traffic-measures";
import { cutText } from "@/components/traffic/traffic-words";
import { KeyName } from "@/components/ui/key-name";
import { OriginNote } from "@/components/ui/origin";
import { ProblemNote } from "@/components/ui/problem-note";
import { Sparkline } from "@/components/ui/sparkline";
import { Age } from "@/components/ui/time";
import type { RangeParams } from "@/lib/api/common";
import { clusterPath, toSearch } from "@/lib/api/get-json";
import { type LogSignalsAnswer, logSignalsOptions } from "@/lib/api/traffic";
import { formatCount } from "@/lib/model/units";

type LogSignal = LogSignalsAnswer["items"][number];

/** What etcd's own log complained about; nothing where it did not, or is not sent. */
export function LogSignals({ cluster, range }: { cluster: string; range: RangeParams }) {
  const { data, error, dataUpdatedAt, refetch } = useQuery(logSignalsOptions(cluster, range));
  if (data === undefined || data.items.length === 0) {
    return <ProblemNote error={error} dataAtMs={dataUpdatedAt} onRetry={() => refetch()} />;
  }
  return (
    <>
      <ProblemNote error={error} dataAtMs={dataUpdatedAt} onRetry={() => refetch()} />
      <DataTable
        label="What etcd’s log says"
        note={<OriginNote origin={data.origin} at={data.range.to} />}
        rows={data.items}
        columns={COLUMNS}
        rowKey={(row) => row.kind}
        sort={{ column: "lines", order: "desc" }}
        exportHref={(format) => clusterPath(cluster, "/log-signals") + toSearch({ ...range, format })}
        empty={null}
      />
    </>
  );
}

const COLUMNS: readonly Column<LogSignal>[] = [
  {
    id: "label",
    header: "Complaint",
    width: 290,
    value: ({ label }) => label,
    cell: ({ label }) => <span title={label}>{label}</span>,
  },
  {
    id: "perMinute",
    header: "Over this time",
    width: 120,
    sortable: false,
    exported: false,
    value: () => null,
    cell: ({ perMinute, label }) => <Sparkline values={perMinute} label={`Lines a minute: ${label}`} />,
  },
  figure("lines", "Lines", ({ lines }) => lines, formatCount),
  figure("worstMs", "Worst", ({ worstMs }) => worstMs, formatLatency),
  figure("meanMs", "Mean", ({ meanMs }) => meanMs, formatLatency),
  {
    id: "lastAt",
    header: "Last",
    numeric: true,
    width: 90,
    value: ({ lastAt }) => Date.parse(lastAt),
    cell: ({ lastAt }) => (
      <>
        <Age at={lastAt} /> ago
      </>
    ),
  },
  {
    id: "example",
    header: "For example",
    value: ({ example }) => example,
    cell: ({ example }) => <KeyName text={cutText(example, 400)} />,
  },
];

function figure(
  id: string,
  header: string,
  value: (row: LogSignal) => number | null,
  format: (value: number) => string,
): Column<LogSignal> {
  return {
    id,
    header,
    numeric: true,
    width: 84,
    value,
    cell: (row) => {
      const known = value(row);
      return known === null ? <Unknown why="these lines tell no time" /> : format(known);
    },
  };
}
