import { exportResponse, readExportFormat } from "@/app/api/export";
import { parseQuery, respond } from "@/app/api/respond";
import { type ClusterRoute, readRouteCluster } from "@/app/api/route-cluster";
import { FindingItem, FindingsParams } from "@/lib/api/findings";
import { webDb } from "@/lib/db/web-db";
import { readFindings } from "@/lib/queries/findings";

/** What holds of a cluster, and what held in a range; as a file, a row for each. */
export function GET(request: Request, route: ClusterRoute): Promise<Response> {
  return respond(request, async () => {
    const { id, name } = await readRouteCluster(route);
    const params = parseQuery(request, FindingsParams);
    const format = readExportFormat(request);
    const answer = await readFindings(webDb(), id, params, Date.now());
    if (format === null) return answer;
    const columns = FindingItem.keyof().options;
    return exportResponse(format, { name: `${name}-findings`, columns, readPage: async () => answer });
  });
}
