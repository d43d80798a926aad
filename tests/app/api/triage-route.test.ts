import { afterAll, beforeAll, expect, test } from "vitest";
import { GET } from "@/app/api/v1/clusters/[cluster]/triage/route";
import { GET as getOpenApi } from "@/app/api/v1/openapi.json/route";
import { Problem } from "@/lib/api/common";
import { TriageAnswer } from "@/lib/api/triage";
import { webSql } from "@/lib/db/web-db";
import { useTestDb } from "@/tests/support/db";
import { seedTriage } from "@/tests/support/triage-seed";
import { seedCluster } from "../../lib/queries/seed";

const testDb = useTestDb();
const MINUTE_MS = 60_000;
const NOW_MS = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
const STORM = { fromMs: NOW_MS - 12 * MINUTE_MS, toMs: NOW_MS - 2 * MINUTE_MS };
const iso = (ms: number) => new Date(ms).toISOString();
const TIMES = `from=${iso(STORM.fromMs)}&to=${iso(STORM.toMs)}`;

beforeAll(async () => {
  process.env.DATABASE_URL = testDb().databaseUrl;
  process.env.ETCDSCOPE_SECRET_KEY = "00".repeat(32);
  const id = await seedCluster(testDb(), "prod a");
  await seedTriage(testDb().db, id, { nowMs: NOW_MS, minutes: 45, storm: STORM });
});
afterAll(() => webSql().end());

const on = (name: string) => ({ params: Promise.resolve({ cluster: name }) });
const get = (query: string) => new Request(`http://localhost:3000/${query}`, { headers: { host: "localhost:3000" } });

test("answers in the documented shape", async () => {
  const response = await GET(get(`?${TIMES}`), on("prod a"));
  expect(response.status).toBe(200);
  const answer = TriageAnswer.strict().parse(await response.json());
  expect(answer.picked).toBe("asked");
  expect(answer.counts.likelyCause).toBeGreaterThan(0);
});

test("answers Markdown with the link that shows the same again", async () => {
  const response = await GET(get(`?${TIMES}&format=md`), on("prod a"));
  expect(response.headers.get("content-type")).toBe("text/markdown; charset=utf-8");
  const link = /<(http[^>]+)>\n$/.exec(await response.text())?.[1] ?? "";
  const url = new URL(link);
  expect(url.pathname).toBe("/clusters/prod%20a/triage");
  expect(url.searchParams.get("from")).toBe(iso(STORM.fromMs));
  const again = await GET(get(url.search), on("prod a"));
  expect((await again.json()).calm).toEqual({ from: url.searchParams.get("baselineFrom"), to: iso(STORM.fromMs) });
});

test("answers a file of JSON", async () => {
  const response = await GET(get("?format=json"), on("prod a"));
  expect(response.headers.get("content-disposition")).toBe('attachment; filename="prod_a-triage.json"');
  expect(TriageAnswer.safeParse(await response.json()).success).toBe(true);
});

test.each([
  ["?from=yesterday", "from"],
  [`?from=${iso(NOW_MS)}&to=${iso(NOW_MS - MINUTE_MS)}`, "from"],
  [`?${TIMES}&baselineFrom=${iso(STORM.fromMs)}`, "baselineFrom"],
  ["?format=csv", "format"],
])("refuses %s, naming %s", async (query, field) => {
  const response = await GET(get(query), on("prod a"));
  expect(response.status).toBe(400);
  expect(Problem.parse(await response.json()).field).toBe(field);
});

test("does not know another cluster, and is in the OpenAPI document", async () => {
  expect((await GET(get(""), on("nope"))).status).toBe(404);
  const { paths } = await (await getOpenApi(get(""))).json();
  const { get: operation } = paths["/api/v1/clusters/{cluster}/triage"];
  const names = operation.parameters.map(({ name }: { name: string }) => name);
  expect(names).toEqual(expect.arrayContaining(["from", "to", "baselineFrom", "baselineTo", "format"]));
});
