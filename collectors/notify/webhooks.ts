import { eq } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { webhook } from "@/lib/db/schema-health";
import { openSecret } from "@/lib/db/secret-box";
import type { FindingSeverity, WebhookKind } from "@/lib/model/notifications";

/** A webhook as it is now, its secrets opened. */
export interface OpenWebhook {
  id: string;
  kind: WebhookKind;
  url: string;
  /** The value of the `Authorization` header; null: none is sent. */
  authorization: string | null;
  /** Null: all clusters. */
  clusterIds: number[] | null;
  leastSeverity: FindingSeverity;
  sendsSpikes: boolean;
  createdAt: Date;
}

/** The webhooks that are switched on. One whose secrets cannot be opened is left out: its page says so. */
export async function listOpenWebhooks(db: Db, secretKey: Buffer): Promise<OpenWebhook[]> {
  const rows = await db.select().from(webhook).where(eq(webhook.enabled, true)).orderBy(webhook.createdAt, webhook.id);
  return rows.flatMap((row) => {
    try {
      return [toOpen(row, secretKey)];
    } catch {
      return [];
    }
  });
}

/** One webhook, switched on or not; null when there is none. Throws a `SecretBoxError`. */
export async function readOpenWebhook(db: Db, id: string, secretKey: Buffer): Promise<OpenWebhook | null> {
  const [row] = await db.select().from(webhook).where(eq(webhook.id, id));
  return row === undefined ? null : toOpen(row, secretKey);
}

function toOpen(row: typeof webhook.$inferSelect, secretKey: Buffer): OpenWebhook {
  const { urlSealed, authorizationSealed, name: _name, enabled: _enabled, ...rest } = row;
  const authorization = authorizationSealed === null ? null : openSecret(authorizationSealed, secretKey);
  return { ...rest, url: openSecret(urlSealed, secretKey), authorization };
}
