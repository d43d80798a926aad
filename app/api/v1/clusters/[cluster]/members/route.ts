import { exportResponse, readExportFormat } from "@/app/api/export";
import { parseQuery, respond } from "@/app/api/respond";
import { type ClusterRoute, readRouteCluster } from "@/app/api/route-cluster";
import { MemberHealth } from "@/lib/api/member-health";
import { MemberRow, MembersParams } from "@/lib/api/members";
import { webDb } from "@/lib/db/web-db";
import { readMembersHealth } from "@/lib/queries/member-health";

const OWN_COLUMNS = MemberRow.omit({ health: true }).keyof().options;
const HEALTH_COLUMNS = MemberHealth.omit({ unknown: true, knownBugs: true, raftBehind: true }).keyof().options;

/** The members of a cluster; as a file, a row a member with the figures of the range. */
export function GET(request: Request, route: ClusterRoute): Promise<Response> {
  return respond(request, async () => {
    const { id, name } = await readRouteCluster(route);
    const params = parseQuery(request, MembersParams);
    const format = readExportFormat(request);
    const answer = await readMembersHealth(webDb(), id, params, Date.now());
    if (format === null) return answer;
    const items = answer.items.map(({ health, ...row }) => ({
      ...health,
      ...row,
      knownBugs: health?.knownBugs.map(({ problem }) => problem) ?? [],
    }));
    const columns = [...OWN_COLUMNS, ...(params.figures === "now" ? [] : [...HEALTH_COLUMNS, "knownBugs" as const])];
    const page = { items, nextCursor: null };
    return exportResponse(format, { name: `${name}-members`, columns, readPage: async () => page });
  });
}
