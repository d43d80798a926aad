"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { clusterOptions, clustersOptions } from "@/lib/api/clusters";

/** Older than this when a page opens, a cluster is asked for at once rather than at the next interval. */
const OPENING_AGE_MS = 5_000;

/**
 * A cluster by its name or id as it stands in the URL. Begins with what the fleet says of it: the header is drawn above
 * everything a page could seed, and what it asks for must be there on the server already.
 */
export function useCluster(cluster: string) {
  const client = useQueryClient();
  const fleetKey = clustersOptions().queryKey;
  return useQuery({
    ...clusterOptions(cluster),
    initialData: () =>
      client.getQueryData(fleetKey)?.items.find(({ name, id }) => name === cluster || String(id) === cluster),
    initialDataUpdatedAt: () => client.getQueryState(fleetKey)?.dataUpdatedAt,
    refetchOnMount: ({ state }) => Date.now() - state.dataUpdatedAt > OPENING_AGE_MS,
  });
}
