import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GET as getUnknown } from "@/app/api/[...path]/route";
import { GET as getCost } from "@/app/api/v1/clusters/[cluster]/cost/route";
import { GET as getTopKeys } from "@/app/api/v1/clusters/[cluster]/keys/top/route";
import { GET as getLedger } from "@/app/api/v1/clusters/[cluster]/ledger/route";
import { GET as getMembers } from "@/app/api/v1/clusters/[cluster]/members/route";
import { GET as getCompare } from "@/app/api/v1/clusters/[cluster]/prefixes/compare/route";
import { GET as getPrefixes } from "@/app/api/v1/clusters/[cluster]/prefixes/route";
import { GET as getSearch } from "@/app/api/v1/clusters/[cluster]/prefixes/search/route";
import { GET as getSeries } from "@/app/api/v1/clusters/[cluster]/prefixes/series/route";
import { DELETE, GET as getCluster, PATCH } from "@/app/api/v1/clusters/[cluster]/route";
import { POST as postStoredTest } from "@/app/api/v1/clusters/[cluster]/test/route";
import { GET as getClusters, POST as postCluster } from "@/app/api/v1/clusters/route";
import { GET as getNamedTest, POST as postTest } from "@/app/api/v1/clusters/test/route";
import { GET as getOpenApi } from "@/app/api/v1/openapi.json/route";
import { GET as getHealth } from "@/app/healthz/route";
import { GET as getReady } from "@/app/readyz/route";
import { ClusterSummary } from "@/lib/api/clusters";
import { Problem } from "@/lib/api/common";
import { CompareAnswer } from "@/lib/api/compare";
import { CostAnswer } from "@/lib/api/cost";
import { TopKeysAnswer } from "@/lib/api/keys";
import { LedgerAnswer } from "@/lib/api/ledger";
import { PrefixesAnswer, SeriesAnswer } from "@/lib/api/prefixes";
import { cluster } from "@/lib/db/schema";
import { openSecret } from "@/lib/db/secret-box";
import { webSql } from "@/lib/db/web-db";
import { useTestDb } from "@/tests/support/db";
import { startAnswerer } from "../../lib/queries/answerer";
import { Books, seedCluster, seedKeyspace } from "../../lib/queries/seed";
import { listGroupsOf, listKeysOf } from "../../lib/queries/worker-answers";

const testDb = useTestDb();
const secretKey = randomBytes(32);
const books = new Books(9);
const nowMs = Math.floor(Date.now() / 10_000) * 10_000;
const tested: unknown[] = [];
let answerer: Awaited<ReturnType<typeof startAnswerer>>;

beforeAll(async () => {
  process.env.DATABASE_URL = testDb().databaseUrl;
  process.env.ETCDSCOPE_SECRET_KEY = secretKey.toString("hex");
  for (let atMs = nowMs - 900_000; atMs < nowMs; atMs += 5_000) books.write(atMs);
  const id = await seedCluster(testDb(), "prod");
  await seedKeyspace(testDb(), id, books, { fromMs: nowMs - 900_000, nowMs });
  const at = new Date(nowMs).toISOString();
  answerer = await startAnswerer(testDb(), {
    "list-keys": (params) => listKeysOf(books, params, at),
    "list-groups": ({ prefixBase64 }) => listGroupsOf(books, prefixBase64, at),
    "test-connection": ({ accessSealedBase64 }) => {
      tested.push(JSON.parse(openSecret(Buffer.from(accessSealedBase64, "base64"), secretKey)));
      return { ok: true, steps: [], reason: null, remedy: null, etcdClusterId: "ab", version: "3.5.12", members: 1 };
    },
  });
});
afterAll(async () => {
  await answerer.stop();
  await webSql().end();
});

const HOST = { host: "localhost:3000" };
const on = (name: string) => ({ params: Promise.resolve({ cluster: name }) });
const get = (path: string) => new Request(`http://localhost:3000${path}`, { headers: HOST });
const send = (method: string, path: string, body?: unknown) =>
  new Request(`http://localhost:3000${path}`, {
    method,
    headers: { ...HOST, "content-type": "application/json" },
    body: body === undefined ? null : JSON.stringify(body),
  });
async function expectProblem(response: Response, expected: Partial<Problem>): Promise<void> {
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  const problem = Problem.parse(await response.json());
  expect({ ...problem, httpStatus: response.status }).toMatchObject({ ...expected, httpStatus: problem.status });
}

