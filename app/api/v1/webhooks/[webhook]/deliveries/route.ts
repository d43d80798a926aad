import { respond } from "@/app/api/respond";
import { webDb } from "@/lib/db/web-db";
import { listDeliveries } from "@/lib/queries/webhooks";

/** What was sent to a webhook or waits, the newest first. */
export function GET(request: Request, { params }: { params: Promise<{ webhook: string }> }): Promise<Response> {
  return respond(request, async () => listDeliveries(webDb(), (await params).webhook));
}
