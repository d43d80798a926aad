import { parseQuery, respond } from "@/app/api/respond";
import { type ClusterRoute, readRouteCluster } from "@/app/api/route-cluster";
import { PatternsParams } from "@/lib/api/patterns";
import { webDb } from "@/lib/db/web-db";
import { readPatterns } from "@/lib/queries/patterns";

/** What stands out in a range, in plain words. */
export function GET(request: Request, route: ClusterRoute): Promise<Response> {
  return respond(request, async () => {
    const { id } = await readRouteCluster(route);
    return readPatterns(webDb(), id, parseQuery(request, PatternsParams), Date.now());
  });
}
