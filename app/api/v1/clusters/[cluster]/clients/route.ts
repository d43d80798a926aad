import { CLIENT_COLUMNS, toClientRecord } from "@/app/api/client-columns";
import { exportResponse, readExportFormat } from "@/app/api/export";
import { respond } from "@/app/api/respond";
import { type ClusterRoute, readRouteCluster } from "@/app/api/route-cluster";
import { parseTrafficQuery } from "@/app/api/traffic-query";
import { ClientsParams } from "@/lib/api/clients";
import { webDb } from "@/lib/db/web-db";
import { listClients } from "@/lib/queries/clients";

/** Who calls; as a file, with as many rows as the limit allows. */
export function GET(request: Request, route: ClusterRoute): Promise<Response> {
  return respond(request, async () => {
    const { id, name } = await readRouteCluster(route);
    const params = parseTrafficQuery(request, ClientsParams);
    const format = readExportFormat(request);
    const answer = await listClients(webDb(), id, params, Date.now());
    if (format === null) return answer;
    const page = { items: answer.items.map(toClientRecord), nextCursor: null };
    return exportResponse(format, { name: `${name}-clients`, columns: CLIENT_COLUMNS, readPage: async () => page });
  });
}
