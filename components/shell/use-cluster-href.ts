"use client";

import { useSearchParams } from "next/navigation";
import { useCallback } from "react";
import { type ClusterPage, clusterHref, rangeSearch } from "@/components/shell/cluster-href";
import type { SearchPatch } from "@/components/shell/patch-search";

/** `clusterHref` with the time range of the page one is on. */
export function useClusterHref() {
  const search = useSearchParams();
  return useCallback(
    (cluster: string, page: ClusterPage, params: SearchPatch = {}) =>
      clusterHref(cluster, page, { ...params, ...rangeSearch(search) }),
    [search],
  );
}
