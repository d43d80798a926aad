import { queryOptions } from "@tanstack/react-query";
import * as z from "zod";
import { clusterPath, getJson, sendJson } from "@/lib/api/get-json";
import { FINDING_SEVERITIES, WEBHOOK_KINDS } from "@/lib/model/notifications";

const REFRESH_MS = 5_000;
const WEBHOOKS_PATH = "/api/v1/webhooks";
const MOST_SILENCE_DAYS = 366;

const Severity = z.enum(FINDING_SEVERITIES);
const Kind = z.enum(WEBHOOK_KINDS);

const fields = {
  name: z.string().trim().min(1).max(100),
  kind: Kind,
  url: z
    .url({ protocol: /^https?$/, message: "must be an http or https URL" })
    .max(2_000)
    .refine((url) => !URL.canParse(url) || new URL(url).username + new URL(url).password === "", {
      message: "must not hold a user or password; give them as the Authorization header",
    })
    .describe("A secret: it is never answered"),
  authorization: z
    .string()
    .trim()
    .max(8_000)
    .regex(/^[\x20-\x7e]*$/, "must be one line of plain characters")
    .describe("The value of an `Authorization` header; empty: none is sent. A secret: it is never answered"),
  clusters: z.array(z.string()).max(1_000).nullable().describe("Names or ids; null: all, also those added later"),
  leastSeverity: Severity,
  sendsSpikes: z.boolean().describe("Spikes too: of latencies as warnings, of rates as info"),
  enabled: z.boolean(),
};

/** `POST /api/v1/webhooks`. */
export const WebhookInput = z.strictObject({
  name: fields.name,
  kind: fields.kind,
  url: fields.url,
  authorization: fields.authorization.default(""),
  clusters: fields.clusters.default(null),
  leastSeverity: fields.leastSeverity.default("warning"),
  sendsSpikes: fields.sendsSpikes.default(true),
  enabled: fields.enabled.default(true),
});
export type WebhookInput = z.input<typeof WebhookInput>;

/** `PATCH /api/v1/webhooks/{webhook}`: what is not given stays. */
export const WebhookPatch = z.strictObject(fields).partial();
export type WebhookPatch = z.infer<typeof WebhookPatch>;

export const DELIVERY_STATES = ["waiting", "sent", "failed", "silenced"] as const;

/** One notification to one webhook. */
export const DeliveryRow = z.object({
  id: z.string(),
  cluster: z.string(),
  what: z.enum(["finding", "spike", "test"]),
  change: z.enum(["open", "closed"]),
  rule: z.string(),
  severity: Severity,
  title: z.string(),
  state: z.enum(DELIVERY_STATES),
  attempts: z.number(),
  error: z.string().nullable().describe("Why the last attempt failed"),
  createdAt: z.string(),
  sentAt: z.string().nullable(),
  nextAt: z.string().nullable().describe("When a waiting one is tried next"),
});
export type DeliveryRow = z.infer<typeof DeliveryRow>;
/** `GET /api/v1/webhooks/{webhook}/deliveries`: the newest 200. */
export const DeliveriesAnswer = z.object({ items: z.array(DeliveryRow), nextCursor: z.null() });
export type DeliveriesAnswer = z.infer<typeof DeliveriesAnswer>;

/** A webhook without its secrets. */
export const WebhookRow = z.object({
  id: z.string(),
  name: z.string(),
  kind: Kind,
  host: z.string().nullable().describe("Of its URL the scheme and host; null: it cannot be opened"),
  hasAuthorization: z.boolean(),
  clusters: z.array(z.string()).nullable(),
  leastSeverity: Severity,
  sendsSpikes: z.boolean(),
  enabled: z.boolean(),
  createdAt: z.string(),
  fault: z.string().nullable().describe("Why it cannot be used"),
  waiting: z.number().describe("Notifications on their way"),
  last: DeliveryRow.nullable().describe("The newest notification"),
});
export type WebhookRow = z.infer<typeof WebhookRow>;
export const WebhooksAnswer = z.object({ items: z.array(WebhookRow), nextCursor: z.null() });
export type WebhooksAnswer = z.infer<typeof WebhooksAnswer>;

