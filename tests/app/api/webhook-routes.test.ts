import { afterAll, beforeAll, expect, test } from "vitest";
import { DELETE as deleteSilence } from "@/app/api/v1/clusters/[cluster]/silences/[silence]/route";
import { GET as getSilences, POST as postSilence } from "@/app/api/v1/clusters/[cluster]/silences/route";
import { GET as getOpenApi } from "@/app/api/v1/openapi.json/route";
import { GET as getAllSilences } from "@/app/api/v1/silences/route";
import { GET as getDeliveries } from "@/app/api/v1/webhooks/[webhook]/deliveries/route";
import { DELETE, PATCH } from "@/app/api/v1/webhooks/[webhook]/route";
import { POST as postTest } from "@/app/api/v1/webhooks/[webhook]/test/route";
import { GET, POST } from "@/app/api/v1/webhooks/route";
import { GET as getMetrics } from "@/app/metrics/route";
import { DeliveriesAnswer, SilenceRow, SilencesAnswer, WebhookRow, WebhooksAnswer } from "@/lib/api/webhooks";
import { webhook, webhookDelivery } from "@/lib/db/schema-health";
import { openSecret } from "@/lib/db/secret-box";
import { webSql } from "@/lib/db/web-db";
import type { NotificationPayload } from "@/lib/model/notifications";
import { useTestDb } from "@/tests/support/db";
import { type ExposedSample, parseExposition } from "@/tests/support/exposition";
import { type Receiver, startReceiver } from "@/tests/support/receiver";
import { TEST_SECRET_KEY, WorkerProcess } from "@/tests/support/worker";
import { seedCluster } from "../../lib/queries/seed";

const testDb = useTestDb();
let receiver: Receiver;
let worker: WorkerProcess;
let clusterId: number;

beforeAll(async () => {
  process.env.DATABASE_URL = testDb().databaseUrl;
  process.env.ETCDSCOPE_SECRET_KEY = TEST_SECRET_KEY.toString("hex");
  receiver = await startReceiver();
  clusterId = await seedCluster(testDb(), "prod", { paused: true });
  worker = new WorkerProcess(testDb().databaseUrl);
  worker.start();
});
afterAll(async () => {
  await worker.stop();
  await receiver.stop();
  await webSql().end();
});

