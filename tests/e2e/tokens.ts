import type { APIRequestContext, Page } from "@playwright/test";
import { expect } from "@/tests/e2e/pages";
import { STORY_NAME } from "@/tests/story/small-cluster";

/** Makes an ingest token of a cluster in the browser and answers its secret. */
export async function makeToken(page: Page, name: string, cluster = STORY_NAME): Promise<string> {
  await page.goto(`/settings/clusters/${cluster}`);
  await page.getByRole("button", { name: "Create a token" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByRole("button", { name: "Create" }).click();
  const secret = dialog.getByTestId("token");
  await expect(secret).toHaveText(/^etcdscope_/);
  const token = (await secret.textContent()) ?? "";
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(dialog).toBeHidden();
  return token;
}

/** Sends something as a sender would, with a token. Answers the status. */
export async function ingest(
  request: APIRequestContext,
  path: "audit" | "connections",
  { token, data, cluster = STORY_NAME }: { token: string; data: unknown; cluster?: string },
): Promise<number> {
  const url = `${process.env.E2E_URL}/api/v1/ingest/${cluster}/${path}`;
  const answer = await request.post(url, { headers: { authorization: `Bearer ${token}` }, data });
  return answer.status();
}

/** A finished request as kube-apiserver logs it. */
export function auditEvent(change: {
  verb: string;
  resource: string;
  namespace: string;
  name: string;
  userAgent: string;
  apiGroup?: string;
}): object {
  const { verb, userAgent, ...object } = change;
  const at = new Date();
  const root = object.apiGroup === undefined ? "/api/v1" : `/apis/${object.apiGroup}/v1`;
  return {
    kind: "Event",
    apiVersion: "audit.k8s.io/v1",
    level: "Metadata",
    auditID: crypto.randomUUID(),
    stage: "ResponseComplete",
    requestURI: `${root}/namespaces/${object.namespace}/${object.resource}/${object.name}`,
    verb,
    user: { username: `system:serviceaccount:kube-system:${userAgent.split("/")[0]}`, groups: [] },
    sourceIPs: ["10.9.8.7"],
    userAgent,
    objectRef: { ...object, apiVersion: "v1" },
    responseStatus: { code: 200 },
    requestReceivedTimestamp: at.toISOString().replace("Z", "000Z"),
    stageTimestamp: at.toISOString().replace("Z", "000Z"),
  };
}

/** Events as the audit webhook sends them. */
export function eventList(items: object[]): object {
  return { kind: "EventList", apiVersion: "audit.k8s.io/v1", metadata: {}, items };
}
