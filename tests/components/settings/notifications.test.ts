import { expect, test } from "vitest";
import {
  deliveryWords,
  isFailing,
  notificationsAnswer,
  silenceWords,
} from "@/components/settings/notifications/notification-words";
import { toWebhookDraft, toWebhookInput, toWebhookPatch } from "@/components/settings/notifications/webhook-draft";
import type { DeliveryRow, SilenceRow, WebhookRow } from "@/lib/api/webhooks";

const last: DeliveryRow = {
  ...{ id: "1", cluster: "prod", what: "finding", change: "open", rule: "L05", severity: "critical", title: "down" },
  ...{ state: "waiting", attempts: 2, error: "It answered 500.", createdAt: "", sentAt: null, nextAt: "" },
};
const webhook: WebhookRow = {
  ...{ id: "1", name: "on-call", kind: "slack", host: "https://a.example.com", hasAuthorization: true, clusters: null },
  ...{ leastSeverity: "warning", sendsSpikes: true, enabled: true, createdAt: "", fault: null, waiting: 0, last: null },
};
const silence = { rule: "", scope: "" } as SilenceRow;

test("the page opens with who is told", () => {
  const titleOf = (...args: Parameters<typeof notificationsAnswer>) => notificationsAnswer(...args).title;
  expect(titleOf([], [])).toBe("Nobody is told yet");
  expect(titleOf([{ ...webhook, enabled: false }], [])).toBe("All webhooks are switched off");
  expect(titleOf([webhook], [silence])).toBe("One webhook is told; one silence");
  expect(titleOf([{ ...webhook, last }], [])).toBe("One webhook is told, and fails");
  expect(titleOf([webhook, { ...webhook, fault: "x" }], [])).toBe("2 webhooks are told, one of them fails");
});

test("a delivery in words", () => {
  expect(deliveryWords(last)).toBe("failed 2 times, will be tried again");
  expect(deliveryWords({ ...last, error: null })).toBe("on its way");
  expect(deliveryWords({ ...last, state: "failed", attempts: 40 })).toBe("given up after 40 attempts");
  expect(deliveryWords({ ...last, state: "sent", attempts: 1 })).toBe("sent");
  expect(isFailing({ ...webhook, last: { ...last, state: "sent", error: null } })).toBe(false);
});

test("a silence in words", () => {
  expect(silenceWords({ rule: "", scope: "" })).toBe("Everything");
  expect(silenceWords({ rule: "spike", scope: "" })).toBe("Spikes");
  expect(silenceWords({ rule: "L05", scope: "8e9e05c52164694d" })).toBe("Rule L05 of 8e9e05c52164694d");
});

test("a change leaves secrets that were not entered as they are", () => {
  const draft = toWebhookDraft(webhook);
  expect(toWebhookPatch(draft)).not.toHaveProperty("url");
  expect(toWebhookPatch(draft)).not.toHaveProperty("authorization");
  expect(toWebhookPatch({ ...draft, removesAuthorization: true }).authorization).toBe("");
  expect(toWebhookPatch({ ...draft, url: " https://b.example.com " }).url).toBe("https://b.example.com");
  expect(toWebhookInput({ ...toWebhookDraft(null), name: "n", url: " https://b.example.com" })).toEqual({
    ...{ name: "n", kind: "slack", url: "https://b.example.com", authorization: "", clusters: null },
    ...{ leastSeverity: "warning", sendsSpikes: true, enabled: true },
  });
});
