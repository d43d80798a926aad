import { exportResponse, readExportFormat } from "@/app/api/export";
import { parseQuery, respond } from "@/app/api/respond";
import { type ClusterRoute, readRouteCluster } from "@/app/api/route-cluster";
import { ChurnParams, ChurnRow } from "@/lib/api/churn";
import { webDb } from "@/lib/db/web-db";
import { readChurn } from "@/lib/queries/churn";

/** Size against written bytes, prefix by prefix; as a file, a row for each. */
export function GET(request: Request, route: ClusterRoute): Promise<Response> {
  return respond(request, async () => {
    const { id, name } = await readRouteCluster(route);
    const params = parseQuery(request, ChurnParams);
    const format = readExportFormat(request);
    const answer = await readChurn(webDb(), id, params, Date.now());
    if (format === null) return answer;
    const columns = ChurnRow.keyof().options;
    return exportResponse(format, { name: `${name}-churn`, columns, readPage: async () => answer });
  });
}
