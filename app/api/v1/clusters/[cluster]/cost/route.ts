import { exportResponse, readExportFormat } from "@/app/api/export";
import { parseQuery, respond } from "@/app/api/respond";
import { type ClusterRoute, readRouteCluster } from "@/app/api/route-cluster";
import { CostHour, CostParams } from "@/lib/api/cost";
import { webDb } from "@/lib/db/web-db";
import { readCost } from "@/lib/queries/cost";

/** What reading a cluster cost it; as a file, a row for each hour and purpose. */
export function GET(request: Request, route: ClusterRoute): Promise<Response> {
  return respond(request, async () => {
    const { id, name } = await readRouteCluster(route);
    const params = parseQuery(request, CostParams);
    const format = readExportFormat(request);
    const answer = await readCost(webDb(), id, params, Date.now());
    if (format === null) return answer;
    const columns = CostHour.keyof().options;
    const readPage = async () => ({ items: answer.hours, nextCursor: null });
    return exportResponse(format, { name: `${name}-cost`, columns, readPage });
  });
}
