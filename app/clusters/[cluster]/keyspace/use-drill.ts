"use client";

import { useRouter } from "next/navigation";
import { keySearch, prefixSearch } from "@/components/keyspace/view-search";
import { patchSearch } from "@/components/shell/patch-search";
import { useClusterHref } from "@/components/shell/use-cluster-href";
import { useUrlState } from "@/components/shell/use-url-state";
import type { PrefixRow } from "@/lib/api/prefixes";

/** Where rows and prefixes lead: deeper by the URL alone, to a key by another page. */
export function useDrill(cluster: string) {
  const { params, patch } = useUrlState();
  const router = useRouter();
  const clusterHref = useClusterHref();
  const hrefOfPrefix = (prefix: string, base64: string | null = null) =>
    patchSearch(params.toString(), prefixSearch(prefix, base64)) || "?";
  const openPrefix = (prefix: string, base64: string | null = null) =>
    patch(prefixSearch(prefix, base64), { push: true });
  const hrefOfKey = (row: PrefixRow) => clusterHref(cluster, "key", keySearch(row.prefix, row.prefixBase64));
  return {
    hrefOfPrefix,
    openPrefix,
    hrefOf(row: PrefixRow): string | null {
      if (row.kind === "key") return hrefOfKey(row);
      return row.hasChildren ? hrefOfPrefix(row.prefix, row.prefixBase64) : null;
    },
    open(row: PrefixRow): void {
      if (row.kind === "key") router.push(hrefOfKey(row));
      else if (row.hasChildren) openPrefix(row.prefix, row.prefixBase64);
    },
  };
}
/** How a part of the Keyspace page leads somewhere. */
export type Drill = ReturnType<typeof useDrill>;
