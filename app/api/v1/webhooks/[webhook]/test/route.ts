import { respond } from "@/app/api/respond";
import { webDb } from "@/lib/db/web-db";
import { testWebhook } from "@/lib/queries/webhooks";

/** Sends a test notification; answers what the receiver said. */
export function POST(request: Request, { params }: { params: Promise<{ webhook: string }> }): Promise<Response> {
  return respond(request, async () => testWebhook(webDb(), (await params).webhook));
}
