import { dehydrate, HydrationBoundary, QueryClient } from "@tanstack/react-query";
import type { Metadata } from "next";
import { FleetView } from "@/app/(fleet)/view";
import { seedFleet } from "@/app/seed-fleet";
import { clustersOptions } from "@/lib/api/clusters";

export const metadata: Metadata = { title: "All clusters" };
export const dynamic = "force-dynamic";

/** Which cluster needs me now? */
export default async function FleetPage() {
  const client = new QueryClient();
  await client.prefetchQuery({ ...clustersOptions(), queryFn: seedFleet });
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <FleetView />
    </HydrationBoundary>
  );
}
