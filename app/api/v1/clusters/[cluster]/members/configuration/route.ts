import { exportResponse, readExportFormat } from "@/app/api/export";
import { respond } from "@/app/api/respond";
import { type ClusterRoute, readRouteCluster } from "@/app/api/route-cluster";
import { webDb } from "@/lib/db/web-db";
import { readConfiguration } from "@/lib/queries/member-configuration";

const COLUMNS = ["setting", "member", "value", "why", "verdict", "sentence"] as const;

/** How the members are set up; as a file, a row for each setting and member. */
export function GET(request: Request, route: ClusterRoute): Promise<Response> {
  return respond(request, async () => {
    const { id, name } = await readRouteCluster(route);
    const format = readExportFormat(request);
    const answer = await readConfiguration(webDb(), id, Date.now());
    if (format === null) return answer;
    const items = answer.items.flatMap(({ setting, values, verdict, sentence }) =>
      values.map((value) => ({ setting, ...value, verdict, sentence })),
    );
    const page = { items, nextCursor: null };
    return exportResponse(format, { name: `${name}-configuration`, columns: COLUMNS, readPage: async () => page });
  });
}
