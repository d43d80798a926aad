import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { type ClusterPageProps, openPage } from "@/app/clusters/[cluster]/open-page";
import { TrafficView } from "@/app/clusters/[cluster]/traffic/view";
import { readTrafficState, trafficQuestions, trafficSeriesQuestion } from "@/components/traffic/traffic-search";
import {
  logSignalsOptions,
  TrafficParams,
  TrafficSeriesParams,
  trafficOptions,
  trafficSeriesOptions,
} from "@/lib/api/traffic";
import { webDb } from "@/lib/db/web-db";
import { listLogSignals } from "@/lib/queries/log-signals";
import { listTraffic } from "@/lib/queries/traffic";
import { readTrafficSeries } from "@/lib/queries/traffic-series";

export const dynamic = "force-dynamic";
export const metadata: Metadata = { title: "Traffic" };

/** What is asked of a cluster: verb by resource, over time, and what fails. */
export default async function TrafficPage(props: ClusterPageProps) {
  const { cluster, readId, search, client, nowMs } = await openPage(props);
  const state = readTrafficState(search);
  const { drill, ...always } = trafficQuestions(state);
  const isDrilled = Object.keys(state.chosen).length > 0;
  const seeds = [...Object.values(always), ...(isDrilled ? [drill] : [])].map((asked) =>
    client.prefetchQuery({
      ...trafficOptions(cluster, asked),
      queryFn: async () => listTraffic(webDb(), await readId(), TrafficParams.parse(asked), nowMs),
    }),
  );
  const series = trafficSeriesQuestion(state);
  await Promise.all([
    ...seeds,
    client.prefetchQuery({
      ...trafficSeriesOptions(cluster, series),
      queryFn: async () => readTrafficSeries(webDb(), await readId(), TrafficSeriesParams.parse(series), nowMs),
    }),
    client.prefetchQuery({
      ...logSignalsOptions(cluster, state.range),
      queryFn: async () => listLogSignals(webDb(), await readId(), state.range, nowMs),
    }),
  ]);
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <TrafficView cluster={cluster} />
    </HydrationBoundary>
  );
}
