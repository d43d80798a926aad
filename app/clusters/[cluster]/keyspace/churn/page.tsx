import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { ChurnView } from "@/app/clusters/[cluster]/keyspace/churn/view";
import { type ClusterPageProps, openPage } from "@/app/clusters/[cluster]/open-page";
import { churnQuery, readChurnState } from "@/components/churn/churn-search";
import { ChurnParams, churnOptions } from "@/lib/api/churn";
import { webDb } from "@/lib/db/web-db";
import { readChurn } from "@/lib/queries/churn";

export const dynamic = "force-dynamic";
export const metadata: Metadata = { title: "Size × churn" };

/** Every prefix by its size and by what is written to it: what to split, to clean up, to mend, to leave alone. */
export default async function ChurnPage(props: ClusterPageProps) {
  const { cluster, readId, search, client, nowMs } = await openPage(props);
  const params = churnQuery(readChurnState(search));
  await client.prefetchQuery({
    ...churnOptions(cluster, params),
    queryFn: async () => readChurn(webDb(), await readId(), ChurnParams.parse(params), nowMs),
  });
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <ChurnView cluster={cluster} />
    </HydrationBoundary>
  );
}
