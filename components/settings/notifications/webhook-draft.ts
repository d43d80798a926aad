import type { WebhookInput, WebhookPatch, WebhookRow } from "@/lib/api/webhooks";
import type { FindingSeverity, WebhookKind } from "@/lib/model/notifications";

/** What stands in the dialog. Secrets are empty where they are to stay as they are. */
export interface WebhookDraft {
  name: string;
  kind: WebhookKind;
  url: string;
  authorization: string;
  removesAuthorization: boolean;
  /** Null: all clusters. */
  clusters: string[] | null;
  leastSeverity: FindingSeverity;
  sendsSpikes: boolean;
  enabled: boolean;
}

/** The draft of a new webhook, or of one that is changed. */
export function toWebhookDraft(webhook: WebhookRow | null): WebhookDraft {
  return {
    name: webhook?.name ?? "",
    kind: webhook?.kind ?? "slack",
    url: "",
    authorization: "",
    removesAuthorization: false,
    clusters: webhook?.clusters ?? null,
    leastSeverity: webhook?.leastSeverity ?? "warning",
    sendsSpikes: webhook?.sendsSpikes ?? true,
    enabled: webhook?.enabled ?? true,
  };
}

/** What is sent to add it. */
export function toWebhookInput(draft: WebhookDraft): WebhookInput {
  const { removesAuthorization: _, url, authorization, ...rest } = draft;
  return { ...rest, url: url.trim(), authorization: authorization.trim() };
}

/** What is sent to change it: secrets only where new ones were entered. */
export function toWebhookPatch(draft: WebhookDraft): WebhookPatch {
  const { removesAuthorization, url, authorization, ...rest } = draft;
  return {
    ...rest,
    ...(url.trim() !== "" && { url: url.trim() }),
    ...(removesAuthorization
      ? { authorization: "" }
      : authorization.trim() !== "" && { authorization: authorization.trim() }),
  };
}
