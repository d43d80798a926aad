import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { KeyspaceView } from "@/app/clusters/[cluster]/keyspace/view";
import { type ClusterPageProps, openPage } from "@/app/clusters/[cluster]/open-page";
import { compareParams } from "@/components/keyspace/compare-search";
import {
  belowParams,
  type KeyspaceState,
  readKeyspace,
  tableParams,
  tileParams,
  toParent,
} from "@/components/keyspace/keyspace-search";
import { prefixPagesOptions } from "@/components/keyspace/prefix-pages";
import { findDominant } from "@/components/keyspace/tiles";
import { CompareParams, compareOptions } from "@/lib/api/compare";
import { type PrefixesAnswer, PrefixesParams, prefixesOptions } from "@/lib/api/prefixes";
import { webDb } from "@/lib/db/web-db";
import { comparePrefixes } from "@/lib/queries/compare";
import { listPrefixes } from "@/lib/queries/prefixes";

export const dynamic = "force-dynamic";
export const metadata: Metadata = { title: "Keyspace" };

/** What is in the keyspace, by prefix: a treemap and a table that drill down to single keys. */
export default async function KeyspacePage(props: ClusterPageProps) {
  const { cluster, readId, search, client, nowMs } = await openPage(props);
  const state = readKeyspace(search);
  if (state.compare === null) await seedNow({ cluster, readId, client, nowMs, state });
  else await seedCompared({ cluster, readId, client, nowMs, state }, state.compare);
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <KeyspaceView cluster={cluster} />
    </HydrationBoundary>
  );
}

type Seed = Pick<Awaited<ReturnType<typeof openPage>>, "cluster" | "readId" | "client" | "nowMs"> & {
  state: KeyspaceState;
};

async function seedNow({ cluster, readId, client, nowMs, state }: Seed): Promise<void> {
  const list = async (params: object) => listPrefixes(webDb(), await readId(), PrefixesParams.parse(params), nowMs);
  const seed = async (params: object) => {
    const options = prefixesOptions(cluster, params);
    await client.prefetchQuery({ ...options, queryFn: () => list(params) });
    return client.getQueryData(options.queryKey);
  };
  const table = tableParams(state);
  const seedBelow = (answer: PrefixesAnswer | undefined) => {
    const dominant = findDominant(answer, state.area);
    return dominant && seed(belowParams(state, dominant));
  };
  const [first, ...others] = tileParams(state);
  await Promise.all([
    client.prefetchInfiniteQuery({ ...prefixPagesOptions(cluster, table), queryFn: () => list(table) }),
    seed(first).then(seedBelow),
    ...others.map(seed),
  ]);
}

async function seedCompared({ cluster, readId, client, nowMs, state }: Seed, compare: string): Promise<void> {
  const params = compareParams(toParent(state.chosen), { compare, to: state.range.to });
  await client.prefetchQuery({
    ...compareOptions(cluster, params),
    queryFn: async () => comparePrefixes(webDb(), await readId(), CompareParams.parse(params), nowMs),
  });
}
