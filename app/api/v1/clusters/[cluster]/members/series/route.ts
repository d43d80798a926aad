import { exportResponse, readExportFormat } from "@/app/api/export";
import { parseQuery, respond } from "@/app/api/respond";
import { type ClusterRoute, readRouteCluster } from "@/app/api/route-cluster";
import { MemberSeriesParams } from "@/lib/api/member-series";
import { webDb } from "@/lib/db/web-db";
import { readMemberSeries } from "@/lib/queries/member-series";

const COLUMNS = ["at", "memberId", "name", "measure", "split", "value"] as const;

/** Signals of every member over time; as a file, a row for each point. */
export function GET(request: Request, route: ClusterRoute): Promise<Response> {
  return respond(request, async () => {
    const { id, name } = await readRouteCluster(route);
    const params = parseQuery(request, MemberSeriesParams);
    const format = readExportFormat(request);
    const answer = await readMemberSeries(webDb(), id, params, Date.now());
    if (format === null) return answer;
    const items = answer.series.flatMap(({ memberId, name, measure, split, values }) =>
      answer.atMs.map((atMs, i) => {
        return { at: new Date(atMs).toISOString(), memberId, name, measure, split, value: values[i] ?? null };
      }),
    );
    const page = { items, nextCursor: null };
    return exportResponse(format, { name: `${name}-members-series`, columns: COLUMNS, readPage: async () => page });
  });
}
