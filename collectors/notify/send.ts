import { and, asc, eq, inArray, like, lte, sql } from "drizzle-orm";
import { CLOSED, OPEN } from "@/collectors/notify/plan";
import { type PostOutcome, post } from "@/collectors/notify/post";
import { isSilenced, listSilences, type Silence } from "@/collectors/notify/silences";
import type { OpenWebhook } from "@/collectors/notify/webhooks";
import type { Db } from "@/lib/db/client";
import { webhookDelivery } from "@/lib/db/schema-health";
import { log } from "@/lib/log";
import { toWebhookPost } from "@/lib/model/notification-forms";

/** So many posts a minute go to one webhook; the others wait for the next. */
export const MOST_PER_MINUTE = 30;
const MINUTE_MS = 60_000;
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 3_600_000;
/** What could not be told for so long is not told any more. */
const GIVE_UP_MS = 24 * 3_600_000;
/** Alertmanager forgets what it does not hear of: it is told again so often while it lasts. */
const REPEAT_MS = 2 * MINUTE_MS;
const REPEAT_AGAIN_MS = 30_000;

type Delivery = typeof webhookDelivery.$inferSelect;

export interface SenderOptions {
  db: Db;
  publicUrl: string | null;
  signal: AbortSignal;
  /** The clock; the worker's unless given. */
  now?: () => number;
  patienceMs?: number;
}

/** Sends what waits, webhook by webhook: one that does not answer keeps no other waiting. */
export class DeliverySender {
  #options: SenderOptions;
  #now: () => number;
  #sending = new Map<string, Promise<void>>();
  #postedMs = new Map<string, number[]>();

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** Begins to send what is due; answers when all that was begun has ended. */
  async sendDue(webhooks: readonly OpenWebhook[]): Promise<void> {
    for (const webhook of webhooks) {
      if (this.#sending.has(webhook.id)) continue;
      const sending = this.#drain(webhook)
        .catch((error) => log.warn({ webhook: webhook.id, error: String(error) }, "notifications wait"))
        .finally(() => this.#sending.delete(webhook.id));
      this.#sending.set(webhook.id, sending);
    }
    await Promise.all(this.#sending.values());
  }

  async #drain(webhook: OpenWebhook): Promise<void> {
    const { db, signal } = this.#options;
    const due = await this.#listDue(webhook);
    if (due.length === 0) return;
    const silences = await listSilences(db, this.#now());
    for (const delivery of due) {
      if (signal.aborted || !this.#hasRoom(webhook.id)) return;
      if (delivery.state === "sent") await this.#repeat(webhook, delivery, silences);
      else await this.#deliver(webhook, delivery, silences);
    }
  }

  /** What waits, the oldest first, and with Alertmanager what goes on and is to be told again. */
  async #listDue({ id, kind }: OpenWebhook): Promise<Delivery[]> {
    const { state, webhookId, nextAt, dedupeKey, createdAt } = webhookDelivery;
    const isDue = and(eq(webhookId, id), lte(nextAt, new Date(this.#now())));
    const ofState = (one: Delivery["state"]) =>
      this.#options.db
        .select()
        .from(webhookDelivery)
        .where(and(isDue, eq(state, one), one === "sent" ? like(dedupeKey, `%${OPEN}`) : undefined))
        .orderBy(asc(createdAt), asc(webhookDelivery.id))
        .limit(MOST_PER_MINUTE);
    return [...(await ofState("waiting")), ...(kind === "alertmanager" ? await ofState("sent") : [])];
  }

  async #deliver(webhook: OpenWebhook, delivery: Delivery, silences: readonly Silence[]): Promise<void> {
    if (isSilenced(silences, delivery.clusterId, delivery.payload)) return this.#set(delivery, { state: "silenced" });
    if (await this.#waitsForItsBegin(delivery)) return;
    const attempts = delivery.attempts + 1;
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** (attempts - 1), LONGEST_PAUSE_MS) * (0.8 + 0.4 * Math.random());
    // Noted before it is sent: whatever ends us meanwhile, it is not sent again at once.
    await this.#set(delivery, { attempts, nextAt: new Date(this.#now() + pauseMs) });
    const outcome = await this.#post(webhook, delivery);
    const nowMs = this.#now();
    if (outcome.ok) {
      const again = { sentAt: new Date(nowMs), nextAt: new Date(nowMs + REPEAT_MS) };
      return this.#set(delivery, { state: "sent", lastError: null, ...again });
    }
    if (this.#options.signal.aborted) return; // we were told to stop: it is tried again
    const isGivenUp = nowMs - delivery.createdAt.getTime() >= GIVE_UP_MS;
    await this.#set(delivery, {
      state: isGivenUp ? "failed" : "waiting",
      lastError: outcome.text,
      nextAt: new Date(nowMs + Math.max(pauseMs, outcome.retryAfterMs ?? 0)),
    });
  }

  /** Until it has ended, or is silenced. */
  async #repeat(webhook: OpenWebhook, delivery: Delivery, silences: readonly Silence[]): Promise<void> {
    const isOver = await this.#exists(delivery, delivery.dedupeKey.replace(OPEN, CLOSED), [
      "waiting",
      "sent",
      "failed",
    ]);
    if (isOver) return this.#set(delivery, { nextAt: new Date(8.64e12) }); // never again
    const isQuiet = isSilenced(silences, delivery.clusterId, delivery.payload);
    const outcome = isQuiet ? null : await this.#post(webhook, delivery);
    const pauseMs = outcome?.ok === false ? REPEAT_AGAIN_MS : REPEAT_MS;
    const lastError = outcome?.ok === false ? outcome.text : null;
    await this.#set(delivery, { nextAt: new Date(this.#now() + pauseMs), lastError });
  }

  /** That something is over is told after that it began. */
  async #waitsForItsBegin(delivery: Delivery): Promise<boolean> {
    if (!delivery.dedupeKey.endsWith(CLOSED)) return false;
    return this.#exists(delivery, delivery.dedupeKey.slice(0, -CLOSED.length) + OPEN, ["waiting"]);
  }