const HOST = { host: "localhost:3000" };
const get = (host = HOST) => new Request("http://localhost:3000/", { headers: host });
const send = (body: unknown) =>
  new Request("http://localhost:3000/", {
    method: "POST",
    headers: { ...HOST, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
const change = (method: "PATCH" | "DELETE", body: unknown = {}) =>
  new Request("http://localhost:3000/", {
    method,
    headers: { ...HOST, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
const on = (id: string) => ({ params: Promise.resolve({ webhook: id }) });
const of = (cluster: string) => ({ params: Promise.resolve({ cluster }) });
const input = (more: object = {}) => ({
  name: "hook",
  kind: "json",
  url: `${receiver.url}/secret?token=sesame`,
  ...more,
});

async function add(more: object = {}): Promise<WebhookRow> {
  const answer = await POST(send(input(more)));
  expect(answer.status).toBe(201);
  return WebhookRow.strict().parse(await answer.json());
}

test("a webhook is added, listed and changed, and its secrets are never answered", async () => {
  const added = await add({ authorization: "Bearer sesame" });
  expect(added).toMatchObject({ host: receiver.url, hasAuthorization: true, clusters: null, leastSeverity: "warning" });
  const listed = await (await GET(get())).text();
  expect(WebhooksAnswer.strict().parse(JSON.parse(listed)).items).toContainEqual(added);
  const changed = await (await PATCH(change("PATCH", { clusters: ["prod"], authorization: "" }), on(added.id))).text();
  expect(JSON.parse(changed)).toMatchObject({ clusters: ["prod"], hasAuthorization: false, host: receiver.url });
  expect(listed + changed + JSON.stringify(added)).not.toContain("sesame");
  const [row] = await testDb().db.select().from(webhook);
  expect(openSecret(row?.urlSealed ?? Buffer.alloc(0), TEST_SECRET_KEY)).toContain("sesame");
  expect(row?.clusterIds).toEqual([clusterId]);
  expect((await DELETE(change("DELETE"), on(added.id))).status).toBe(204);
  expect((await DELETE(change("DELETE"), on(added.id))).status).toBe(404);
});

test("what cannot be a webhook is refused, by its field", async () => {
  const faults = [
    { more: { url: "ftp://a.example.com" }, field: "url" },
    { more: { url: "javascript:alert(1)" }, field: "url" },
    { more: { url: "http://user:word@a.example.com" }, field: "url" },
    { more: { name: " " }, field: "name" },
    { more: { kind: "pager" }, field: "kind" },
    { more: { authorization: "a\r\nx-evil: 1" }, field: "authorization" },
    { more: { clusters: ["nowhere"] }, field: "clusters" },
    { more: { extra: 1 }, field: "extra" },
  ];
  for (const { more, field } of faults) {
    const answer = await POST(send(input(more)));
    expect([answer.status, ((await answer.json()) as { field: string }).field], JSON.stringify(more)).toEqual([
      400,
      field,
    ]);
  }
  expect((await PATCH(change("PATCH", {}), on("no-id"))).status).toBe(404);
});

test("a foreign page cannot add one", async () => {
  const headers = { ...HOST, "content-type": "application/json", origin: "https://evil.example.com" };
  const body = JSON.stringify(input());
  const answer = await POST(new Request("http://localhost:3000/", { method: "POST", headers, body }));
  expect(answer.status).toBe(403);
});

test("a test is posted by the worker, and its answer told", async () => {
  const { id } = await add({ authorization: "Bearer sesame" });
  await expect.poll(async () => (await postTest(send({}), on(id))).status).toBe(200);
  expect(receiver.posts.at(-1)).toMatchObject({
    path: "/secret?token=sesame",
    body: { what: "test", severity: "info" },
    headers: { authorization: "Bearer sesame", "content-type": "application/json" },
  });
  receiver.answer((response) => void response.writeHead(403).end("wrong channel"));
  await PATCH(change("PATCH", { name: "other" }), on(id));
  await expect
    .poll(async () => (await postTest(send({}), on(id))).json()) // the same question of the same second has one answer
    .toEqual({ ok: false, text: "It answered 403: wrong channel" });
  expect((await postTest(send({}), on("00000000-0000-4000-8000-000000000000"))).status).toBe(404);
});

test("deliveries are listed without what they were sent with", async () => {
  const { id } = await add();
  const at = new Date();
  const payload: NotificationPayload = {
    ...{ cluster: "prod", what: "finding", state: "open", severity: "critical", rule: "L05", scope: "" },
    ...{ title: "down", text: "", next: "", startedAt: "", endedAt: null, path: "/" },
  };
  await testDb()
    .db.insert(webhookDelivery)
    .values({ clusterId, webhookId: id, dedupeKey: "k#open", payload, state: "failed", nextAt: at, lastError: "x" });
  const { items } = DeliveriesAnswer.strict().parse(await (await getDeliveries(get(), on(id))).json());
  expect(items).toEqual([expect.objectContaining({ cluster: "prod", change: "open", state: "failed", error: "x" })]);
});

test("a silence begins, is listed, and ends", async () => {
  const until = new Date(Date.now() + 3_600_000).toISOString();
  const answer = await postSilence(send({ rule: "L05", reason: "upgrade", until }), of("prod"));
  const { id, cluster } = SilenceRow.strict().parse(await answer.json());
  expect([answer.status, cluster]).toEqual([201, "prod"]);
  for (const response of [await getSilences(get(), of("prod")), await getAllSilences(get())]) {
    expect(
      SilencesAnswer.strict()
        .parse(await response.json())
        .items.map((row) => row.id),
    ).toEqual([id]);
  }
  for (const wrong of [{ until: "2020-01-01T00:00:00Z" }, { until: "2999-01-01T00:00:00Z" }, { until, rule: "x" }]) {
    expect((await postSilence(send(wrong), of("prod"))).status).toBe(400);
  }
  const silence = { params: Promise.resolve({ cluster: "prod", silence: id }) };
  expect((await deleteSilence(change("DELETE"), silence)).status).toBe(204);
  expect((await deleteSilence(change("DELETE"), silence)).status).toBe(404);
});

test("metrics are answered as Prometheus wants them, to this machine's own names", async () => {
  const answer = await getMetrics(get());
  expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  const { samples } = parseExposition(await answer.text());
  const value = (name: string) => samples.find((sample: ExposedSample) => sample.name === name)?.value;
  expect(value("etcdscope_build_info")).toBe(1);
  expect(value("etcdscope_cluster_paused")).toBe(1);
  expect((await getMetrics(get({ host: "evil.example.com" }))).status).toBe(403);
});

test("every endpoint is documented", async () => {
  const { paths } = (await (await getOpenApi(get())).json()) as { paths: Record<string, object> };
  expect(Object.keys(paths["/api/v1/webhooks/{webhook}"] ?? {})).toEqual(["patch", "delete"]);
  expect(Object.keys(paths["/api/v1/clusters/{cluster}/silences"] ?? {})).toEqual(["get", "post"]);
  expect(JSON.stringify(paths["/metrics"])).toContain("text/plain; version=0.0.4");
});
