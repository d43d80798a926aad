import { webDb } from "@/lib/db/web-db";
import { findCluster } from "@/lib/queries/clusters";
import { UnknownClusterError } from "@/lib/queries/errors";

/** What Next hands to a handler below `[cluster]`. */
export interface ClusterRoute {
  params: Promise<{ cluster: string }>;
}

/** The stored cluster a path names by name or id. Throws an `UnknownClusterError`. */
export async function readRouteCluster({ params }: ClusterRoute) {
  const { cluster: nameOrId } = await params;
  const row = await findCluster(webDb(), nameOrId);
  if (!row) throw new UnknownClusterError(nameOrId);
  return row;
}
