import { exportResponse, readExportFormat } from "@/app/api/export";
import { parseQuery, respond } from "@/app/api/respond";
import { type ClusterRoute, readRouteCluster } from "@/app/api/route-cluster";
import { TimelineItem, TimelineParams } from "@/lib/api/timeline";
import { webDb } from "@/lib/db/web-db";
import { readTimeline } from "@/lib/queries/timeline";

/** What happened to a cluster in a range; as a file, a row for each event. */
export function GET(request: Request, route: ClusterRoute): Promise<Response> {
  return respond(request, async () => {
    const { id, name } = await readRouteCluster(route);
    const params = parseQuery(request, TimelineParams);
    const format = readExportFormat(request);
    const answer = await readTimeline(webDb(), id, params, Date.now());
    if (format === null) return answer;
    const columns = TimelineItem.keyof().options;
    return exportResponse(format, { name: `${name}-timeline`, columns, readPage: async () => answer });
  });
}
