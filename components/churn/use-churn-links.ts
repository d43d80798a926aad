"use client";

import { useRouter } from "next/navigation";
import { parentSearch } from "@/components/churn/churn-search";
import { prefixSearch } from "@/components/keyspace/view-search";
import { patchSearch } from "@/components/shell/patch-search";
import { useClusterHref } from "@/components/shell/use-cluster-href";
import { useUrlState } from "@/components/shell/use-url-state";
import type { ChurnRow } from "@/lib/api/churn";

/**
 * Where a prefix of the page leads: to what lies below it, or, where nothing does, to its own page. What stands for many
 * leads to their parent in the Keyspace, which lists them.
 */
export function useChurnLinks(cluster: string) {
  const { params, patch } = useUrlState();
  const router = useRouter();
  const clusterHref = useClusterHref();
  const pageOf = ({ kind, prefix, prefixBase64 }: ChurnRow) =>
    clusterHref(cluster, kind === "prefix" ? "prefix" : "keyspace", prefixSearch(prefix, prefixBase64));
  return {
    hrefOfParent: (parent: string) => patchSearch(params.toString(), parentSearch(parent)) || "?",
    openParent: (parent: string) => patch(parentSearch(parent), { push: true }),
    hrefOf(row: ChurnRow): string {
      if (!row.hasChildren) return pageOf(row);
      return patchSearch(params.toString(), parentSearch(row.prefix, row.prefixBase64)) || "?";
    },
    open(row: ChurnRow): void {
      if (row.hasChildren) patch(parentSearch(row.prefix, row.prefixBase64), { push: true });
      else router.push(pageOf(row));
    },
  };
}
export type ChurnLinks = ReturnType<typeof useChurnLinks>;
