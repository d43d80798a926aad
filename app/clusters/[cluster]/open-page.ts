import { QueryClient } from "@tanstack/react-query";
import { webDb } from "@/lib/db/web-db";
import { resolveClusterId } from "@/lib/queries/clusters";
import { UnknownClusterError } from "@/lib/queries/errors";

/** What Next hands to the pages below `/clusters/{cluster}`. */
export interface ClusterPageProps {
  params: Promise<{ cluster: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/**
 * The cluster and query string of a page, and a client to seed. `readId` belongs inside a `queryFn`: when Postgres does
 * not answer the page goes without its seed, and the browser asks again and says what is wrong.
 */
export async function openPage({ params, searchParams }: ClusterPageProps) {
  const cluster = decodeURIComponent((await params).cluster);
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(await searchParams)) {
    const first = Array.isArray(value) ? value[0] : value;
    if (first !== undefined) search.set(name, first);
  }
  let id: Promise<number> | undefined;
  const readId = () => {
    id ??= readKnownId(cluster);
    return id;
  };
  return { cluster, readId, search, client: new QueryClient(), nowMs: Date.now() };
}

async function readKnownId(cluster: string): Promise<number> {
  const id = await resolveClusterId(webDb(), cluster);
  if (id === null) throw new UnknownClusterError(cluster);
  return id;
}
