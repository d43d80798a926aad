import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { CollectionView } from "@/app/clusters/[cluster]/collection/view";
import { type ClusterPageProps, openPage } from "@/app/clusters/[cluster]/open-page";
import { costQuery } from "@/components/cost/cost-search";
import { costOptions } from "@/lib/api/cost";
import { webDb } from "@/lib/db/web-db";
import { readCost } from "@/lib/queries/cost";

export const dynamic = "force-dynamic";
export const metadata: Metadata = { title: "Collection" };

/** What reading this cluster costs it, what keeps that within bounds, and how well the result has been proved. */
export default async function CollectionPage(props: ClusterPageProps) {
  const { cluster, readId, search, client, nowMs } = await openPage(props);
  const params = costQuery(search);
  await client.prefetchQuery({
    ...costOptions(cluster, params),
    queryFn: async () => readCost(webDb(), await readId(), params, nowMs),
  });
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <CollectionView cluster={cluster} />
    </HydrationBoundary>
  );
}
