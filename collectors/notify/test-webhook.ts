import { post } from "@/collectors/notify/post";
import { readOpenWebhook } from "@/collectors/notify/webhooks";
import type { Db } from "@/lib/db/client";
import { toWebhookPost } from "@/lib/model/notification-forms";
import type { NotificationPayload } from "@/lib/model/notifications";
import type { TestWebhookAnswer, TestWebhookParams } from "@/lib/model/questions";

/** Posts a notification that says it is a test, once. Throws where there is no such webhook, or its URL cannot be opened. */
export async function testWebhook(
  { db, secretKey, publicUrl }: { db: Db; secretKey: Buffer; publicUrl: string | null },
  { webhookId }: TestWebhookParams,
  signal: AbortSignal,
): Promise<TestWebhookAnswer> {
  const webhook = await readOpenWebhook(db, webhookId, secretKey);
  if (webhook === null) throw new Error("the webhook has been removed");
  const nowMs = Date.now();
  const { kind, url, authorization } = webhook;
  const form = { kind, url, id: `test:${nowMs}`, publicUrl, nowMs };
  const { ok, text } = await post(toWebhookPost(testPayload(nowMs), form), { authorization, signal });
  return { ok, text };
}

function testPayload(nowMs: number): NotificationPayload {
  return {
    ...{ cluster: "etcdscope", what: "test", state: "open", severity: "info", rule: "test", scope: "" },
    title: "A test of notifications",
    text: "Someone tried this webhook in etcdscope's settings. Nothing is wrong.",
    next: "",
    startedAt: new Date(nowMs).toISOString(),
    endedAt: new Date(nowMs + 60_000).toISOString(), // an alert of a test ends by itself
    path: "/settings/notifications",
  };
}
