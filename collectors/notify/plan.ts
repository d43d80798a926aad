import { and, eq, inArray, lt, sql } from "drizzle-orm";
import { isSilenced, listSilences, type Silence } from "@/collectors/notify/silences";
import { listSubjects, type Subject } from "@/collectors/notify/subjects";
import type { OpenWebhook } from "@/collectors/notify/webhooks";
import type { Db } from "@/lib/db/client";
import { webhookDelivery } from "@/lib/db/schema-health";
import { FINDING_SEVERITIES } from "@/lib/model/notifications";

const KEPT_MS = 30 * 86_400_000;

type Told = Pick<typeof webhookDelivery.$inferSelect, "clusterId" | "id" | "dedupeKey" | "state" | "payload">;

/** What tells the notification that something began from the one that it is over. */
export const OPEN = "#open";
export const CLOSED = "#closed";

/**
 * Makes a delivery of each begin and each end that a webhook has not been told yet. What is silenced is noted as such,
 * and told when the silence ends before it does. What ended before anyone was told of it is no news.
 */
export async function planDeliveries(db: Db, webhooks: readonly OpenWebhook[], nowMs: number): Promise<void> {
  if (webhooks.length === 0) return;
  const subjects = await listSubjects(db, nowMs);
  const silences = await listSilences(db, nowMs);
  for (const webhook of webhooks) {
    const wanted = subjects.filter((subject) => isWanted(webhook, subject));
    if (wanted.length > 0) await planFor(db, webhook, { wanted, silences, nowMs });
  }
}

function isWanted({ clusterIds, leastSeverity, sendsSpikes }: OpenWebhook, { clusterId, payload }: Subject): boolean {
  if (clusterIds !== null && !clusterIds.includes(clusterId)) return false;
  if (payload.what === "spike" && !sendsSpikes) return false;
  return FINDING_SEVERITIES.indexOf(payload.severity) >= FINDING_SEVERITIES.indexOf(leastSeverity);
}

async function planFor(
  db: Db,
  webhook: OpenWebhook,
  { wanted, silences, nowMs }: { wanted: readonly Subject[]; silences: readonly Silence[]; nowMs: number },
): Promise<void> {
  const told = await listTold(db, webhook.id, wanted);
  const rows: (typeof webhookDelivery.$inferInsert)[] = [];
  const now = new Date(nowMs);
  for (const { clusterId, key, isOpen, payload } of wanted) {
    const state = isSilenced(silences, clusterId, payload) ? ("silenced" as const) : ("waiting" as const);
    const delivery = { clusterId, webhookId: webhook.id, state, createdAt: now, nextAt: now };
    const opened = told.get(key + OPEN);
    if (isOpen && opened === undefined) rows.push({ ...delivery, dedupeKey: key + OPEN, payload });
    else if (isOpen && opened?.state === "silenced" && state === "waiting") await wake(db, opened, now);
    else if (!isOpen && (opened?.state === "waiting" || opened?.state === "sent") && !told.has(key + CLOSED)) {
      // Told as its begin was, so that a receiver knows it again, whatever has been renamed since.
      const { text, state: change, endedAt } = payload;
      rows.push({ ...delivery, dedupeKey: key + CLOSED, payload: { ...opened.payload, text, state: change, endedAt } });
    }
  }
  if (rows.length > 0) await db.insert(webhookDelivery).values(rows);
}

async function listTold(db: Db, webhookId: string, subjects: readonly Subject[]): Promise<Map<string, Told>> {
  const { clusterId, id, dedupeKey, state, payload } = webhookDelivery;
  const rows = await db
    .select({ clusterId, id, dedupeKey, state, payload })
    .from(webhookDelivery)
    .where(
      and(
        inArray(clusterId, [...new Set(subjects.map((subject) => subject.clusterId))]),
        eq(webhookDelivery.webhookId, webhookId),
        inArray(
          dedupeKey,
          subjects.flatMap(({ key }) => [key + OPEN, key + CLOSED]),
        ),
      ),
    );
  return new Map(rows.map((row) => [row.dedupeKey, row]));
}

/** The silence is over, and what it covered is not. */
async function wake(db: Db, { clusterId, id }: Told, now: Date): Promise<void> {
  await db
    .update(webhookDelivery)
    .set({ state: "waiting", createdAt: now, nextAt: now })
    .where(and(eq(webhookDelivery.clusterId, clusterId), eq(webhookDelivery.id, id)));
}

/** Removes what was told a month ago, but of findings that are open still: they would be told anew. */
export async function forgetOldDeliveries(db: Db, nowMs: number): Promise<void> {
  const isOpenStill = sql`exists (select from finding where finding.cluster_id = ${webhookDelivery.clusterId}
    and closed_at is null and ${webhookDelivery.dedupeKey} = 'finding:' || finding.id || ${OPEN})`;
  await db
    .delete(webhookDelivery)
    .where(and(lt(webhookDelivery.createdAt, new Date(nowMs - KEPT_MS)), sql`not ${isOpenStill}`));
}