describe("reading", () => {
  test("answers have the documented shape", async () => {
    const prefixes = await getPrefixes(get("/?parent=%2Fregistry%2F&sort=keys&limit=1"), on("prod"));
    expect(PrefixesAnswer.strict().parse(await prefixes.json()).items).toHaveLength(1);
    const series = await getSeries(get("/?prefix=%2Fregistry%2F&children=3"), on("prod"));
    expect(SeriesAnswer.strict().parse(await series.json()).series.length).toBeGreaterThan(1);
    const top = await getTopKeys(get("/?by=valueBytes&limit=3"), on("prod"));
    expect(TopKeysAnswer.strict().parse(await top.json()).items).toHaveLength(3);
    const compared = await getCompare(get(`/?with=${new Date(nowMs - 600_000).toISOString()}`), on("prod"));
    expect(CompareAnswer.strict().parse(await compared.json()).items.length).toBeGreaterThan(1);
    const ledger = await getLedger(get("/"), on("prod"));
    expect(LedgerAnswer.strict().parse(await ledger.json()).items).toEqual([]);
    const one = await getCluster(get("/"), on("prod"));
    expect(ClusterSummary.strict().parse(await one.json()).name).toBe("prod");
    expect((await (await getClusters(get("/"))).json()).items).toHaveLength(1);
    expect((await (await getMembers(get("/"), on("prod"))).json()).items).toEqual([]);
  });

  test.each([
    { query: "sort=size", field: "sort" },
    { query: "limit=0", field: "limit" },
    { query: "limit=ten", field: "limit" },
    { query: "range=1y", field: "range" },
    { query: "from=yesterday", field: "from" },
    { query: "from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z", field: "from" },
    { query: "cursor=x", field: "cursor" },
    { query: "parentBase64=***", field: "parentBase64" },
    { query: "format=xml", field: "format" },
  ])("$query is refused, naming $field", async ({ query, field }) => {
    await expectProblem(await getPrefixes(get(`/?${query}`), on("prod")), { status: 400, field });
  });

  test.each([
    { query: "with=yesterday", field: "with" },
    { query: "with=2d", field: "with" },
    { query: "at=now", field: "at" },
    { query: "status=changed", field: "status" },
    { query: "with=2999-01-01T00:00:00Z", field: "with" },
    { query: "parentBase64=***", field: "parentBase64" },
  ])("a comparison with $query is refused, naming $field", async ({ query, field }) => {
    await expectProblem(await getCompare(get(`/?${query}`), on("prod")), { status: 400, field });
  });

  test("an empty search and an unknown cluster are said as such", async () => {
    await expectProblem(await getSearch(get("/?q="), on("prod")), { status: 400, field: "q" });
    const unknown = await getPrefixes(get("/"), on("nope"));
    await expectProblem(unknown, { status: 404, remedy: expect.stringContaining("/api/v1/clusters") });
    await expectProblem(await getUnknown(get("/api/v2/x")), { status: 404 });
  });

  test("a foreign host name is refused before anything else", async () => {
    const request = new Request("http://localhost:3000/", { headers: { host: "rebound.example" } });
    await expectProblem(await getClusters(request), { status: 403 });
  });
});

