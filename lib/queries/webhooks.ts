import { asc, count, desc, eq, sql } from "drizzle-orm";
import type {
  DeliveriesAnswer,
  DeliveryRow,
  WebhookInput,
  WebhookPatch,
  WebhookRow,
  WebhooksAnswer,
  WebhookTestAnswer,
} from "@/lib/api/webhooks";
import type { Db } from "@/lib/db/client";
import { cluster } from "@/lib/db/schema";
import { webhook, webhookDelivery } from "@/lib/db/schema-health";
import { openSecret, sealSecret } from "@/lib/db/secret-box";
import { askWorker } from "@/lib/queries/ask-worker";
import { resolveClusterId } from "@/lib/queries/clusters";
import { ConflictError, ParameterError, UnknownWebhookError } from "@/lib/queries/errors";

const MOST_WEBHOOKS = 100;
const MOST_DELIVERIES = 200;
/** A receiver may take ten seconds. */
const TEST_TIMEOUT_MS = 15_000;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

type Row = typeof webhook.$inferSelect;
type Names = ReadonlyMap<number, string>;

/** All webhooks by name, with how they do; their secrets are not in it. */
export async function listWebhooks(db: Db, secretKey: Buffer): Promise<WebhooksAnswer> {
  const rows = await db.select().from(webhook).orderBy(asc(webhook.name), asc(webhook.id)).limit(MOST_WEBHOOKS);
  const names = await readNames(db);
  const items = await Promise.all(rows.map((row) => toRow(db, row, { names, secretKey })));
  return { items, nextCursor: null };
}

/** Adds a webhook. Throws a `ParameterError` for a cluster that is not there, a `ConflictError` when there are too many. */
export async function createWebhook(db: Db, input: Required<WebhookInput>, secretKey: Buffer): Promise<WebhookRow> {
  if ((await db.$count(webhook)) >= MOST_WEBHOOKS) {
    throw new ConflictError(`There are ${MOST_WEBHOOKS} webhooks already.`, { remedy: "Remove one first." });
  }
  const [row] = await db
    .insert(webhook)
    .values({
      ...pickPlain(input),
      urlSealed: sealSecret(input.url, secretKey),
      authorizationSealed: sealOrNull(input.authorization, secretKey),
      clusterIds: await toIds(db, input.clusters),
    })
    .returning();
  if (!row) throw new Error("a webhook was inserted but not returned");
  return toRow(db, row, { names: await readNames(db), secretKey });
}

/** Changes what is given. Throws an `UnknownWebhookError`. */
export async function changeWebhook(db: Db, id: string, patch: WebhookPatch, secretKey: Buffer): Promise<WebhookRow> {
  const found = await findWebhook(db, id);
  const { url, authorization, clusters, ...plain } = patch;
  const change = {
    ...plain,
    ...(url !== undefined && { urlSealed: sealSecret(url, secretKey) }),
    ...(authorization !== undefined && { authorizationSealed: sealOrNull(authorization, secretKey) }),
    ...(clusters !== undefined && { clusterIds: await toIds(db, clusters) }),
  };
  const [row] =
    Object.keys(change).length === 0
      ? [found]
      : await db.update(webhook).set(change).where(eq(webhook.id, found.id)).returning();
  if (!row) throw new UnknownWebhookError(id);
  return toRow(db, row, { names: await readNames(db), secretKey });
}

/** Removes a webhook and its deliveries. Throws an `UnknownWebhookError`. */
export async function removeWebhook(db: Db, id: string): Promise<void> {
  const { id: found } = await findWebhook(db, id);
  await db.transaction(async (tx) => {
    await tx.delete(webhook).where(eq(webhook.id, found));
    await tx.delete(webhookDelivery).where(eq(webhookDelivery.webhookId, found));
  });
}

/** Has the worker post a test notification. Throws an `UnknownWebhookError`, and what `askWorker` throws. */
export async function testWebhook(db: Db, id: string): Promise<WebhookTestAnswer> {
  const { id: webhookId } = await findWebhook(db, id);
  return askWorker(db, null, "test-webhook", { webhookId }, { timeoutMs: TEST_TIMEOUT_MS });
}

