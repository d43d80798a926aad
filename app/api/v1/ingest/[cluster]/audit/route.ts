import { answerIngest } from "@/app/api/ingest/answer-ingest";
import type { ClusterRoute } from "@/app/api/route-cluster";

export const runtime = "nodejs";
export const dynamic = "force-dynamic";

/** Takes audit events of Kubernetes: what kube-apiserver's audit webhook sends, or lines of its audit log. */
export function POST(request: Request, route: ClusterRoute): Promise<Response> {
  return answerIngest(request, route, "audit");
}
