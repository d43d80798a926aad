import { intake } from "@/app/api/ingest/intake";
import { respond } from "@/app/api/respond";
import { readRouteCluster } from "@/app/api/route-cluster";
import { webDb } from "@/lib/db/web-db";
import { revokeToken } from "@/lib/queries/tokens";

/** Revokes a token: 204. From then on nothing is taken with it. */
export function DELETE(
  request: Request,
  route: { params: Promise<{ cluster: string; token: string }> },
): Promise<Response> {
  return respond(request, async () => {
    const { id } = await readRouteCluster(route);
    await revokeToken(webDb(), id, (await route.params).token);
    intake().tokens.forget();
    return new Response(null, { status: 204 });
  });
}
