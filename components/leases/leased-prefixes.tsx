"use client";

import { useRouter } from "next/navigation";
import { prefixSearch } from "@/components/keyspace/view-search";
import { useClusterHref } from "@/components/shell/use-cluster-href";
import type { Column } from "@/components/tables/column";
import { DataTable } from "@/components/tables/data-table";
import { Bar } from "@/components/ui/bar";
import { Empty } from "@/components/ui/empty";
import { KeyName } from "@/components/ui/key-name";
import { OriginNote } from "@/components/ui/origin";
import type { LeasesAnswer } from "@/lib/api/leases";
import { toKubernetesPlace } from "@/lib/model/kubernetes";
import { formatCount, formatRatio } from "@/lib/model/units";

type Row = LeasesAnswer["prefixes"][number];

/** The prefixes that hold the most keys with a lease. */
export function LeasedPrefixes({ cluster, answer }: { cluster: string; answer: LeasesAnswer }) {
  const clusterHref = useClusterHref();
  const router = useRouter();
  const hrefOf = (row: Row) => clusterHref(cluster, "prefix", prefixSearch(row.prefix, row.prefixBase64));
  return (
    <DataTable
      label="Where leased keys are"
      note={<OriginNote origin="exact" />}
      rows={answer.prefixes}
      columns={toColumns(answer.leasedKeys, hrefOf)}
      rowKey={(row) => row.prefix}
      sort={{ column: "leasedKeys", order: "desc" }}
      filterText={(row) => row.prefix}
      onActivate={(row) => router.push(hrefOf(row))}
      empty={
        answer.leasedKeys === null ? (
          <Empty title="Not known yet">Leased keys are counted once the keyspace has been read.</Empty>
        ) : (
          <Empty title="No key has a lease">Every key here stays until someone deletes it.</Empty>
        )
      }
    />
  );
}

function toColumns(leasedKeys: number | null, hrefOf: (row: Row) => string): Column<Row>[] {
  const shareOf = (row: Row) => (leasedKeys ? row.leasedKeys / leasedKeys : 0);
  return [
    {
      id: "prefix",
      header: "Prefix",
      value: (row) => row.prefix,
      cell: (row) => <KeyName text={row.prefix} base64={row.prefixBase64} href={hrefOf(row)} fit="middle" />,
    },
    {
      id: "words",
      header: "In Kubernetes' words",
      value: (row) => toKubernetesPlace(row.prefix)?.words ?? null,
      cell: (row) => <span className="muted">{toKubernetesPlace(row.prefix)?.words ?? "–"}</span>,
    },
    {
      id: "share",
      header: "Share of leased keys",
      hint: "A prefix contains those below it: shares of both do not add up",
      width: 160,
      value: shareOf,
      cell: (row) => <Bar ratio={shareOf(row)} label={`Share of all leased keys, ${formatRatio(shareOf(row))}`} />,
    },
    {
      id: "leasedKeys",
      header: "Leased keys",
      numeric: true,
      width: 136,
      value: (row) => row.leasedKeys,
      cell: (row) => formatCount(row.leasedKeys),
    },
  ];
}
