import { forgetOldDeliveries, planDeliveries } from "@/collectors/notify/plan";
import { DeliverySender } from "@/collectors/notify/send";
import { listOpenWebhooks } from "@/collectors/notify/webhooks";
import { repeat } from "@/collectors/repeat";
import type { Db } from "@/lib/db/client";

const LOOK_MS = 5_000;
const FORGET_MS = 3_600_000;

export interface NotifyOptions {
  db: Db;
  secretKey: Buffer;
  /** Where people reach etcdscope, for links; null: not known. */
  publicUrl: string | null;
}

/** Tells webhooks of findings and spikes, until told to stop. What could not be sent waits in Postgres. */
export async function runNotifications(
  { db, secretKey, publicUrl }: NotifyOptions,
  signal: AbortSignal,
  lookMs = LOOK_MS,
): Promise<void> {
  const sender = new DeliverySender({ db, publicUrl, signal });
  let sending: Promise<void> = Promise.resolve();
  const look = async () => {
    const webhooks = await listOpenWebhooks(db, secretKey);
    await planDeliveries(db, webhooks, Date.now());
    sending = sender.sendDue(webhooks); // not waited for: who does not answer keeps nobody waiting
  };
  await Promise.all([
    repeat("notifications", look, lookMs, signal),
    repeat("old notifications", () => forgetOldDeliveries(db, Date.now()), FORGET_MS, signal),
  ]);
  await sending;
}
