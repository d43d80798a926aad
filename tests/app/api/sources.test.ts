import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PATCH } from "@/app/api/v1/clusters/[cluster]/sources/[source]/route";
import { GET } from "@/app/api/v1/clusters/[cluster]/sources/route";
import { POST as postTest } from "@/app/api/v1/clusters/[cluster]/test/route";
import { POST as postCluster } from "@/app/api/v1/clusters/route";
import { ClusterSummary } from "@/lib/api/clusters";
import { Problem } from "@/lib/api/common";
import { SourceRow, SourcesAnswer } from "@/lib/api/sources";
import { addCluster } from "@/lib/db/clusters";
import { ensurePartitions } from "@/lib/db/partitions";
import { collectorState } from "@/lib/db/schema";
import { connectionSample, leaseSample, metricFrame, metricTarget } from "@/lib/db/schema-metrics";
import { ingestFault, trafficMinute } from "@/lib/db/schema-sources";
import { webSql } from "@/lib/db/web-db";
import { SOURCE_NAMES } from "@/lib/model/sources";
import { useTestDb } from "@/tests/support/db";

const testDb = useTestDb();
const secretKey = randomBytes(32);
let prodId: number;

beforeAll(async () => {
  process.env.DATABASE_URL = testDb().databaseUrl;
  process.env.ETCDSCOPE_SECRET_KEY = secretKey.toString("hex");
  const access = { endpoints: ["127.0.0.1:1"] };
  prodId = await addCluster(testDb().db, { name: "prod", source: "settings", access }, secretKey);
  await addCluster(testDb().db, { name: "declared", source: "file", access }, secretKey);
  await addCluster(testDb().db, { name: "demo", source: "demo", access }, secretKey);
});
afterAll(() => webSql().end({ timeout: 5 }));

