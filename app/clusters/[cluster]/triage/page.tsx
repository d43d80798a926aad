import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { type ClusterPageProps, openPage } from "@/app/clusters/[cluster]/open-page";
import { TriageView } from "@/app/clusters/[cluster]/triage/view";
import { readTriageState } from "@/components/triage/triage-search";
import { triageOptions } from "@/lib/api/triage";
import { webDb } from "@/lib/db/web-db";
import { readTriage } from "@/lib/queries/triage/triage";

export const dynamic = "force-dynamic";
export const metadata: Metadata = { title: "Triage" };

/** Why the cluster is slow: what moved, what it is and what it is not, and what to do. */
export default async function TriagePage(props: ClusterPageProps) {
  const { cluster, readId, search, client, nowMs } = await openPage(props);
  const { params } = readTriageState(search);
  await client.prefetchQuery({
    ...triageOptions(cluster, params),
    queryFn: async () => readTriage(webDb(), await readId(), params, nowMs),
  });
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <TriageView cluster={cluster} />
    </HydrationBoundary>
  );
}
