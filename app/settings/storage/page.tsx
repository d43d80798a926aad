import { dehydrate, HydrationBoundary, QueryClient } from "@tanstack/react-query";
import type { Metadata } from "next";
import { StorageView } from "@/app/settings/storage/view";
import { storageOptions } from "@/lib/api/storage";
import { webDb } from "@/lib/db/web-db";
import { readStorage } from "@/lib/queries/storage";

export const metadata: Metadata = { title: "Settings: storage" };
export const dynamic = "force-dynamic";

/** How long measurements are kept, and what they take on disk. */
export default async function StoragePage() {
  const client = new QueryClient();
  await client.prefetchQuery({ ...storageOptions(), queryFn: () => readStorage(webDb()) });
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <StorageView />
    </HydrationBoundary>
  );
}
