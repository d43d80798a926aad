import { dehydrate, HydrationBoundary, QueryClient } from "@tanstack/react-query";
import type { Metadata } from "next";
import { seedFleet } from "@/app/seed-fleet";
import { NotificationsView } from "@/app/settings/notifications/view";
import { clustersOptions } from "@/lib/api/clusters";
import { silencesOptions, webhooksOptions } from "@/lib/api/webhooks";
import { readWebConfig } from "@/lib/config";
import { webDb } from "@/lib/db/web-db";
import { listSilences } from "@/lib/queries/silences";
import { listWebhooks } from "@/lib/queries/webhooks";

export const metadata: Metadata = { title: "Settings: notifications" };
export const dynamic = "force-dynamic";

/** Who is told of findings and spikes, and what is not told for a while. */
export default async function NotificationsPage() {
  const client = new QueryClient();
  await Promise.all([
    client.prefetchQuery({
      ...webhooksOptions(),
      queryFn: () => listWebhooks(webDb(), readWebConfig().secretKey),
    }),
    client.prefetchQuery({ ...silencesOptions(), queryFn: () => listSilences(webDb(), null, Date.now()) }),
    client.prefetchQuery({ ...clustersOptions(), queryFn: seedFleet }),
  ]);
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <NotificationsView />
    </HydrationBoundary>
  );
}