/** What was sent to a webhook or waits, the newest first. Throws an `UnknownWebhookError`. */
export async function listDeliveries(db: Db, id: string): Promise<DeliveriesAnswer> {
  const { id: webhookId } = await findWebhook(db, id);
  const names = await readNames(db);
  const rows = await readDeliveries(db, webhookId, MOST_DELIVERIES);
  return { items: rows.map((row) => toDelivery(row, names)), nextCursor: null };
}

async function findWebhook(db: Db, id: string): Promise<Row> {
  const [row] = UUID.test(id) ? await db.select().from(webhook).where(eq(webhook.id, id)) : [];
  if (!row) throw new UnknownWebhookError(id);
  return row;
}

function readDeliveries(db: Db, webhookId: string, limit: number) {
  return db
    .select()
    .from(webhookDelivery)
    .where(eq(webhookDelivery.webhookId, webhookId))
    .orderBy(desc(webhookDelivery.createdAt), desc(webhookDelivery.id))
    .limit(limit);
}

async function toRow(db: Db, row: Row, { names, secretKey }: { names: Names; secretKey: Buffer }): Promise<WebhookRow> {
  const { id, name, kind, leastSeverity, sendsSpikes, enabled, clusterIds } = row;
  const [last] = await readDeliveries(db, id, 1);
  const [waiting] = await db
    .select({ waiting: count() })
    .from(webhookDelivery)
    .where(sql`${webhookDelivery.webhookId} = ${id} and ${webhookDelivery.state} = 'waiting'`);
  return {
    ...{ id, name, kind, leastSeverity, sendsSpikes, enabled },
    ...toHost(row, secretKey),
    hasAuthorization: row.authorizationSealed !== null,
    clusters: clusterIds === null ? null : clusterIds.flatMap((clusterId) => names.get(clusterId) ?? []),
    createdAt: row.createdAt.toISOString(),
    waiting: waiting?.waiting ?? 0,
    last: last === undefined ? null : toDelivery(last, names),
  };
}

/** Of a URL only where it leads: the rest may be a secret. */
function toHost({ urlSealed, authorizationSealed }: Row, secretKey: Buffer): Pick<WebhookRow, "host" | "fault"> {
  try {
    if (authorizationSealed !== null) openSecret(authorizationSealed, secretKey);
    return { host: new URL(openSecret(urlSealed, secretKey)).origin, fault: null };
  } catch (error) {
    return { host: null, fault: error instanceof Error ? error.message : String(error) };
  }
}

function toDelivery(row: typeof webhookDelivery.$inferSelect, names: Names): DeliveryRow {
  const { id, clusterId, state, attempts, lastError, payload } = row;
  return {
    ...{ id, state, attempts, error: lastError },
    cluster: names.get(clusterId) ?? payload.cluster,
    what: payload.what,
    change: payload.state,
    rule: payload.rule,
    severity: payload.severity,
    title: payload.title,
    createdAt: row.createdAt.toISOString(),
    sentAt: row.sentAt?.toISOString() ?? null,
    nextAt: state === "waiting" ? row.nextAt.toISOString() : null,
  };
}

async function readNames(db: Db): Promise<Names> {
  const rows = await db.select({ id: cluster.id, name: cluster.name }).from(cluster);
  return new Map(rows.map(({ id, name }) => [id, name]));
}

async function toIds(db: Db, clusters: readonly string[] | null): Promise<number[] | null> {
  if (clusters === null) return null;
  const ids: number[] = [];
  for (const nameOrId of clusters) {
    const id = await resolveClusterId(db, nameOrId);
    if (id === null) throw new ParameterError("clusters", `there is no cluster "${nameOrId}"`);
    ids.push(id);
  }
  return [...new Set(ids)];
}

function pickPlain({ name, kind, leastSeverity, sendsSpikes, enabled }: Required<WebhookInput>) {
  return { name, kind, leastSeverity, sendsSpikes, enabled };
}

function sealOrNull(text: string, secretKey: Buffer): Buffer | null {
  return text === "" ? null : sealSecret(text, secretKey);
}
