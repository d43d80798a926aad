import { respond } from "@/app/api/respond";
import { type ClusterRoute, readRouteCluster } from "@/app/api/route-cluster";
import { readWebConfig } from "@/lib/config";
import { webDb } from "@/lib/db/web-db";
import { listSources } from "@/lib/queries/sources";

/** What can tell of a cluster besides its keyspace, how it is set and how it does. */
export function GET(request: Request, route: ClusterRoute): Promise<Response> {
  return respond(request, async () => {
    const row = await readRouteCluster(route);
    return listSources(webDb(), row, { secretKey: readWebConfig().secretKey, nowMs: Date.now() });
  });
}
