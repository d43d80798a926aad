import { exportResponse, readExportFormat } from "@/app/api/export";
import { parseQuery, respond } from "@/app/api/respond";
import { type ClusterRoute, readRouteCluster } from "@/app/api/route-cluster";
import { PrefixesParams, PrefixRow } from "@/lib/api/prefixes";
import { webDb } from "@/lib/db/web-db";
import { listPrefixes } from "@/lib/queries/prefixes";

const EXPORT_PAGE = 1_000;

/** The children of a prefix, a page at a time; as a file, all of them. */
export function GET(request: Request, route: ClusterRoute): Promise<Response> {
  return respond(request, async () => {
    const { id, name } = await readRouteCluster(route);
    const params = parseQuery(request, PrefixesParams);
    const format = readExportFormat(request);
    const nowMs = Date.now();
    if (format === null) return listPrefixes(webDb(), id, params, nowMs);
    return exportResponse(format, {
      name: `${name}-prefixes`,
      columns: PrefixRow.keyof().options,
      readPage: (cursor) => listPrefixes(webDb(), id, { ...params, limit: EXPORT_PAGE, cursor }, nowMs),
    });
  });
}
