import { exportResponse, readExportFormat } from "@/app/api/export";
import { parseQuery, respond } from "@/app/api/respond";
import { type ClusterRoute, readRouteCluster } from "@/app/api/route-cluster";
import { LeasesParams } from "@/lib/api/leases";
import { webDb } from "@/lib/db/web-db";
import { readLeases } from "@/lib/queries/leases";

const COLUMNS = ["at", "leases"] as const;

/** What is known of a cluster's leases; as a file, their number over time. */
export function GET(request: Request, route: ClusterRoute): Promise<Response> {
  return respond(request, async () => {
    const { id, name } = await readRouteCluster(route);
    const params = parseQuery(request, LeasesParams);
    const format = readExportFormat(request);
    const answer = await readLeases(webDb(), id, params, Date.now());
    if (format === null) return answer;
    const { atMs, leases } = answer.series;
    const items = atMs.map((ms, i) => ({ at: new Date(ms).toISOString(), leases: leases[i] ?? null }));
    const page = { items, nextCursor: null };
    return exportResponse(format, { name: `${name}-leases`, columns: COLUMNS, readPage: async () => page });
  });
}
