import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { MembersView } from "@/app/clusters/[cluster]/members/view";
import { type ClusterPageProps, openPage } from "@/app/clusters/[cluster]/open-page";
import { readRange } from "@/components/keyspace/view-search";
import { connectionsOptions } from "@/lib/api/leases";
import { configurationOptions } from "@/lib/api/member-configuration";
import { MembersParams, memberHealthOptions } from "@/lib/api/members";
import { webDb } from "@/lib/db/web-db";
import { readConnections } from "@/lib/queries/connections";
import { readConfiguration } from "@/lib/queries/member-configuration";
import { readMembersHealth } from "@/lib/queries/member-health";

export const dynamic = "force-dynamic";
export const metadata: Metadata = { title: "Members" };

/** The members of a cluster side by side and over time, how they are set up, and who is connected to which of them. */
export default async function MembersPage(props: ClusterPageProps) {
  const { cluster, readId, search, client, nowMs } = await openPage(props);
  const range = readRange(search);
  await Promise.all([
    client.prefetchQuery({
      ...memberHealthOptions(cluster, range),
      queryFn: async () => readMembersHealth(webDb(), await readId(), MembersParams.parse(range), nowMs),
    }),
    client.prefetchQuery({
      ...configurationOptions(cluster),
      queryFn: async () => readConfiguration(webDb(), await readId(), nowMs),
    }),
    client.prefetchQuery({
      ...connectionsOptions(cluster, range),
      queryFn: async () => readConnections(webDb(), await readId(), range, nowMs),
    }),
  ]);
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <MembersView cluster={cluster} />
    </HydrationBoundary>
  );
}
