import { answerIngest } from "@/app/api/ingest/answer-ingest";
import type { ClusterRoute } from "@/app/api/route-cluster";

export const runtime = "nodejs";
export const dynamic = "force-dynamic";

/** Takes lines of etcd's log. */
export function POST(request: Request, route: ClusterRoute): Promise<Response> {
  return answerIngest(request, route, "etcd-log");
}
