import { parseBody, respond } from "@/app/api/respond";
import { WebhookPatch } from "@/lib/api/webhooks";
import { readWebConfig } from "@/lib/config";
import { webDb } from "@/lib/db/web-db";
import { changeWebhook, removeWebhook } from "@/lib/queries/webhooks";

interface WebhookRoute {
  params: Promise<{ webhook: string }>;
}

/** Changes what is given of a webhook. */
export function PATCH(request: Request, { params }: WebhookRoute): Promise<Response> {
  return respond(request, async () => {
    const patch = await parseBody(request, WebhookPatch);
    return changeWebhook(webDb(), (await params).webhook, patch, readWebConfig().secretKey);
  });
}

/** Removes a webhook and what was sent to it: 204. */
export function DELETE(request: Request, { params }: WebhookRoute): Promise<Response> {
  return respond(request, async () => {
    await removeWebhook(webDb(), (await params).webhook);
    return new Response(null, { status: 204 });
  });
}
