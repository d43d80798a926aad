import { exportResponse, readExportFormat } from "@/app/api/export";
import { parseQuery, respond } from "@/app/api/respond";
import { type ClusterRoute, readRouteCluster } from "@/app/api/route-cluster";
import { KeyParams } from "@/lib/api/keys";
import { webDb } from "@/lib/db/web-db";
import { readKey } from "@/lib/queries/key";

const COLUMNS = ["modRevision", "version", "valueBytes", "at"] as const;

/** One key as etcd has it now; as a file, the revisions of it that are left. */
export function GET(request: Request, route: ClusterRoute): Promise<Response> {
  return respond(request, async () => {
    const { id, name } = await readRouteCluster(route);
    const params = parseQuery(request, KeyParams);
    const format = readExportFormat(request);
    const answer = await readKey(webDb(), id, params);
    if (format === null) return answer;
    const page = { items: answer.revisions, nextCursor: null };
    return exportResponse(format, { name: `${name}-key-revisions`, columns: COLUMNS, readPage: async () => page });
  });
}
