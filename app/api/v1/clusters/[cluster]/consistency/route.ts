import { exportResponse, readExportFormat } from "@/app/api/export";
import { respond } from "@/app/api/respond";
import { type ClusterRoute, readRouteCluster } from "@/app/api/route-cluster";
import { ConsistencyMember } from "@/lib/api/consistency";
import { webDb } from "@/lib/db/web-db";
import { compareHashes, readConsistency } from "@/lib/queries/consistency";
import { ConflictError } from "@/lib/queries/errors";

/** Whether the members hold the same; as a file, a row for each member. */
export function GET(request: Request, route: ClusterRoute): Promise<Response> {
  return respond(request, async () => {
    const { id, name } = await readRouteCluster(route);
    const format = readExportFormat(request);
    const answer = await readConsistency(webDb(), id, Date.now());
    if (format === null) return answer;
    const columns = ConsistencyMember.keyof().options;
    return exportResponse(format, { name: `${name}-consistency`, columns, readPage: async () => answer });
  });
}

/** Compares the members' hashes now, and waits for it: seconds, or minutes where they are large. Needs no body. */
export function POST(request: Request, route: ClusterRoute): Promise<Response> {
  return respond(request, async () => {
    const { id, name, endpoints } = await readRouteCluster(route);
    if (endpoints.length === 0) throw new ConflictError(`The cluster "${name}" has no etcd endpoint to ask.`, {});
    return compareHashes(webDb(), id);
  });
}
