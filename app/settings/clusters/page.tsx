import { dehydrate, HydrationBoundary, QueryClient } from "@tanstack/react-query";
import type { Metadata } from "next";
import { seedFleet } from "@/app/seed-fleet";
import { ClusterSettingsView } from "@/app/settings/clusters/view";
import { clustersOptions } from "@/lib/api/clusters";

export const metadata: Metadata = { title: "Settings: clusters" };
export const dynamic = "force-dynamic";

/** Which clusters etcdscope reads, and how. */
export default async function ClusterSettingsPage() {
  const client = new QueryClient();
  await client.prefetchQuery({ ...clustersOptions(), queryFn: seedFleet });
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <ClusterSettingsView />
    </HydrationBoundary>
  );
}
