import { parseQuery, respond } from "@/app/api/respond";
import { type ClusterRoute, readRouteCluster } from "@/app/api/route-cluster";
import { HEATMAP_TYPE, type HeatmapAnswer, HeatmapParams } from "@/lib/api/heatmap";
import { webDb } from "@/lib/db/web-db";
import { encodeHeatMatrix, type HeatMatrix } from "@/lib/model/heat-matrix";
import { readHeatmap } from "@/lib/queries/heatmap";

/** Prefixes by time, packed or as JSON. */
export function GET(request: Request, route: ClusterRoute): Promise<Response> {
  return respond(request, async () => {
    const { id } = await readRouteCluster(route);
    const params = parseQuery(request, HeatmapParams);
    const matrix = await readHeatmap(webDb(), id, params, Date.now());
    if (params.format === "json") return toAnswer(matrix);
    return new Response(encodeHeatMatrix(matrix), {
      headers: { "content-type": HEATMAP_TYPE, "cache-control": "no-store", "x-content-type-options": "nosniff" },
    });
  });
}

function toAnswer({ head, values }: HeatMatrix): HeatmapAnswer {
  const columns = head.atMs.length;
  const known = (value: number) => (Number.isNaN(value) ? null : value);
  const lineOf = (row: number) => Array.from(values.subarray(row * columns, (row + 1) * columns), known);
  return { ...head, values: head.rows.map((_, row) => lineOf(row)) };
}
