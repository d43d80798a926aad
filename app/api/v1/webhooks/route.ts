import { parseBody, respond } from "@/app/api/respond";
import { WebhookInput } from "@/lib/api/webhooks";
import { readWebConfig } from "@/lib/config";
import { webDb } from "@/lib/db/web-db";
import { createWebhook, listWebhooks } from "@/lib/queries/webhooks";

/** Who is told of findings and spikes; secrets are not in it. */
export function GET(request: Request): Promise<Response> {
  return respond(request, () => listWebhooks(webDb(), readWebConfig().secretKey));
}

/** Adds a webhook: 201. */
export function POST(request: Request): Promise<Response> {
  return respond(request, async () => {
    const input = await parseBody(request, WebhookInput);
    const created = await createWebhook(webDb(), input, readWebConfig().secretKey);
    return Response.json(created, { status: 201, headers: { "cache-control": "no-store" } });
  });
}