describe("export", () => {
  test("has every row of the table, whatever the page", async () => {
    const query = "/?parent=%2Fregistry%2Fpods%2F&limit=1";
    const json = await getPrefixes(get(`${query}&format=json`), on("prod"));
    expect(json.headers.get("content-disposition")).toBe('attachment; filename="prod-prefixes.json"');
    const { items, truncated } = (await json.json()) as { items: { keys: number }[]; truncated: boolean };
    const parent = books.gauge(2, nowMs);
    expect(truncated).toBe(false);
    expect(items.reduce((sum, { keys }) => sum + keys, 0)).toBe(parent.keys);
    const csv = await getPrefixes(get(`${query}&format=csv`), on("prod"));
    expect(csv.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    const lines = (await csv.text()).trimEnd().split("\r\n");
    expect(lines).toHaveLength(items.length + 1);
    expect(lines[0]).toMatch(/^prefix,prefixBase64,kind,keys,keyBytes,/);
  });

  test("has the exact bytes of every key, and no NUL", async () => {
    const csv = await (await getTopKeys(get("/?by=keyBytes&format=csv"), on("prod"))).text();
    expect(csv).not.toContain("\0");
    for (const { key } of books.keys()) expect(csv).toContain(Buffer.from(key).toString("base64"));
  });

  test("is there for series and the fleet too", async () => {
    const series = await (await getSeries(get("/?range=15m&format=csv"), on("prod"))).text();
    expect(series).toMatch(/^at,prefix,prefixBase64,kind,measure,value\r\n/);
    const fleet = await (await getClusters(get("/?format=csv"))).text();
    expect(fleet.split("\r\n")[1]).toContain("prod");
  });
});

describe("changing the fleet", () => {
  const input = { name: "extra", endpoints: ["http://127.0.0.1:1"], username: "root", password: "hush" };

  test("a cluster is registered, renamed, paused and removed", async () => {
    const created = await postCluster(send("POST", "/api/v1/clusters", input));
    expect(created.status).toBe(201);
    const summary = ClusterSummary.parse(await created.json());
    expect(created.headers.get("location")).toBe(`/api/v1/clusters/${summary.id}`);
    expect(JSON.stringify(summary)).not.toContain("hush");
    const patched = await PATCH(send("PATCH", "/", { name: "other", paused: true }), on("extra"));
    expect(await patched.json()).toMatchObject({ id: summary.id, name: "other", health: "paused" });
    expect((await DELETE(send("DELETE", "/"), on("other"))).status).toBe(204);
    await expectProblem(await DELETE(send("DELETE", "/"), on("other")), { status: 404 });
  });

  test.each([
    { body: { ...input, name: "prod" }, status: 409, field: "name" },
    { body: { ...input, name: "a b" }, status: 400, field: "name" },
    { body: { ...input, endpoints: [] }, status: 400, field: "endpoints" },
    { body: { ...input, passwort: "x" }, status: 400, field: "passwort" },
    { body: "text", status: 400, field: "body" },
  ])("$body is refused with $status", async ({ body, status, field }) => {
    await expectProblem(await postCluster(send("POST", "/", body)), { status, field });
  });

  test("what is no JSON is refused", async () => {
    const request = new Request("http://localhost:3000/", {
      ...{ method: "POST", headers: { ...HOST, "content-type": "application/json" }, body: "{" },
    });
    await expectProblem(await postCluster(request), { status: 400, field: "body" });
  });

  test("a cluster declared in the file cannot be changed here", async () => {
    await testDb()
      .db.insert(cluster)
      .values({ name: "filed", source: "file", endpoints: ["http://127.0.0.1:1"] });
    const expected = { status: 409, detail: expect.stringContaining("etcdscope.yaml") as unknown as string };
    await expectProblem(await DELETE(send("DELETE", "/"), on("filed")), expected);
    await expectProblem(await PATCH(send("PATCH", "/", { name: "other" }), on("filed")), expected);
  });

  test("any cluster can be paused, and how much it is read adjusted", async () => {
    const patch = { paused: true, scanShare: 0.05, frameSeconds: 60 };
    expect((await PATCH(send("PATCH", "/", patch), on("filed"))).status).toBe(200);
    const [row] = await testDb().sql`select paused, scan_share, frame_seconds from cluster where name = 'filed'`;
    expect(row).toEqual({ paused: true, scan_share: 0.05, frame_seconds: 60 });
    const cost = CostAnswer.strict().parse(await (await getCost(get("/"), on("filed"))).json());
    expect(cost.settings).toEqual(patch);
    for (const [field, value] of [
      ["scanShare", 0],
      ["scanShare", 1.5],
      ["frameSeconds", 20],
    ] as const) {
      await expectProblem(await PATCH(send("PATCH", "/", { [field]: value }), on("filed")), { status: 400, field });
    }
    await expectProblem(await getCost(get("/?range=1y"), on("filed")), { status: 400, field: "range" });
    const file = await getCost(get("/?format=csv"), on("filed"));
    expect(await file.text()).toBe("requests,keys,receivedBytes,requestSeconds,events,hour,purpose\r\n");
  });

  test("a connection is tested with the secrets sealed on the way, before and after it is registered", async () => {
    const { name: _, ...access } = input;
    expect(await (await postTest(send("POST", "/", access))).json()).toMatchObject({ ok: true, version: "3.5.12" });
    await postCluster(send("POST", "/", input));
    expect((await postStoredTest(send("POST", "/"), on("extra"))).status).toBe(200);
    expect(tested).toEqual([access, access]);
    const [stored] = await testDb().sql`select string_agg(params::text, ' ') as params from question`;
    expect(stored?.params).not.toContain("hush");
    await DELETE(send("DELETE", "/"), on("extra"));
  });

  test('a cluster named "test" is not hidden by the path of the test', async () => {
    await postCluster(send("POST", "/", { ...input, name: "test" }));
    expect(await (await getNamedTest(get("/"))).json()).toMatchObject({ name: "test" });
  });
});

test("the OpenAPI document names every endpoint and its parameters", async () => {
  const document = await (await getOpenApi(get("/"))).json();
  expect(Object.keys(document.paths)).toContain("/api/v1/clusters/{cluster}/prefixes");
  const names = document.paths["/api/v1/clusters/{cluster}/prefixes"].get.parameters.map(
    (p: { name: string }) => p.name,
  );
  expect(names).toEqual(
    expect.arrayContaining(["cluster", "parent", "sort", "limit", "cursor", "from", "to", "format"]),
  );
});

describe("health", () => {
  test("is ready with a worker, and says what is missing without", async () => {
    expect((await getHealth(get("/healthz"))).status).toBe(200);
    expect((await getReady(get("/readyz"))).status).toBe(200);
    await answerer.stop();
    await expectProblem(await getReady(get("/readyz")), { status: 503, detail: expect.stringContaining("worker") });
    await expectProblem(await getTopKeys(get("/?by=age"), on("prod")), {
      ...{ status: 503, detail: "The worker is not running.", remedy: expect.stringContaining("npm start") },
    });
  });
});
