import { infiniteQueryOptions } from "@tanstack/react-query";
import type { tableParams } from "@/components/keyspace/keyspace-search";
import { clusterPath, getJson } from "@/lib/api/get-json";
import type { PrefixesAnswer } from "@/lib/api/prefixes";
import { countsRefreshMs, isOfCluster } from "@/lib/api/refresh";

/** All pages are asked for again, one after the other: beyond so many that would be a burden. */
const MAX_LIVE_PAGES = 5;
const SLOW_REFRESH_MS = 10_000;

/** The children of a prefix, page after page. One page is as live as any figure; many are refreshed more slowly. */
export function prefixPagesOptions(cluster: string, params: ReturnType<typeof tableParams>) {
  return infiniteQueryOptions({
    queryKey: ["prefix-pages", cluster, params],
    queryFn: ({ pageParam, signal }) =>
      getJson<PrefixesAnswer>(clusterPath(cluster, "/prefixes"), { ...params, cursor: pageParam }, signal),
    initialPageParam: "",
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: ({ state }) => {
      const pages = state.data?.pages.length ?? 1;
      return pages > MAX_LIVE_PAGES ? false : pages > 1 ? SLOW_REFRESH_MS : countsRefreshMs(params);
    },
    placeholderData: (previous, query) => (isOfCluster(query, cluster) ? previous : undefined),
  });
}
