import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { PrefixView } from "@/app/clusters/[cluster]/keyspace/prefix/view";
import { type ClusterPageProps, openPage } from "@/app/clusters/[cluster]/open-page";
import { readPrefixPage } from "@/components/keyspace/prefix-search-state";
import { topKeysParams } from "@/components/keyspace/top-keys-params";
import { PrefixClientsParams, prefixClientsOptions } from "@/lib/api/clients";
import { TopKeysParams, topKeysOptions } from "@/lib/api/keys";
import { PrefixesParams, prefixesOptions, SeriesParams, seriesOptions } from "@/lib/api/prefixes";
import { webDb } from "@/lib/db/web-db";
import { readPrefixClients } from "@/lib/queries/prefix-clients";
import { listPrefixes } from "@/lib/queries/prefixes";
import { readSeries } from "@/lib/queries/series";
import { listTopKeys } from "@/lib/queries/top-keys";

export const dynamic = "force-dynamic";
export const metadata: Metadata = { title: "Prefix" };

/** One prefix: what it is, what it holds, how that went over time, and its top keys. */
export default async function PrefixPage(props: ClusterPageProps) {
  const { cluster, readId, search, client, nowMs } = await openPage(props);
  const { chosen, range, children, series, topKeys } = readPrefixPage(search);
  const clients = { ...chosen, ...range };
  const keys = topKeysParams(topKeys);
  await Promise.all([
    client.prefetchQuery({
      ...prefixesOptions(cluster, children),
      queryFn: async () => listPrefixes(webDb(), await readId(), PrefixesParams.parse(children), nowMs),
    }),
    client.prefetchQuery({
      ...topKeysOptions(cluster, keys),
      queryFn: async () => listTopKeys(webDb(), await readId(), TopKeysParams.parse(keys), nowMs),
    }),
    client.prefetchQuery({
      ...prefixClientsOptions(cluster, clients),
      queryFn: async () => readPrefixClients(webDb(), await readId(), PrefixClientsParams.parse(clients), nowMs),
    }),
    ...series.map((params) =>
      client.prefetchQuery({
        ...seriesOptions(cluster, params),
        queryFn: async () => readSeries(webDb(), await readId(), SeriesParams.parse(params), nowMs),
      }),
    ),
  ]);
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <PrefixView cluster={cluster} />
    </HydrationBoundary>
  );
}
