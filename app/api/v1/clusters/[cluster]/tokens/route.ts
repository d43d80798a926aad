import { parseBody, respond } from "@/app/api/respond";
import { type ClusterRoute, readRouteCluster } from "@/app/api/route-cluster";
import { TokenInput } from "@/lib/api/sources";
import { webDb } from "@/lib/db/web-db";
import { createToken, listTokens } from "@/lib/queries/tokens";

/** Who may send events of a cluster; secrets are not in it. */
export function GET(request: Request, route: ClusterRoute): Promise<Response> {
  return respond(request, async () => listTokens(webDb(), (await readRouteCluster(route)).id));
}

/** Makes a token: 201, and the only answer with its secret. */
export function POST(request: Request, route: ClusterRoute): Promise<Response> {
  return respond(request, async () => {
    const { name } = await parseBody(request, TokenInput);
    const { id } = await readRouteCluster(route);
    const created = await createToken(webDb(), id, name);
    return Response.json(created, { status: 201, headers: { "cache-control": "no-store" } });
  });
}
