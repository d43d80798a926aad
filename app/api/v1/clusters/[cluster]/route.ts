import { parseBody, respond } from "@/app/api/respond";
import type { ClusterRoute } from "@/app/api/route-cluster";
import { ClusterPatch } from "@/lib/api/clusters";
import { webDb } from "@/lib/db/web-db";
import { changeCluster, forgetCluster } from "@/lib/queries/change-clusters";
import { readCluster } from "@/lib/queries/clusters";
import { UnknownClusterError } from "@/lib/queries/errors";

/** One cluster, by name or id. */
export function GET(request: Request, { params }: ClusterRoute): Promise<Response> {
  return respond(request, async () => readSummary((await params).cluster));
}

/** Renames, pauses or resumes a cluster; answers its summary. */
export function PATCH(request: Request, { params }: ClusterRoute): Promise<Response> {
  return respond(request, async () => {
    const patch = await parseBody(request, ClusterPatch);
    const id = await changeCluster(webDb(), (await params).cluster, patch);
    return readSummary(String(id));
  });
}

/** Removes a cluster with its data: 204. */
export function DELETE(request: Request, { params }: ClusterRoute): Promise<Response> {
  return respond(request, async () => {
    await forgetCluster(webDb(), (await params).cluster);
    return new Response(null, { status: 204 });
  });
}

async function readSummary(nameOrId: string) {
  const summary = await readCluster(webDb(), nameOrId, Date.now());
  if (!summary) throw new UnknownClusterError(nameOrId);
  return summary;
}
