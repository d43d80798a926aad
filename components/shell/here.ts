"use client";

import { useParams, usePathname } from "next/navigation";
import { CLUSTER_PAGES, type ClusterPage } from "@/components/shell/cluster-href";

export const PAGE_WORDS: Record<ClusterPage, string> = {
  overview: "Overview",
  keyspace: "Keyspace",
  prefix: "Prefix",
  key: "Key",
  churn: "Size × churn",
  heatmap: "Heatmap",
  keys: "Top keys",
  collection: "Collection",
};

/** The pages of a cluster that the sidebar lists; the others are reached from these. */
export const LISTED_PAGES = [
  "overview",
  "keyspace",
  "heatmap",
  "churn",
  "keys",
  "collection",
] as const satisfies readonly ClusterPage[];

/** Where the reader is: in a cluster (its name as in the URL) and on which of its pages. */
export function useHere(): { pathname: string; cluster: string | null; page: ClusterPage | null } {
  const pathname = usePathname();
  const params = useParams<{ cluster?: string }>();
  const cluster = params.cluster === undefined ? null : decodeURIComponent(params.cluster);
  return { pathname, cluster, page: cluster === null ? null : pageOf(pathname) };
}

/** The page of a cluster a path leads to: the longest that fits. */
export function pageOf(pathname: string): ClusterPage {
  const below = pathname.split("/").slice(3).join("/");
  const found = (Object.keys(CLUSTER_PAGES) as ClusterPage[])
    .filter((page) => CLUSTER_PAGES[page] !== "" && `/${below}/`.startsWith(`${CLUSTER_PAGES[page]}/`))
    .sort((left, right) => CLUSTER_PAGES[right].length - CLUSTER_PAGES[left].length);
  return found[0] ?? "overview";
}
