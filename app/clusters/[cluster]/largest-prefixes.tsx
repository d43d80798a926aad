"use client";

import { useRouter } from "next/navigation";
import { prefixColumns } from "@/components/keyspace/prefix-columns";
import { rowId } from "@/components/keyspace/tiles";
import { keySearch, prefixSearch } from "@/components/keyspace/view-search";
import { useClusterHref } from "@/components/shell/use-cluster-href";
import { DataTable } from "@/components/tables/data-table";
import { LinkButton } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import { OriginNote } from "@/components/ui/origin";
import { clusterPath, toSearch } from "@/lib/api/get-json";
import type { PrefixesAnswer, PrefixRow } from "@/lib/api/prefixes";

/** The heaviest children of the Overview's subject. */
export function LargestPrefixes(props: { cluster: string; subject: string; answer: PrefixesAnswer; params: object }) {
  const { cluster, subject, answer, params } = props;
  const { clockSince, historyReason } = answer;
  const clusterHref = useClusterHref();
  const router = useRouter();
  const hrefOf = (row: PrefixRow) => {
    if (row.kind === "key") return clusterHref(cluster, "key", keySearch(row.prefix, row.prefixBase64));
    return row.hasChildren ? clusterHref(cluster, "keyspace", prefixSearch(row.prefix, row.prefixBase64)) : null;
  };
  const open = (row: PrefixRow) => {
    const href = hrefOf(row);
    if (href !== null) router.push(href);
  };
  return (
    <DataTable
      label="Largest prefixes"
      note={
        <OriginNote
          origin={answer.state === "live" ? "exact" : "estimated"}
          at={answer.at}
          revision={answer.revision}
        />
      }
      actions={
        <LinkButton small kind="quiet" href={clusterHref(cluster, "keyspace", prefixSearch(subject))} prefetch={false}>
          Open in Keyspace
        </LinkButton>
      }
      rows={answer.items}
      columns={prefixColumns({ parent: subject, clockSince, historyReason, hrefOf, onOpen: open })}
      rowKey={rowId}
      sort={{ column: "liveBytes", order: "desc" }}
      filterText={(row) => row.prefix}
      exportHref={(format) => clusterPath(cluster, "/prefixes") + toSearch({ ...params, format })}
      onActivate={open}
      empty={<Empty title="No keys">The keyspace is empty.</Empty>}
    />
  );
}
