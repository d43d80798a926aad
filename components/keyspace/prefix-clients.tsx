"use client";

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import styles from "@/components/keyspace/keyspace.module.css";
import {
  CONFIDENCE_TONES,
  clientRows,
  type PrefixClientRow,
  SOURCE_NAMES_SHORT,
} from "@/components/keyspace/prefix-client-rows";
import type { ChosenPrefix } from "@/components/keyspace/view-search";
import { sourcesHref } from "@/components/settings/settings-pages";
import type { Column } from "@/components/tables/column";
import { DataTable } from "@/components/tables/data-table";
import { Badge } from "@/components/ui/badge";
import { Bar } from "@/components/ui/bar";
import { LinkButton } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import { ProblemNote } from "@/components/ui/problem-note";
import { toSentence } from "@/components/ui/sentence";
import { Skeleton } from "@/components/ui/skeleton";
import { Tooltip } from "@/components/ui/tooltip";
import { prefixClientsOptions } from "@/lib/api/clients";
import type { RangeParams } from "@/lib/api/common";
import { formatCount, formatRatio } from "@/lib/model/units";

/** Who writes a prefix and who reads it, each with how sure that is and why. */
export function PrefixClients(props: { cluster: string; chosen: ChosenPrefix; range: RangeParams }) {
  const { cluster, chosen, range } = props;
  const { data, error, dataUpdatedAt, isPlaceholderData, refetch } = useQuery(
    prefixClientsOptions(cluster, { ...chosen, ...range }),
  );
  // Never another prefix's clients under this one's name.
  const answer = isPlaceholderData ? undefined : data;
  const rows = useMemo(() => clientRows(answer), [answer]);
  return (
    <div className="page">
      <ProblemNote error={error} dataAtMs={answer && dataUpdatedAt} onRetry={() => refetch()} />
      {answer === undefined ? (
        error === null && <Skeleton height={200} />
      ) : (
        <DataTable
          label="Who writes it, who reads it"
          rows={rows}
          columns={COLUMNS}
          rowKey={(row) => row.id}
          empty={
            <Empty
              title="Nobody has told who it is"
              action={<LinkButton href={sourcesHref(cluster)}>Open its sources</LinkButton>}
            >
              {toSentence(answer.reason ?? "No source told of requests to this prefix in this time")} {answer.remedy}
            </Empty>
          }
          {...(answer.reason !== null && rows.length > 0 && { footer: `${answer.reason} ${answer.remedy ?? ""}` })}
        />
      )}
    </div>
  );
}

const COLUMNS: readonly Column<PrefixClientRow>[] = [
  { id: "does", header: "Does", width: 76, value: (row) => row.does },
  {
    id: "name",
    header: "Client",
    value: (row) => row.name,
    cell: (row) => (
      <span className={styles.client} title={[row.userAgent, row.user].filter(Boolean).join("\n")}>
        {row.name} {row.user !== null && row.user !== row.name && <span className="faint">{row.user}</span>}
      </span>
    ),
  },
  {
    id: "sourceAddress",
    header: "Address",
    width: 140,
    value: (row) => row.sourceAddress,
    cell: (row) =>
      row.sourceAddress === null ? <span className="faint">–</span> : <span className="mono">{row.sourceAddress}</span>,
  },
  {
    id: "share",
    header: "Share",
    hint: "Of the writes, or of the reads, of this prefix that were told",
    width: 150,
    value: (row) => row.share,
    cell: (row) => (
      <span className={styles.share}>
        <Bar ratio={row.share} label={`Share of what ${row.does === "writes" ? "writes" : "reads"} it`} />
        <span className="num muted">{formatRatio(row.share)}</span>
      </span>
    ),
  },
  {
    id: "requests",
    header: "Requests",
    numeric: true,
    width: 96,
    value: (row) => row.requests,
    cell: (row) => formatCount(row.requests),
  },
  {
    id: "confidence",
    header: "Confidence",
    hint: "How sure it is that these requests are about this prefix",
    width: 104,
    value: (row) => row.confidence,
    cell: (row) => (
      <Tooltip text={toSentence(row.why)}>
        <button type="button" className={styles.why}>
          <Badge tone={CONFIDENCE_TONES[row.confidence]}>{row.confidence}</Badge>
          <span className="visually-hidden">: {row.why}</span>
        </button>
      </Tooltip>
    ),
  },
  { id: "source", header: "Told by", width: 120, value: (row) => SOURCE_NAMES_SHORT[row.source] },
];
