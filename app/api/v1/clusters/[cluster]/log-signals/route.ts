import { exportResponse, readExportFormat } from "@/app/api/export";
import { parseQuery, respond } from "@/app/api/respond";
import { type ClusterRoute, readRouteCluster } from "@/app/api/route-cluster";
import { RangeParams } from "@/lib/api/common";
import { webDb } from "@/lib/db/web-db";
import { listLogSignals } from "@/lib/queries/log-signals";

const COLUMNS = ["kind", "label", "lines", "worstMs", "meanMs", "lastAt", "example"] as const;

/** What etcd's log complained about, by kind. */
export function GET(request: Request, route: ClusterRoute): Promise<Response> {
  return respond(request, async () => {
    const { id, name } = await readRouteCluster(route);
    const params = parseQuery(request, RangeParams);
    const format = readExportFormat(request);
    const answer = await listLogSignals(webDb(), id, params, Date.now());
    if (format === null) return answer;
    return exportResponse(format, { name: `${name}-log-signals`, columns: COLUMNS, readPage: async () => answer });
  });
}
