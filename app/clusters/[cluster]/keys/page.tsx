import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { TopKeysView } from "@/app/clusters/[cluster]/keys/view";
import { type ClusterPageProps, openPage } from "@/app/clusters/[cluster]/open-page";
import { mostHistoryParams, readTopKeys, topKeysParams } from "@/components/keyspace/top-keys-params";
import { TopKeysParams, topKeysOptions } from "@/lib/api/keys";
import { webDb } from "@/lib/db/web-db";
import { listTopKeys } from "@/lib/queries/top-keys";

export const dynamic = "force-dynamic";
export const metadata: Metadata = { title: "Top keys" };

/** The keys that stand out: hottest, longest, most revised, stalest, and those that hold the most history. */
export default async function TopKeysPage(props: ClusterPageProps) {
  const { cluster, readId, search, client, nowMs } = await openPage(props);
  const params = topKeysParams(readTopKeys(search));
  const seed = (asked: typeof params | ReturnType<typeof mostHistoryParams>) =>
    client.prefetchQuery({
      ...topKeysOptions(cluster, asked),
      queryFn: async () => listTopKeys(webDb(), await readId(), TopKeysParams.parse(asked), nowMs),
    });
  await Promise.all([seed(params), seed(mostHistoryParams(readTopKeys(search).chosen))]);
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <TopKeysView cluster={cluster} />
    </HydrationBoundary>
  );
}
