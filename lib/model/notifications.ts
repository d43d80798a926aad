export const FINDING_SEVERITIES = ["info", "warning", "critical"] as const;
export type FindingSeverity = (typeof FINDING_SEVERITIES)[number];

export const WEBHOOK_KINDS = ["json", "slack", "alertmanager"] as const;
export type WebhookKind = (typeof WEBHOOK_KINDS)[number];

/** What a notification says; each kind of webhook puts it in its own form. */
export interface NotificationPayload {
  cluster: string;
  /** `finding`, or `spike`; `test` when a reader tries the webhook. */
  what: "finding" | "spike" | "test";
  state: "open" | "closed";
  severity: FindingSeverity;
  /** `L05`, `spike`. */
  rule: string;
  scope: string;
  title: string;
  text: string;
  next: string;
  /** RFC 3339. */
  startedAt: string;
  endedAt: string | null;
  /** Path of the page that shows it, below the address etcdscope is reached at. */
  path: string;
}