/** `POST /api/v1/webhooks/{webhook}/test`. */
export const WebhookTestAnswer = z.object({ ok: z.boolean(), text: z.string().describe("What the receiver answered") });
export type WebhookTestAnswer = z.infer<typeof WebhookTestAnswer>;

/** `POST …/{cluster}/silences`. */
export const SilenceInput = z.strictObject({
  rule: z
    .string()
    .trim()
    .regex(/^(L\d{2}|spike)?$/, "must be a rule such as L05, `spike`, or empty")
    .default("")
    .describe("Empty: everything of the cluster"),
  scope: z.string().max(2_000).default("").describe("A member's id, a prefix; empty: whatever it is about"),
  reason: z.string().trim().max(300).default(""),
  until: z.iso.datetime({ offset: true }).refine(
    (text) => {
      const aheadMs = Date.parse(text) - Date.now();
      return aheadMs > 0 && aheadMs <= MOST_SILENCE_DAYS * 86_400_000;
    },
    { message: `must lie ahead, by ${MOST_SILENCE_DAYS} days at most` },
  ),
});
export type SilenceInput = z.input<typeof SilenceInput>;
export const SilenceRow = z.object({
  id: z.string(),
  cluster: z.string(),
  rule: z.string(),
  scope: z.string(),
  reason: z.string(),
  createdAt: z.string(),
  until: z.string(),
});
export type SilenceRow = z.infer<typeof SilenceRow>;
/** `GET …/{cluster}/silences` and `GET /api/v1/silences`: those that hold, the first to end first. */
export const SilencesAnswer = z.object({ items: z.array(SilenceRow), nextCursor: z.null() });
export type SilencesAnswer = z.infer<typeof SilencesAnswer>;

/** All webhooks. */
export function webhooksOptions() {
  return queryOptions({
    queryKey: ["webhooks"],
    queryFn: ({ signal }) => getJson<WebhooksAnswer>(WEBHOOKS_PATH, {}, signal),
    refetchInterval: REFRESH_MS,
  });
}

/** What was sent to a webhook, or waits. */
export function deliveriesOptions(id: string) {
  return queryOptions({
    queryKey: ["deliveries", id],
    queryFn: ({ signal }) => getJson<DeliveriesAnswer>(`${webhookPath(id)}/deliveries`, {}, signal),
    refetchInterval: REFRESH_MS,
  });
}

/** The silences of all clusters. */
export function silencesOptions() {
  return queryOptions({
    queryKey: ["silences"],
    queryFn: ({ signal }) => getJson<SilencesAnswer>("/api/v1/silences", {}, signal),
    refetchInterval: REFRESH_MS,
  });
}

/** Adds a webhook. Throws an `ApiError` that names the field at fault. */
export function addWebhook(input: WebhookInput): Promise<WebhookRow> {
  return sendJson("POST", WEBHOOKS_PATH, input);
}

/** Changes a webhook. */
export function patchWebhook(id: string, patch: WebhookPatch): Promise<WebhookRow> {
  return sendJson("PATCH", webhookPath(id), patch);
}

/** Removes a webhook and what was sent to it. */
export function removeWebhook(id: string): Promise<void> {
  return sendJson("DELETE", webhookPath(id));
}

/** Sends a test notification and answers what the receiver said. */
export function testWebhook(id: string): Promise<WebhookTestAnswer> {
  return sendJson("POST", `${webhookPath(id)}/test`, {});
}

/** Silences a cluster, or a rule of it. */
export function addSilence(cluster: string, input: SilenceInput): Promise<SilenceRow> {
  return sendJson("POST", clusterPath(cluster, "/silences"), input);
}

/** Ends a silence. */
export function removeSilence({ cluster, id }: Pick<SilenceRow, "cluster" | "id">): Promise<void> {
  return sendJson("DELETE", clusterPath(cluster, `/silences/${id}`));
}

function webhookPath(id: string): string {
  return `${WEBHOOKS_PATH}/${encodeURIComponent(id)}`;
}
