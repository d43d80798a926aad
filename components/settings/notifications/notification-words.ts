import type { DeliveryRow, SilenceRow, WebhookRow } from "@/lib/api/webhooks";
import type { FindingSeverity, WebhookKind } from "@/lib/model/notifications";

/** What a kind of webhook is called. */
export const KIND_WORDS: Record<WebhookKind, string> = {
  json: "Generic JSON",
  slack: "Slack",
  alertmanager: "Alertmanager",
};

/** From which severity on a webhook is told. */
export const SEVERITY_WORDS: Record<FindingSeverity, string> = {
  info: "Everything",
  warning: "Warnings and critical",
  critical: "Critical only",
};

/** Who is told, in a sentence. */
export function notificationsAnswer(
  webhooks: readonly WebhookRow[],
  silences: readonly SilenceRow[],
): { title: string; lede: string } {
  const lede =
    "A notification goes out when a finding or a spike begins, and when it is over: once each, however often etcdscope is restarted.";
  const used = webhooks.filter(({ enabled }) => enabled);
  const failing = used.filter(isFailing).length;
  if (webhooks.length === 0) return { title: "Nobody is told yet", lede };
  if (used.length === 0) return { title: "All webhooks are switched off", lede };
  const told = used.length === 1 ? "One webhook is told" : `${used.length} webhooks are told`;
  const failed = failing === 0 ? "" : failing === 1 ? ", one of them fails" : `, ${failing} of them fail`;
  const silenced =
    silences.length === 0 ? "" : silences.length === 1 ? "; one silence" : `; ${silences.length} silences`;
  return { title: told + (used.length === 1 && failing === 1 ? ", and fails" : failed) + silenced, lede };
}

/** Whether its last notification could not be sent, or none can be. */
export function isFailing({ fault, last }: WebhookRow): boolean {
  return fault !== null || (last !== null && last.error !== null && last.state !== "sent" && last.state !== "silenced");
}

/** How a delivery stands, in words. */
export function deliveryWords({ state, attempts, error }: Pick<DeliveryRow, "state" | "attempts" | "error">): string {
  switch (state) {
    case "sent":
      return attempts > 1 ? `sent at attempt ${attempts}` : "sent";
    case "silenced":
      return "silenced";
    case "failed":
      return `given up after ${attempts} attempts`;
    case "waiting":
      return error === null
        ? "on its way"
        : `failed ${attempts === 1 ? "once" : `${attempts} times`}, will be tried again`;
  }
}

/** What a silence covers. */
export function silenceWords({ rule, scope }: Pick<SilenceRow, "rule" | "scope">): string {
  const what = rule === "" ? "Everything" : rule === "spike" ? "Spikes" : `Rule ${rule}`;
  return scope === "" ? what : `${what} of ${scope}`;
}
