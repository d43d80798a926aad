import { exportResponse, readExportFormat } from "@/app/api/export";
import { respond } from "@/app/api/respond";
import { type ClusterRoute, readRouteCluster } from "@/app/api/route-cluster";
import { parseTrafficQuery } from "@/app/api/traffic-query";
import { TrafficParams, TrafficRow } from "@/lib/api/traffic";
import { webDb } from "@/lib/db/web-db";
import { listTraffic } from "@/lib/queries/traffic";

/** Requests by verb, resource and the like; as a file, with as many rows as the limit allows. */
export function GET(request: Request, route: ClusterRoute): Promise<Response> {
  return respond(request, async () => {
    const { id, name } = await readRouteCluster(route);
    const params = parseTrafficQuery(request, TrafficParams);
    const format = readExportFormat(request);
    const answer = await listTraffic(webDb(), id, params, Date.now());
    if (format === null) return answer;
    const columns = TrafficRow.keyof().options;
    return exportResponse(format, { name: `${name}-traffic`, columns, readPage: async () => answer });
  });
}
