import type { FindingSeverity, NotificationPayload, WebhookKind } from "@/lib/model/notifications";

/** What is posted to a webhook: its URL, and what is said there as JSON. */
export interface WebhookPost {
  url: string;
  body: unknown;
}

/** What a notification is put into its form with. */
export interface NotificationForm {
  kind: WebhookKind;
  url: string;
  /** The same however often one notification is sent: a receiver can tell repetitions by it. */
  id: string;
  /** Where people reach etcdscope; null: not set, and links are paths. */
  publicUrl: string | null;
  nowMs: number;
}

/** An alert that is not told again for so long ends by itself. */
const ALERT_LIFE_MS = 8 * 60_000;
const MOST_TITLE = 150;
const MOST_TEXT = 2_900;

/** A notification in the form its receiver wants. */
export function toWebhookPost(payload: NotificationPayload, form: NotificationForm): WebhookPost {
  switch (form.kind) {
    case "json":
      return { url: form.url, body: { id: form.id, ...payload, link: toLink(payload, form) } };
    case "slack":
      return { url: form.url, body: toSlack(payload, form) };
    case "alertmanager":
      return { url: toAlertsUrl(form.url), body: [toAlert(payload, form)] };
  }
}

function toLink({ path }: NotificationPayload, { publicUrl }: NotificationForm): string | null {
  return publicUrl === null ? null : publicUrl.replace(/\/+$/, "") + path;
}

const MARKS: Record<FindingSeverity, string> = {
  info: ":information_source:",
  warning: ":warning:",
  critical: ":rotating_light:",
};

/** Slack's blocks, and as `text` what stands in the push message. */
function toSlack(payload: NotificationPayload, form: NotificationForm) {
  const isOver = payload.state === "closed";
  const mark = isOver ? ":white_check_mark:" : MARKS[payload.severity];
  const title = escapeSlack(cut(`${payload.cluster}: ${payload.title}`, MOST_TITLE));
  const head = `${mark} ${isOver ? "Over: " : ""}${title}`;
  const link = toLink(payload, form);
  const where = link === null ? `\`${escapeSlack(payload.path)}\`` : `<${escapeSlack(link)}|Open in etcdscope>`;
  const facts = [`${payload.rule}, ${payload.severity}`, toSpan(payload), where].join(" · ");
  const next = isOver || payload.next === "" ? "" : `\n*Next:* ${escapeSlack(payload.next)}`;
  const blocks = [
    {
      type: "section",
      text: { type: "mrkdwn", text: cut(`*${head}*\n${escapeSlack(payload.text)}${next}`, MOST_TEXT) },
    },
    { type: "context", elements: [{ type: "mrkdwn", text: cut(facts, MOST_TEXT) }] },
  ];
  return { text: head, blocks };
}

function toSpan({ startedAt, endedAt }: NotificationPayload): string {
  return endedAt === null ? `since ${startedAt}` : `${startedAt} to ${endedAt}`;
}

/** What Slack would read as markup of its own: entities, links, mentions. */
function escapeSlack(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Alertmanager's API, whether its address or the API's is given. */
function toAlertsUrl(url: string): string {
  const target = new URL(url);
  if (!/\/api\/v2\/alerts\/?$/.test(target.pathname))
    target.pathname = `${target.pathname.replace(/\/+$/, "")}/api/v2/alerts`;
  return target.toString();
}

/** An alert of Alertmanager's API v2. Its labels are the same from its begin to its end: they are its identity. */
function toAlert(payload: NotificationPayload, form: NotificationForm) {
  const { cluster, rule, scope, severity, what } = payload;
  const link = toLink(payload, form);
  const endsAt = payload.endedAt ?? new Date(form.nowMs + ALERT_LIFE_MS).toISOString();
  return {
    labels: {
      alertname: what === "finding" ? `EtcdscopeFinding${rule}` : what === "spike" ? "EtcdscopeSpike" : "EtcdscopeTest",
      ...{ cluster, rule, severity },
      ...(scope !== "" && { scope }),
    },
    annotations: {
      summary: payload.title,
      description: payload.text,
      ...(payload.next !== "" && { next: payload.next }),
      path: payload.path,
    },
    startsAt: payload.startedAt,
    endsAt,
    ...(link !== null && { generatorURL: link }),
  };
}

/** At most `most` UTF-16 units, without half a character or half an entity at the end. */
function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const beginning = text.slice(0, most - 1).replace(/([\ud800-\udbff]|&[a-z]{0,3})$/, "");
  return `${beginning}…`;
}
