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
  traffic: "Traffic",
  clients: "Clients",
  leases: "Leases",
  members: "Members",
  triage: "Triage",
  capture: "Capture",
  collection: "Collection",
};

/** The pages of a cluster that the sidebar lists, by the question they answer; the others are reached from these. */
export const PAGE_GROUPS = [
  { label: "Look", pages: ["overview", "keyspace", "heatmap", "churn", "keys", "collection"] },
  { label: "Who", pages: ["traffic", "clients", "leases", "members"] },
  { label: "Act", pages: ["triage"] },
] as const satisfies readonly { label: string; pages: readonly ClusterPage[] }[];

export type ListedPage = (typeof PAGE_GROUPS)[number]["pages"][number];
export const LISTED_PAGES: readonly ListedPage[] = PAGE_GROUPS.flatMap((group): readonly ListedPage[] => group.pages);

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
