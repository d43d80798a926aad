"use client";

import { useRouter } from "next/navigation";
import { Bytes, Rate, Unknown } from "@/components/keyspace/figures";
import styles from "@/components/keyspace/keyspace.module.css";
import { prefixSearch } from "@/components/keyspace/view-search";
import { useClusterHref } from "@/components/shell/use-cluster-href";
import type { Column } from "@/components/tables/column";
import { DataTable } from "@/components/tables/data-table";
import { Bar } from "@/components/ui/bar";
import { Empty } from "@/components/ui/empty";
import { KeyName } from "@/components/ui/key-name";
import { OriginNote } from "@/components/ui/origin";
import { toVisibleText } from "@/components/ui/visible-text";
import type { PrefixesAnswer, PrefixRow } from "@/lib/api/prefixes";
import { toKubernetesPlace } from "@/lib/model/kubernetes";
import { formatDuration, formatRatio } from "@/lib/model/units";

const SHOWN = 12;

/** The most written prefixes of the range, resources and namespaces side by side. */
export function HotPrefixes(props: {
  cluster: string;
  subject: string;
  answer: PrefixesAnswer;
  rows: readonly PrefixRow[];
}) {
  const { cluster, subject, answer, rows } = props;
  const clusterHref = useClusterHref();
  const router = useRouter();
  const hrefOf = (row: PrefixRow) => clusterHref(cluster, "prefix", prefixSearch(row.prefix, row.prefixBase64));
  const { observedSeconds } = answer.range;
  return (
    <DataTable
      label="What is hot now"
      note={
        <OriginNote origin="exact" at={answer.at} revision={answer.revision}>
          exact, {formatDuration(observedSeconds * 1_000)} watched
        </OriginNote>
      }
      rows={rows.slice(0, SHOWN)}
      columns={toColumns(subject, answer.parent?.writesPerSecond ?? 0, hrefOf)}
      rowKey={(row) => row.prefix}
      sort={{ column: "writesPerSecond", order: "desc" }}
      filterText={(row) => row.prefix}
      onActivate={(row) => router.push(hrefOf(row))}
      empty={
        observedSeconds === 0 ? (
          <Empty title="Nothing observed">Nobody watched in this time. Choose another in the header.</Empty>
        ) : (
          <Empty title="Nothing is hot">Nothing was written in this time.</Empty>
        )
      }
    />
  );
}

function toColumns(subject: string, total: number, hrefOf: (row: PrefixRow) => string): Column<PrefixRow>[] {
  const shareOf = (row: PrefixRow) => (total > 0 ? (row.writesPerSecond ?? 0) / total : 0);
  return [
    {
      id: "prefix",
      header: "Prefix",
      value: (row) => row.prefix,
      cell: (row) => (
        <KeyName text={row.prefix} base64={row.prefixBase64} relativeTo={subject} href={hrefOf(row)} fit="middle" />
      ),
    },
    {
      id: "words",
      header: "In Kubernetes' words",
      value: (row) => toKubernetesPlace(row.prefix)?.words ?? null,
      cell: (row) => <Words text={row.prefix} />,
    },
    {
      id: "share",
      header: "Share of writes",
      hint: "A resource contains its namespaces: shares of both depths do not add up",
      width: 160,
      value: shareOf,
      cell: (row) => (
        <span className={styles.share}>
          <Bar ratio={shareOf(row)} label="Share of all writes" />
          <span className="num muted">{formatRatio(shareOf(row))}</span>
        </span>
      ),
    },
    rate("writesPerSecond", "Writes/s"),
    rate("createsPerSecond", "Creates/s"),
    rate("deletesPerSecond", "Deletes/s"),
    {
      id: "writtenBytesPerSecond",
      header: "Written/s",
      hint: "Keys and values of all puts",
      numeric: true,
      width: 100,
      value: (row) => row.writtenBytesPerSecond,
      cell: (row) =>
        row.writtenBytesPerSecond === null ? (
          <Unknown why="not observed" />
        ) : (
          <Bytes value={row.writtenBytesPerSecond} />
        ),
    },
  ];
}

function rate(id: "writesPerSecond" | "createsPerSecond" | "deletesPerSecond", header: string): Column<PrefixRow> {
  return { id, header, numeric: true, width: 92, value: (row) => row[id], cell: (row) => <Rate value={row[id]} /> };
}

function Words({ text }: { text: string }) {
  const place = toKubernetesPlace(text);
  if (place === null) return <span className="faint">–</span>;
  return <span className={`muted ${styles.words}`}>{toVisibleText(place.words)}</span>;
}
