import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { ClientsView } from "@/app/clusters/[cluster]/clients/view";
import { type ClusterPageProps, openPage } from "@/app/clusters/[cluster]/open-page";
import { clientQuestions, clientsQuestion, isChosen, readClientsState } from "@/components/clients/clients-search";
import { ClientsParams, clientsOptions } from "@/lib/api/clients";
import { TrafficParams, trafficOptions } from "@/lib/api/traffic";
import { webDb } from "@/lib/db/web-db";
import { listClients } from "@/lib/queries/clients";
import { listTraffic } from "@/lib/queries/traffic";

export const dynamic = "force-dynamic";
export const metadata: Metadata = { title: "Clients" };

/** Who asks, how much, and what of it does harm. */
export default async function ClientsPage(props: ClusterPageProps) {
  const { cluster, readId, search, client, nowMs } = await openPage(props);
  const state = readClientsState(search);
  const asked = clientsQuestion(state);
  const seeds = [
    client.prefetchQuery({
      ...clientsOptions(cluster, asked),
      queryFn: async () => listClients(webDb(), await readId(), ClientsParams.parse(asked), nowMs),
    }),
  ];
  if (isChosen(state.chosen)) {
    const { doing } = clientQuestions(state);
    seeds.push(
      client.prefetchQuery({
        ...trafficOptions(cluster, doing),
        queryFn: async () => listTraffic(webDb(), await readId(), TrafficParams.parse(doing), nowMs),
      }),
    );
  }
  await Promise.all(seeds);
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <ClientsView cluster={cluster} />
    </HydrationBoundary>
  );
}
