import { exportResponse, readExportFormat } from "@/app/api/export";
import { respond } from "@/app/api/respond";
import { type ClusterRoute, readRouteCluster } from "@/app/api/route-cluster";
import { MemberRow } from "@/lib/api/members";
import { webDb } from "@/lib/db/web-db";
import { listMembers } from "@/lib/queries/members";

/** The members of a cluster. */
export function GET(request: Request, route: ClusterRoute): Promise<Response> {
  return respond(request, async () => {
    const { id, name } = await readRouteCluster(route);
    const format = readExportFormat(request);
    const answer = await listMembers(webDb(), id);
    if (format === null) return answer;
    const columns = MemberRow.keyof().options;
    return exportResponse(format, { name: `${name}-members`, columns, readPage: async () => answer });
  });
}
