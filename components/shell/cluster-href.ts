import { patchSearch, type SearchPatch } from "@/components/shell/patch-search";

/** Where the pages of a cluster lie below `/clusters/{cluster}`. */
export const CLUSTER_PAGES = {
  overview: "",
  keyspace: "/keyspace",
  prefix: "/keyspace/prefix",
  key: "/keyspace/key",
  churn: "/keyspace/churn",
  heatmap: "/heatmap",
  keys: "/keys",
  traffic: "/traffic",
  clients: "/clients",
  leases: "/leases",
  members: "/members",
  triage: "/triage",
  capture: "/triage/captures",
  collection: "/collection",
} as const;
export type ClusterPage = keyof typeof CLUSTER_PAGES;

/** The part of a query string that says which time is looked at; it goes along from page to page. */
export interface RangeSearch {
  range?: string;
  from?: string;
  to?: string;
}

/**
 * A link to a page of a cluster. `prefix` and `key` are in their text form, which stands for the same bytes whatever
 * they are; everything else goes into the query string as it is.
 */
export function clusterHref(cluster: string, page: ClusterPage, params: SearchPatch & RangeSearch = {}): string {
  return `/clusters/${encodeURIComponent(cluster)}${CLUSTER_PAGES[page]}${patchSearch("", params)}`;
}

/** A link to the report of a capture. */
export function captureHref(cluster: string, id: string, params: RangeSearch = {}): string {
  return `/clusters/${encodeURIComponent(cluster)}${CLUSTER_PAGES.capture}/${encodeURIComponent(id)}${patchSearch("", { ...params })}`;
}

/** What of a query string is the time range. */
export function rangeSearch(params: { get(name: string): string | null }): RangeSearch {
  const search: RangeSearch = {};
  for (const name of ["range", "from", "to"] as const) {
    const value = params.get(name);
    if (value !== null) search[name] = value;
  }
  return search;
}
