import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import { type ClusterPageProps, openPage } from "@/app/clusters/[cluster]/open-page";
import { OverviewView } from "@/app/clusters/[cluster]/view";
import { hotChildrenParams, overviewParams, rootParams, subjectOf } from "@/components/keyspace/overview-search";
import { readRange } from "@/components/keyspace/view-search";
import { ledgerOptions } from "@/lib/api/ledger";
import { MemberSeriesParams, memberSeriesOptions } from "@/lib/api/member-series";
import { membersOptions } from "@/lib/api/members";
import { PrefixesParams, prefixesOptions, SeriesParams, seriesOptions } from "@/lib/api/prefixes";
import { webDb } from "@/lib/db/web-db";
import { readLedger } from "@/lib/queries/ledger";
import { readMemberSeries } from "@/lib/queries/member-series";
import { listMembers } from "@/lib/queries/members";
import { listPrefixes } from "@/lib/queries/prefixes";
import { readSeries } from "@/lib/queries/series";

export const dynamic = "force-dynamic";

/** One cluster at a glance: what is in it, what is hot now, how its members are. */
export default async function OverviewPage(props: ClusterPageProps) {
  const { cluster, readId, search, client, nowMs } = await openPage(props);
  const range = readRange(search);
  const seedPrefixes = async (params: object) => {
    const parsed = PrefixesParams.parse(params);
    const options = prefixesOptions(cluster, params);
    await client.prefetchQuery({
      ...options,
      queryFn: async () => listPrefixes(webDb(), await readId(), parsed, nowMs),
    });
    return client.getQueryData(options.queryKey);
  };
  const seedSeries = (params: object) =>
    client.prefetchQuery({
      ...seriesOptions(cluster, params),
      queryFn: async () => readSeries(webDb(), await readId(), SeriesParams.parse(params), nowMs),
    });
  const seedFile = (params: object) =>
    client.prefetchQuery({
      ...memberSeriesOptions(cluster, params),
      queryFn: async () => readMemberSeries(webDb(), await readId(), MemberSeriesParams.parse(params), nowMs),
    });
  const seedMembers = Promise.all([
    client.prefetchQuery({
      ...membersOptions(cluster),
      queryFn: async () => listMembers(webDb(), await readId()),
    }),
    client.prefetchQuery({
      ...ledgerOptions(cluster),
      queryFn: async () => readLedger(webDb(), await readId(), nowMs),
    }),
  ]);
  const subject = subjectOf(await seedPrefixes(rootParams(range)));
  if (subject !== null) {
    const { largest, hottest, size, writes } = overviewParams(subject, range);
    const seedHot = seedPrefixes(hottest).then((hot) => Promise.all(hotChildrenParams(hot, range).map(seedPrefixes)));
    const seedSize = [seedSeries(size.live), seedFile(size.file)];
    await Promise.all([seedPrefixes(largest), seedHot, ...seedSize, seedSeries(writes)]);
  }
  await seedMembers;
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <OverviewView cluster={cluster} />
    </HydrationBoundary>
  );
}
