import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { LeasesView } from "@/app/clusters/[cluster]/leases/view";
import { type ClusterPageProps, openPage } from "@/app/clusters/[cluster]/open-page";
import { readRange } from "@/components/keyspace/view-search";
import { leasesOptions } from "@/lib/api/leases";
import { webDb } from "@/lib/db/web-db";
import { readLeases } from "@/lib/queries/leases";

export const dynamic = "force-dynamic";
export const metadata: Metadata = { title: "Leases" };

/** The leases of a cluster: how many, how long, what hangs on them, and which hold nothing. */
export default async function LeasesPage(props: ClusterPageProps) {
  const { cluster, readId, search, client, nowMs } = await openPage(props);
  const range = readRange(search);
  await client.prefetchQuery({
    ...leasesOptions(cluster, range),
    queryFn: async () => readLeases(webDb(), await readId(), range, nowMs),
  });
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <LeasesView cluster={cluster} />
    </HydrationBoundary>
  );
}
