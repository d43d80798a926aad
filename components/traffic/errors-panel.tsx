"use client";

import { useMemo } from "react";
import type { Column } from "@/components/tables/column";
import { DataTable } from "@/components/tables/data-table";
import { CodeWords } from "@/components/traffic/code-words";
import { ShareBar } from "@/components/traffic/figure-columns";
import styles from "@/components/traffic/traffic.module.css";
import { EXPORT_LIMIT } from "@/components/traffic/traffic-search";
import { nounsOf, SOURCE_WORDS } from "@/components/traffic/traffic-words";
import { Empty } from "@/components/ui/empty";
import { KeyName } from "@/components/ui/key-name";
import { OriginNote } from "@/components/ui/origin";
import { clusterPath, toSearch } from "@/lib/api/get-json";
import type { TrafficAnswer, TrafficRow } from "@/lib/api/traffic";
import { formatCount, formatPerSecond } from "@/lib/model/units";

/** What failed: codes by resource, the most failures first. */
export function ErrorsPanel({ cluster, answer, asked }: { cluster: string; answer: TrafficAnswer; asked: object }) {
  const failed = useMemo(() => answer.items.filter(({ errors }) => (errors ?? 0) > 0), [answer]);
  const columns = useMemo(() => errorColumns(answer), [answer]);
  const state = answer.sources.find(({ source }) => source === answer.source);
  return (
    <div className={styles.short}>
      <DataTable
        label="Failed requests"
        note={state && <OriginNote origin={state.origin} at={state.at} />}
        rows={failed}
        columns={columns}
        rowKey={(row) => (row.isOther ? `other ${row.code}` : JSON.stringify([row.code, row.resource]))}
        sort={{ column: "errors", order: "desc" }}
        exportHref={(format) => clusterPath(cluster, "/traffic") + toSearch({ ...asked, limit: EXPORT_LIMIT, format })}
        empty={<NoErrors answer={answer} />}
      />
    </div>
  );
}

function errorColumns({ total, source }: TrafficAnswer): Column<TrafficRow>[] {
  const shareOf = ({ errors }: TrafficRow) => (total?.errors ? (errors ?? 0) / total.errors : 0);
  return [
    {
      id: "code",
      header: "Code",
      width: 190,
      value: (row) => row.code,
      cell: (row) =>
        row.isOther && row.code === null ? (
          <span className="muted">every other</span>
        ) : (
          <CodeWords code={row.code} isPlain />
        ),
    },
    {
      id: "resource",
      header: nounsOf(source).title,
      value: (row) => row.resource,
      cell: (row) =>
        row.resource === null ? <span className="faint">–</span> : <KeyName text={row.resource} fit="middle" />,
    },
    {
      id: "errors",
      header: "Failed",
      numeric: true,
      width: 88,
      value: (row) => row.errors,
      cell: (row) => formatCount(row.errors ?? 0),
    },
    {
      id: "perSecond",
      header: "Failed/s",
      numeric: true,
      width: 92,
      value: (row) => row.requestsPerSecond,
      cell: (row) => (row.requestsPerSecond === null ? "–" : formatPerSecond(row.requestsPerSecond)),
    },
    {
      id: "share",
      header: "Share of failures",
      numeric: true,
      width: 148,
      value: shareOf,
      cell: (row) => <ShareBar share={shareOf(row)} label="Share of failures" />,
    },
  ];
}

function NoErrors({ answer }: { answer: TrafficAnswer }) {
  if (answer.source === null) {
    return <Empty title="Codes are not told">No source that watched in this time tells how requests ended.</Empty>;
  }
  if (answer.total?.errors == null) {
    return <Empty title="Codes are not told">It is not part of what {SOURCE_WORDS[answer.source]} tell.</Empty>;
  }
  return <Empty title="Nothing failed">Every request of this time was answered well.</Empty>;
}
