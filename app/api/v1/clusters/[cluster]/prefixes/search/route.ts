import { exportResponse, readExportFormat } from "@/app/api/export";
import { parseQuery, respond } from "@/app/api/respond";
import { type ClusterRoute, readRouteCluster } from "@/app/api/route-cluster";
import { PrefixSearchParams } from "@/lib/api/prefixes";
import { webDb } from "@/lib/db/web-db";
import { searchPrefixes } from "@/lib/queries/search-prefixes";

const COLUMNS = ["prefix", "prefixBase64", "keys", "liveBytes"] as const;

/** Prefixes that contain a text. */
export function GET(request: Request, route: ClusterRoute): Promise<Response> {
  return respond(request, async () => {
    const { id, name } = await readRouteCluster(route);
    const params = parseQuery(request, PrefixSearchParams);
    const format = readExportFormat(request);
    const answer = await searchPrefixes(webDb(), id, params);
    if (format === null) return answer;
    return exportResponse(format, { name: `${name}-search`, columns: COLUMNS, readPage: async () => answer });
  });
}
