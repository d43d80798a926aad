import { exportResponse, readExportFormat } from "@/app/api/export";
import { parseQuery, respond } from "@/app/api/respond";
import { type ClusterRoute, readRouteCluster } from "@/app/api/route-cluster";
import { SpikeItem, SpikesParams } from "@/lib/api/spikes";
import { webDb } from "@/lib/db/web-db";
import { readSpikes } from "@/lib/queries/spikes";

/** Latencies and rates that left their usual band in a range; as a file, a row for each. */
export function GET(request: Request, route: ClusterRoute): Promise<Response> {
  return respond(request, async () => {
    const { id, name } = await readRouteCluster(route);
    const params = parseQuery(request, SpikesParams);
    const format = readExportFormat(request);
    const answer = await readSpikes(webDb(), id, params, Date.now());
    if (format === null) return answer;
    const columns = SpikeItem.keyof().options;
    return exportResponse(format, { name: `${name}-spikes`, columns, readPage: async () => answer });
  });
}
