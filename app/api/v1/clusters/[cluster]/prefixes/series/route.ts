import { exportResponse, readExportFormat } from "@/app/api/export";
import { parseQuery, respond } from "@/app/api/respond";
import { type ClusterRoute, readRouteCluster } from "@/app/api/route-cluster";
import { SeriesParams } from "@/lib/api/prefixes";
import { webDb } from "@/lib/db/web-db";
import { readSeries } from "@/lib/queries/series";

const COLUMNS = ["at", "prefix", "prefixBase64", "kind", "measure", "value"] as const;

/** One prefix over time; as a file, a row for each point. */
export function GET(request: Request, route: ClusterRoute): Promise<Response> {
  return respond(request, async () => {
    const { id, name } = await readRouteCluster(route);
    const params = parseQuery(request, SeriesParams);
    const format = readExportFormat(request);
    const answer = await readSeries(webDb(), id, params, Date.now());
    if (format === null) return answer;
    const items = answer.series.flatMap(({ prefix, prefixBase64, kind, values }) =>
      answer.atMs.map((atMs, i) => {
        const at = new Date(atMs).toISOString();
        return { at, prefix, prefixBase64, kind, measure: answer.measure, value: values[i] ?? null };
      }),
    );
    const page = { items, nextCursor: null };
    return exportResponse(format, { name: `${name}-series`, columns: COLUMNS, readPage: async () => page });
  });
}
