import { CLUSTER_COLUMNS, toClusterRecord } from "@/app/api/cluster-columns";
import { exportResponse, readExportFormat } from "@/app/api/export";
import { parseBody, respond } from "@/app/api/respond";
import { ClusterInput } from "@/lib/api/clusters";
import { readWebConfig } from "@/lib/config";
import { webDb } from "@/lib/db/web-db";
import { registerCluster } from "@/lib/queries/change-clusters";
import { listClusters, readCluster } from "@/lib/queries/clusters";

/** The fleet, by risk. */
export function GET(request: Request): Promise<Response> {
  return respond(request, async () => {
    const format = readExportFormat(request);
    const answer = await listClusters(webDb(), Date.now());
    if (format === null) return answer;
    const page = { items: answer.items.map(toClusterRecord), nextCursor: null };
    return exportResponse(format, { name: "clusters", columns: CLUSTER_COLUMNS, readPage: async () => page });
  });
}

/** Registers a cluster: 201 and its summary. */
export function POST(request: Request): Promise<Response> {
  return respond(request, async () => {
    const input = await parseBody(request, ClusterInput);
    const id = await registerCluster(webDb(), input, readWebConfig().secretKey);
    const summary = await readCluster(webDb(), String(id), Date.now());
    return Response.json(summary, { status: 201, headers: { location: `/api/v1/clusters/${id}` } });
  });
}
