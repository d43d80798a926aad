import { type APIRequestContext, expect } from "@playwright/test";
import { MAX_TEXT_CHARACTERS } from "@/lib/model/audit-event";
import { auditEvent, eventList, ingest } from "@/tests/e2e/tokens";
import { STORY_NAME } from "@/tests/story/small-cluster";

/** A request of the story, so many times. */
export interface Asked {
  verb: string;
  resource: string;
  namespace?: string;
  name?: string;
  apiGroup?: string;
  userAgent: string;
  user?: string;
  address?: string;
  code?: number;
  /** How long it took. */
  ms?: number;
  times: number;
}

/**
 * Sends requests of the last two minutes as an apiserver's webhook would, and waits until they are counted. What was
 * sent before is not sent again: a test that fails has its file's preparations run once more.
 */
export async function tellAudit(request: APIRequestContext, asked: readonly Asked[]): Promise<void> {
  const counts = await Promise.all(asked.map(({ userAgent }) => countRequests(request, userAgent)));
  if (counts.every((count) => count > 0)) return;
  const made = await request.post(`${process.env.E2E_URL}/api/v1/clusters/${STORY_NAME}/tokens`, {
    data: { name: `apiserver ${asked[0]?.userAgent ?? ""}`.slice(0, 90) },
  });
  const { token } = (await made.json()) as { token: string };
  const items = asked.flatMap((one) => Array.from({ length: one.times }, (_, turn) => toEvent(one, turn)));
  expect(await ingest(request, "audit", { token, data: eventList(items) })).toBe(200);
  for (const { userAgent } of asked) {
    await expect.poll(() => countRequests(request, userAgent), { timeout: 60_000 }).toBe(timesOf(asked, userAgent));
  }
}

function toEvent(one: Asked, turn: number): object {
  const { verb, resource, apiGroup, userAgent, namespace = "", name = "" } = one;
  const event = auditEvent({ verb, resource, namespace, name, userAgent, ...(apiGroup && { apiGroup }) });
  const endMs = Date.now() - 1_000 - (turn % 120) * 1_000;
  const root = apiGroup === undefined ? "/api/v1" : `/apis/${apiGroup}/v1`;
  return {
    ...event,
    ...(verb === "list" && { requestURI: `${root}/${resource}` }),
    ...(one.user && { user: { username: one.user, groups: [] } }),
    ...(one.address && { sourceIPs: [one.address] }),
    responseStatus: { code: one.code ?? 200 },
    requestReceivedTimestamp: instant(endMs - (one.ms ?? 5)),
    stageTimestamp: instant(endMs),
  };
}

function instant(ms: number): string {
  return new Date(ms).toISOString().replace("Z", "000Z");
}

async function countRequests(request: APIRequestContext, userAgent: string): Promise<number> {
  const kept = userAgent.slice(0, MAX_TEXT_CHARACTERS);
  const search = new URLSearchParams({ groupBy: "userAgent", source: "audit", userAgent: kept });
  const answer = await request.get(`${process.env.E2E_URL}/api/v1/clusters/${STORY_NAME}/traffic?${search}`);
  const body = (await answer.json()) as { total: { requests: number } | null };
  return body.total?.requests ?? 0;
}

function timesOf(asked: readonly Asked[], userAgent: string): number {
  return asked.filter((one) => one.userAgent === userAgent).reduce((sum, { times }) => sum + times, 0);
}
