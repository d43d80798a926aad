import { parseBody, respond } from "@/app/api/respond";
import { type ClusterRoute, readRouteCluster } from "@/app/api/route-cluster";
import { CaptureRequest } from "@/lib/api/captures";
import { webDb } from "@/lib/db/web-db";
import { askForCapture } from "@/lib/queries/ask-capture";
import { listCaptures } from "@/lib/queries/captures";

/** The exact sessions of a cluster. */
export function GET(request: Request, route: ClusterRoute): Promise<Response> {
  return respond(request, async () => listCaptures(webDb(), (await readRouteCluster(route)).id, Date.now()));
}

/** Begins an exact session: 201, and it waits for the worker. */
export function POST(request: Request, route: ClusterRoute): Promise<Response> {
  return respond(request, async () => {
    const { seconds } = await parseBody(request, CaptureRequest);
    const asked = await askForCapture(webDb(), await readRouteCluster(route), seconds, Date.now());
    return Response.json(asked, { status: 201, headers: { "cache-control": "no-store" } });
  });
}
