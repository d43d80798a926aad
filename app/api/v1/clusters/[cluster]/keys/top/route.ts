import { exportResponse, readExportFormat } from "@/app/api/export";
import { parseQuery, respond } from "@/app/api/respond";
import { type ClusterRoute, readRouteCluster } from "@/app/api/route-cluster";
import { TopKeyRow, TopKeysParams } from "@/lib/api/keys";
import { webDb } from "@/lib/db/web-db";
import { listTopKeys } from "@/lib/queries/top-keys";

/** The top keys of a cluster or a prefix. */
export function GET(request: Request, route: ClusterRoute): Promise<Response> {
  return respond(request, async () => {
    const { id, name } = await readRouteCluster(route);
    const params = parseQuery(request, TopKeysParams);
    const format = readExportFormat(request);
    const answer = await listTopKeys(webDb(), id, params, Date.now());
    if (format === null) return answer;
    return exportResponse(format, {
      name: `${name}-top-keys-${params.by}`,
      columns: TopKeyRow.keyof().options,
      readPage: async () => answer,
    });
  });
}