  async #exists({ clusterId, webhookId }: Delivery, dedupeKey: string, states: Delivery["state"][]): Promise<boolean> {
    const rows = await this.#options.db
      .select({ one: sql`1` })
      .from(webhookDelivery)
      .where(
        and(
          eq(webhookDelivery.clusterId, clusterId),
          eq(webhookDelivery.webhookId, webhookId),
          eq(webhookDelivery.dedupeKey, dedupeKey),
          inArray(webhookDelivery.state, states),
        ),
      )
      .limit(1);
    return rows.length > 0;
  }

  async #post(webhook: OpenWebhook, { dedupeKey, payload }: Delivery): Promise<PostOutcome> {
    const { publicUrl, signal, patienceMs } = this.#options;
    const nowMs = this.#now();
    this.#postedMs.set(webhook.id, [...(this.#postedMs.get(webhook.id) ?? []), nowMs]);
    const { kind, url, authorization } = webhook;
    const form = toWebhookPost(payload, { kind, url, id: dedupeKey, publicUrl, nowMs });
    return post(form, { authorization, signal, ...(patienceMs !== undefined && { patienceMs }) });
  }

  #hasRoom(webhookId: string): boolean {
    const recent = (this.#postedMs.get(webhookId) ?? []).filter((atMs) => atMs > this.#now() - MINUTE_MS);
    this.#postedMs.set(webhookId, recent);
    return recent.length < MOST_PER_MINUTE;
  }

  async #set({ clusterId, id }: Delivery, change: Partial<Delivery>): Promise<void> {
    await this.#options.db
      .update(webhookDelivery)
      .set(change)
      .where(and(eq(webhookDelivery.clusterId, clusterId), eq(webhookDelivery.id, id)));
  }
}
