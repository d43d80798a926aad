import { respond } from "@/app/api/respond";
import { readRouteCluster } from "@/app/api/route-cluster";
import { webDb } from "@/lib/db/web-db";
import { removeSilence } from "@/lib/queries/silences";

/** Ends a silence: 204. */
export function DELETE(
  request: Request,
  route: { params: Promise<{ cluster: string; silence: string }> },
): Promise<Response> {
  return respond(request, async () => {
    const { id } = await readRouteCluster(route);
    await removeSilence(webDb(), id, (await route.params).silence);
    return new Response(null, { status: 204 });
  });
}
