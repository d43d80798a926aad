import * as z from "zod";
import { type Operations, STORED } from "@/app/api/openapi-operation";
import {
  DeliveriesAnswer,
  SilenceInput,
  SilenceRow,
  SilencesAnswer,
  WebhookInput,
  WebhookPatch,
  WebhookRow,
  WebhooksAnswer,
  WebhookTestAnswer,
} from "@/lib/api/webhooks";
import { EXPOSITION_TYPE } from "@/lib/model/prometheus-exposition";

const CHANGED = ["403", "404", "409", "415", "503"] as const;

/** Telling others: webhooks, silences, and metrics. */
export const WEBHOOK_OPERATIONS: Operations = {
  "/metrics": {
    get: {
      ...{ summary: "What is known of every cluster, for Prometheus", tag: "health", answer: z.string() },
      answerType: EXPOSITION_TYPE,
      problems: ["503"],
    },
  },
  "/api/v1/webhooks": {
    get: { summary: "Who is told of findings and spikes", tag: "webhooks", answer: WebhooksAnswer, problems: ["503"] },
    post: {
      ...{ summary: "Add a webhook", tag: "webhooks", body: WebhookInput, answer: WebhookRow },
      ...{ status: "201", problems: ["403", "409", "415", "503"] },
    },
  },
  "/api/v1/webhooks/{webhook}": {
    patch: {
      ...{ summary: "Change a webhook", tag: "webhooks", body: WebhookPatch, answer: WebhookRow, problems: CHANGED },
    },
    delete: { summary: "Remove a webhook", tag: "webhooks", status: "204", problems: CHANGED },
  },
  "/api/v1/webhooks/{webhook}/test": {
    post: {
      ...{ summary: "Send a test notification", tag: "webhooks", answer: WebhookTestAnswer },
      problems: [...CHANGED, "502"],
    },
  },
  "/api/v1/webhooks/{webhook}/deliveries": {
    get: {
      ...{ summary: "What was sent to a webhook, or waits", tag: "webhooks", answer: DeliveriesAnswer },
      problems: STORED,
    },
  },
  "/api/v1/silences": {
    get: { summary: "What is not told, of all clusters", tag: "webhooks", answer: SilencesAnswer, problems: ["503"] },
  },
  "/api/v1/clusters/{cluster}/silences": {
    get: { summary: "What is not told of a cluster", tag: "webhooks", answer: SilencesAnswer, problems: STORED },
    post: {
      ...{ summary: "Silence a cluster, or a rule of it", tag: "webhooks", body: SilenceInput, answer: SilenceRow },
      ...{ status: "201", problems: CHANGED },
    },
  },
  "/api/v1/clusters/{cluster}/silences/{silence}": {
    delete: { summary: "End a silence", tag: "webhooks", status: "204", problems: CHANGED },
  },
};
