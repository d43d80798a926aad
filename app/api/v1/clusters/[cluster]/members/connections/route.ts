import { exportResponse, readExportFormat } from "@/app/api/export";
import { parseQuery, respond } from "@/app/api/respond";
import { type ClusterRoute, readRouteCluster } from "@/app/api/route-cluster";
import { RangeParams } from "@/lib/api/common";
import { webDb } from "@/lib/db/web-db";
import { readConnections } from "@/lib/queries/connections";

const COLUMNS = ["reporter", "address", "resolvedName", "connections", "isOther", "at"] as const;

/** Established connections to each member by client address; as a file, a row for each address. */
export function GET(request: Request, route: ClusterRoute): Promise<Response> {
  return respond(request, async () => {
    const { id, name } = await readRouteCluster(route);
    const params = parseQuery(request, RangeParams);
    const format = readExportFormat(request);
    const answer = await readConnections(webDb(), id, params, Date.now());
    if (format === null) return answer;
    const items = answer.items.flatMap(({ reporter, clients, otherConnections, at }) => {
      const rows = clients.map((client) => ({ reporter, ...client, isOther: false, at }));
      const other = { reporter, address: null, resolvedName: null, connections: otherConnections, isOther: true, at };
      return otherConnections > 0 ? [...rows, other] : rows;
    });
    const page = { items, nextCursor: null };
    return exportResponse(format, { name: `${name}-connections`, columns: COLUMNS, readPage: async () => page });
  });
}