function request(method: string, body?: unknown): Request {
  const headers = { host: "localhost:3000", "content-type": "application/json" };
  return new Request("http://localhost:3000/", {
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

async function list(cluster = "prod"): Promise<SourcesAnswer> {
  const response = await GET(request("GET"), { params: Promise.resolve({ cluster }) });
  expect(response.status).toBe(200);
  return SourcesAnswer.parse(await response.json());
}

const patch = (source: string, body: unknown, cluster = "prod") =>
  PATCH(request("PATCH", body), { params: Promise.resolve({ cluster, source }) });

async function change(source: string, body: unknown): Promise<SourceRow> {
  const response = await patch(source, body);
  expect([response.status, await response.clone().text()]).toEqual([200, expect.any(String)]);
  return SourceRow.parse(await response.json());
}

const rowOf = (answer: SourcesAnswer, source: string) => answer.items.find((item) => item.source === source);

test("a new cluster has every source, each saying what it can tell; on and waiting, or off", async () => {
  const answer = await list();
  expect(answer.items.map(({ source }) => source)).toEqual([...SOURCE_NAMES]);
  expect(answer.editable).toBe(true);
  for (const row of answer.items) {
    expect([row.tells.length > 20, row.cannotTell.length > 10]).toEqual([true, true]);
    expect(row.health).toBe(row.source === "apiserver" ? "off" : "waiting");
  }
});

test("a source is set, its secrets never come back, and what is emptied is gone", async () => {
  const set = await change("apiserver", {
    ...{
      enabled: true,
      urls: ["https://10.0.0.1:6443"],
      bearerToken: "very-secret",
      caPem: "PEM",
      intervalSeconds: 60,
    },
  });
  expect(set).toMatchObject({
    ...{ enabled: true, urls: ["https://10.0.0.1:6443"], intervalSeconds: 60, health: "waiting" },
    ...{ hasBearerToken: true, hasCa: true, hasCertificate: false },
  });
  expect(JSON.stringify(await list())).not.toContain("very-secret");
  expect(await change("apiserver", { intervalSeconds: 30 })).toMatchObject({ hasBearerToken: true, hasCa: true });
  expect(await change("apiserver", { bearerToken: "", caPem: "" })).toMatchObject({
    ...{ hasBearerToken: false, hasCa: false, urls: ["https://10.0.0.1:6443"], intervalSeconds: 30 },
  });
  expect(await change("apiserver", { enabled: false, urls: [] })).toMatchObject({ health: "off", urls: [] });
  expect((await change("audit", { paths: ["/var/log/kubernetes/audit*.log"] })).paths).toHaveLength(1);
});

test.each([
  { source: "nonsense", body: {}, field: "source" },
  { source: "audit", body: { urls: ["http://a.example"] }, field: "urls" },
  { source: "leases", body: { paths: ["/x"] }, field: "paths" },
  { source: "audit", body: { paths: ["relative"] }, field: "paths.0" },
  { source: "apiserver", body: { enabled: true }, field: "urls" },
  { source: "apiserver", body: { urls: ["ftp://a.example"] }, field: "urls.0" },
  { source: "metrics", body: { certPem: "PEM" }, field: "keyPem" },
  { source: "metrics", body: { keyPem: "PEM" }, field: "certPem" },
  { source: "metrics", body: { intervalSeconds: 1 }, field: "intervalSeconds" },
  { source: "metrics", body: { more: 1 }, field: "more" },
])("$source with $body: 400, naming $field", async ({ source, body, field }) => {
  const response = await patch(source, body);
  expect([response.status, Problem.parse(await response.json()).field]).toEqual([400, field]);
});

test.each(["declared", "demo"])("the sources of the %s cluster are shown but set elsewhere", async (cluster) => {
  expect((await list(cluster)).editable).toBe(false);
  const response = await patch("audit", { enabled: false }, cluster);
  expect(response.status).toBe(409);
  expect(Problem.parse(await response.json()).remedy).toBeTruthy();
});

test("how a source does and what has come of it, within the last hour", async () => {
  const nowMs = Date.now();
  const db = testDb().db;
  await ensurePartitions(db, nowMs);
  const minute = (ago: number) => new Date(Math.floor(nowMs / 60_000 - ago) * 60_000);
  const traffic = { clusterId: prodId, source: "audit" as const, observedMs: 60_000, foldedCells: 0, format: 1 };
  await db
    .insert(trafficMinute)
    .values([1, 5, 90].map((ago) => ({ ...traffic, at: minute(ago), events: 10 * ago, payload: Buffer.alloc(0) })));
  await db
    .insert(ingestFault)
    .values(
      (["not-json", "duplicate"] as const).flatMap((fault) =>
        [1, 2, 90].map((ago) => ({ clusterId: prodId, source: "audit" as const, at: minute(ago), fault, events: ago })),
      ),
    );
  const target = { clusterId: prodId, source: "etcd" as const, checkedAt: new Date(nowMs) };
  await db.insert(metricTarget).values([
    {
      ...target,
      targetId: 1,
      url: "http://a.example/metrics",
      at: minute(1),
      scrapeMs: 12.5,
      bodyBytes: 1_000,
      samples: 50,
    },
    { ...target, targetId: 2, url: "http://b.example/metrics", failure: "It does not answer." },
  ]);
  await db
    .insert(metricFrame)
    .values(
      [1, 2].map((ago) => ({ clusterId: prodId, at: minute(ago), targetId: 1, format: 1, payload: Buffer.alloc(0) })),
    );
  await db
    .insert(connectionSample)
    .values({ clusterId: prodId, at: minute(1), reporter: "m", connections: 1, clients: [], otherConnections: 0 });
  await db.insert(collectorState).values({
    ...{ clusterId: prodId, collector: "audit", health: "degraded" as const, since: minute(1), at: minute(1) },
    ...{ reason: "A file cannot be read.", remedy: "Let etcdscope read it." },
  });
  const answer = await list();
  expect(rowOf(answer, "audit")).toMatchObject({
    ...{ health: "degraded", reason: "A file cannot be read.", remedy: "Let etcdscope read it.", received: 60 },
    at: minute(1).toISOString(),
    faults: [
      { fault: "duplicate", label: "Sent more than once, counted once", events: 3 },
      { fault: "not-json", label: "Not JSON", events: 3 },
    ],
  });
  expect(rowOf(answer, "metrics")).toMatchObject({
    ...{ received: 2, at: minute(1).toISOString() },
    targets: [
      { url: "http://a.example/metrics", failure: null, scrapeMs: 12.5, bodyBytes: 1_000, samples: 50 },
      { url: "http://b.example/metrics", failure: "It does not answer.", at: null },
    ],
  });
  expect(rowOf(answer, "connections")).toMatchObject({ received: 1, at: minute(1).toISOString() });
  expect(rowOf(answer, "leases")).toMatchObject({ received: 0, at: null });
  expect(await db.select().from(leaseSample)).toEqual([]);
});

test("a managed cluster is registered without endpoints, and what only etcd tells is off there with the reason", async () => {
  const post = (body: unknown) => postCluster(request("POST", body));
  expect((await post({ name: "nothing", endpoints: [] })).status).toBe(400);
  expect((await post({ name: "both", endpoints: ["127.0.0.1:1"], managed: true })).status).toBe(400);
  const response = await post({ name: "managed", managed: true });
  expect(response.status).toBe(201);
  expect(ClusterSummary.parse(await response.json())).toMatchObject({ isManaged: true, endpoints: [] });
  const answer = await list("managed");
  for (const source of ["metrics", "leases"]) {
    expect(rowOf(answer, source)).toMatchObject({ health: "off", reason: expect.stringContaining("apiserver only") });
  }
  expect(rowOf(answer, "audit")?.health).toBe("waiting");
  expect((await patch("leases", { enabled: true }, "managed")).status).toBe(409);
  const params = Promise.resolve({ cluster: "managed" });
  expect((await postTest(request("POST"), { params })).status).toBe(409);
});
