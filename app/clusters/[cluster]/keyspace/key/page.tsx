import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { KeyView } from "@/app/clusters/[cluster]/keyspace/key/view";
import { type ClusterPageProps, openPage } from "@/app/clusters/[cluster]/open-page";
import { readKeyParams } from "@/components/keyspace/view-search";
import { KeyParams, keyOptions } from "@/lib/api/keys";
import { webDb } from "@/lib/db/web-db";
import { readKey } from "@/lib/queries/key";

export const dynamic = "force-dynamic";
export const metadata: Metadata = { title: "Key" };

/** One key: its sizes, its revisions, its lease. Never its value. */
export default async function KeyPage(props: ClusterPageProps) {
  const { cluster, readId, search, client } = await openPage(props);
  const params = readKeyParams(search);
  if (params !== null) {
    await client.prefetchQuery({
      ...keyOptions(cluster, params),
      queryFn: async () => readKey(webDb(), await readId(), KeyParams.parse(params)),
    });
  }
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <KeyView cluster={cluster} />
    </HydrationBoundary>
  );
}
