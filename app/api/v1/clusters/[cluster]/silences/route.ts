import { parseBody, respond } from "@/app/api/respond";
import { type ClusterRoute, readRouteCluster } from "@/app/api/route-cluster";
import { SilenceInput } from "@/lib/api/webhooks";
import { webDb } from "@/lib/db/web-db";
import { createSilence, listSilences } from "@/lib/queries/silences";

/** The silences of a cluster that hold. */
export function GET(request: Request, route: ClusterRoute): Promise<Response> {
  return respond(request, async () => listSilences(webDb(), (await readRouteCluster(route)).id, Date.now()));
}

/** Silences a cluster, or a rule of it: 201. */
export function POST(request: Request, route: ClusterRoute): Promise<Response> {
  return respond(request, async () => {
    const input = await parseBody(request, SilenceInput);
    const created = await createSilence(webDb(), await readRouteCluster(route), input);
    return Response.json(created, { status: 201, headers: { "cache-control": "no-store" } });
  });
}
