import { respond } from "@/app/api/respond";
import type { ClusterRoute } from "@/app/api/route-cluster";
import { readWebConfig } from "@/lib/config";
import { webDb } from "@/lib/db/web-db";
import { testCluster } from "@/lib/queries/change-clusters";

/** Tries a registered cluster with what is stored of it. Needs no body. */
export function POST(request: Request, { params }: ClusterRoute): Promise<Response> {
  return respond(request, async () => testCluster(webDb(), (await params).cluster, readWebConfig().secretKey));
}
