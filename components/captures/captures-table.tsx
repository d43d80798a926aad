"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useMemo } from "react";
import { STATE_WORDS } from "@/components/captures/capture-words";
import { captureHref } from "@/components/shell/cluster-href";
import type { Column } from "@/components/tables/column";
import { DataTable } from "@/components/tables/data-table";
import { Badge, type Tone } from "@/components/ui/badge";
import { Empty } from "@/components/ui/empty";
import { ProblemNote } from "@/components/ui/problem-note";
import { Time } from "@/components/ui/time";
import { type CaptureItem, capturesOptions } from "@/lib/api/captures";
import { formatBytes, formatCount } from "@/lib/model/units";

/** The captures of a cluster, the newest first; each leads to its report. */
export function CapturesTable({ cluster }: { cluster: string }) {
  const { data, error, dataUpdatedAt, refetch } = useQuery(capturesOptions(cluster));
  const columns = useMemo(() => toColumns(cluster), [cluster]);
  return (
    <>
      <ProblemNote error={error} dataAtMs={data && dataUpdatedAt} onRetry={() => refetch()} />
      {data !== undefined && (
        <DataTable
          label="Captures"
          rows={data.items}
          columns={columns}
          rowKey={({ id }) => id}
          empty={
            <Empty title="No capture has been made">
              “Capture now” counts every write of every key for some seconds, exactly, and keeps the report here.
            </Empty>
          }
        />
      )}
    </>
  );
}

const TONES: Record<CaptureItem["state"], Tone> = {
  waiting: "neutral",
  running: "accent",
  done: "good",
  failed: "bad",
};

function toColumns(cluster: string): Column<CaptureItem>[] {
  return [
    {
      id: "askedAt",
      header: "When",
      width: 200,
      value: ({ askedAt }) => askedAt,
      cell: ({ id, askedAt }) => (
        <Link className="link" href={captureHref(cluster, id)} prefetch={false}>
          <Time at={askedAt} />
        </Link>
      ),
    },
    {
      id: "state",
      header: "State",
      width: 110,
      value: ({ state }) => state,
      cell: ({ state, summary }) => (
        <>
          <Badge tone={TONES[state]}>{STATE_WORDS[state]}</Badge>
          {summary?.isInterrupted && <span className="faint"> broken</span>}
        </>
      ),
    },
    { id: "seconds", header: "Seconds", numeric: true, width: 80, value: ({ seconds }) => seconds },
    total("puts", "Puts"),
    total("deletes", "Deletes"),
    total("keys", "Keys"),
    { ...total("writtenBytes", "Written"), cell: ({ summary }) => words(summary?.writtenBytes, formatBytes) },
    total("requests", "Requests"),
    {
      id: "reason",
      header: "Remark",
      value: ({ reason }) => reason,
    },
  ];
}

type Total = "puts" | "deletes" | "keys" | "writtenBytes" | "requests";

function total(id: Total, header: string): Column<CaptureItem> {
  return {
    id,
    header,
    numeric: true,
    width: 92,
    value: ({ summary }) => summary?.[id] ?? null,
    cell: ({ summary }) => words(summary?.[id], formatCount),
  };
}

function words(value: number | null | undefined, format: (value: number) => string) {
  return value == null ? <span className="faint">–</span> : format(value);
}
