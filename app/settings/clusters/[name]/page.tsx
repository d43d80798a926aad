import { dehydrate, HydrationBoundary, QueryClient } from "@tanstack/react-query";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { SourcesView } from "@/app/settings/clusters/[name]/view";
import { sourcesOptions, tokensOptions } from "@/lib/api/sources";
import { webDb } from "@/lib/db/web-db";
import { resolveClusterId } from "@/lib/queries/clusters";
import { readSourceRows } from "@/lib/queries/sources";
import { listTokens } from "@/lib/queries/tokens";

export const metadata: Metadata = { title: "Settings: sources" };
export const dynamic = "force-dynamic";

/** Where a cluster's figures come from besides its keyspace, and who may send events of it. */
export default async function SourcesPage({ params }: { params: Promise<{ name: string }> }) {
  const cluster = decodeURIComponent((await params).name);
  const id = await resolveClusterId(webDb(), cluster);
  if (id === null) notFound();
  const client = new QueryClient();
  await Promise.all([
    client.prefetchQuery({ ...sourcesOptions(cluster), queryFn: () => readSourceRows(webDb(), id) }),
    client.prefetchQuery({ ...tokensOptions(cluster), queryFn: () => listTokens(webDb(), id) }),
  ]);
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <SourcesView cluster={cluster} />
    </HydrationBoundary>
  );
}
