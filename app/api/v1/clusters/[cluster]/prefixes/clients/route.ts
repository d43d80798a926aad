import { exportResponse, readExportFormat } from "@/app/api/export";
import { parseQuery, respond } from "@/app/api/respond";
import { type ClusterRoute, readRouteCluster } from "@/app/api/route-cluster";
import { PrefixClient, PrefixClientsParams } from "@/lib/api/clients";
import { webDb } from "@/lib/db/web-db";
import { readPrefixClients } from "@/lib/queries/prefix-clients";

const COLUMNS = ["deed", ...PrefixClient.keyof().options] as const;

/** Who writes a prefix and who reads it. */
export function GET(request: Request, route: ClusterRoute): Promise<Response> {
  return respond(request, async () => {
    const { id, name } = await readRouteCluster(route);
    const params = parseQuery(request, PrefixClientsParams);
    const format = readExportFormat(request);
    const answer = await readPrefixClients(webDb(), id, params, Date.now());
    if (format === null) return answer;
    const items = [
      ...answer.writers.map((client) => ({ deed: "writes", ...client })),
      ...answer.readers.map((client) => ({ deed: "reads", ...client })),
    ];
    const page = { items, nextCursor: null };
    return exportResponse(format, { name: `${name}-prefix-clients`, columns: COLUMNS, readPage: async () => page });
  });
}
