import { exportResponse, readExportFormat } from "@/app/api/export";
import { parseQuery, respond } from "@/app/api/respond";
import { type ClusterRoute, readRouteCluster } from "@/app/api/route-cluster";
import { MemberSeriesParams } from "@/lib/api/members";
import { webDb } from "@/lib/db/web-db";
import { readMemberSeries } from "@/lib/queries/members";

const COLUMNS = ["at", "memberId", "name", "measure", "value"] as const;

/** A measure of every member over time; as a file, a row for each point. */
export function GET(request: Request, route: ClusterRoute): Promise<Response> {
  return respond(request, async () => {
    const { id, name } = await readRouteCluster(route);
    const params = parseQuery(request, MemberSeriesParams);
    const format = readExportFormat(request);
    const answer = await readMemberSeries(webDb(), id, params, Date.now());
    if (format === null) return answer;
    const items = answer.series.flatMap((series) =>
      answer.atMs.map((atMs, i) => {
        const { memberId, name, values } = series;
        return { at: new Date(atMs).toISOString(), memberId, name, measure: answer.measure, value: values[i] ?? null };
      }),
    );
    const page = { items, nextCursor: null };
    return exportResponse(format, { name: `${name}-members-series`, columns: COLUMNS, readPage: async () => page });
  });
}
