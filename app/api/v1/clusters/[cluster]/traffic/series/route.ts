import { exportResponse, readExportFormat } from "@/app/api/export";
import { respond } from "@/app/api/respond";
import { type ClusterRoute, readRouteCluster } from "@/app/api/route-cluster";
import { parseTrafficQuery } from "@/app/api/traffic-query";
import { TrafficSeriesParams } from "@/lib/api/traffic";
import { webDb } from "@/lib/db/web-db";
import { readTrafficSeries } from "@/lib/queries/traffic-series";

const COLUMNS = ["at", "by", "name", "isOther", "measure", "value"] as const;

/** Requests over time by one dimension; as a file, a row for each point. */
export function GET(request: Request, route: ClusterRoute): Promise<Response> {
  return respond(request, async () => {
    const { id, name: cluster } = await readRouteCluster(route);
    const params = parseTrafficQuery(request, TrafficSeriesParams);
    const format = readExportFormat(request);
    const answer = await readTrafficSeries(webDb(), id, params, Date.now());
    if (format === null) return answer;
    const { by, measure } = answer;
    const items = answer.series.flatMap(({ name, values }) =>
      answer.atMs.map((atMs, i) => {
        const at = new Date(atMs).toISOString();
        return { at, by, name, isOther: name === null, measure, value: values[i] ?? null };
      }),
    );
    const page = { items, nextCursor: null };
    return exportResponse(format, { name: `${cluster}-traffic-series`, columns: COLUMNS, readPage: async () => page });
  });
}
