import { afterAll, beforeAll, expect, test } from "vitest";
import { GET as getHeatmap } from "@/app/api/v1/clusters/[cluster]/heatmap/route";
import { GET as getOpenApi } from "@/app/api/v1/openapi.json/route";
import { Problem } from "@/lib/api/common";
import { HEATMAP_TYPE, HeatmapAnswer } from "@/lib/api/heatmap";
import { webSql } from "@/lib/db/web-db";
import { decodeHeatMatrix } from "@/lib/model/heat-matrix";
import { useTestDb } from "@/tests/support/db";
import { Books, seedCluster, seedKeyspace } from "../../lib/queries/seed";

const testDb = useTestDb();
const nowMs = Math.floor(Date.now() / 10_000) * 10_000;
const SPAN = `from=${new Date(nowMs - 600_000).toISOString()}&to=${new Date(nowMs - 60_000).toISOString()}`;

beforeAll(async () => {
  process.env.DATABASE_URL = testDb().databaseUrl;
  process.env.ETCDSCOPE_SECRET_KEY = "00".repeat(32);
  const books = new Books(5);
  for (let atMs = nowMs - 900_000; atMs < nowMs; atMs += 5_000) books.write(atMs);
  const id = await seedCluster(testDb(), "prod");
  const gap = { fromMs: nowMs - 300_000, toMs: nowMs - 240_000 };
  await seedKeyspace(testDb(), id, books, { fromMs: nowMs - 900_000, nowMs, gap });
});
afterAll(() => webSql().end());

const on = (name: string) => ({ params: Promise.resolve({ cluster: name }) });
const get = (search: string, cluster = "prod") =>
  getHeatmap(new Request(`http://localhost:3000/?${search}`, { headers: { host: "localhost:3000" } }), on(cluster));

test("packed and as JSON it says the same, gaps as null", async () => {
  const json = HeatmapAnswer.strict().parse(await (await get(`${SPAN}&format=json`)).json());
  const packed = await get(SPAN);
  expect(packed.headers.get("content-type")).toBe(HEATMAP_TYPE);
  const { head, values } = decodeHeatMatrix(await packed.arrayBuffer());
  const { values: lines, ...rest } = json;
  expect(head).toEqual(rest);
  expect(head.rows.length).toBeGreaterThan(3);
  expect(head.atMs).toHaveLength(54);
  expect(lines.flat()).toEqual(Array.from(values, (value) => (Number.isNaN(value) ? null : value)));
  expect(lines[0]?.filter((value) => value === null)).toHaveLength(6);
  expect(head.observedMs.filter((ms) => ms === 0)).toHaveLength(6);
});

test.each([
  { query: "measure=reads", field: "measure" },
  { query: "rows=1001", field: "rows" },
  { query: "columns=0", field: "columns" },
  { query: "compare=yesterday", field: "compare" },
  { query: "format=csv", field: "format" },
  { query: "prefixBase64=*", field: "prefixBase64" },
  { query: "from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z", field: "from" },
])("$query is refused, naming $field", async ({ query, field }) => {
  const response = await get(query);
  expect(response.status).toBe(400);
  expect(Problem.parse(await response.json())).toMatchObject({ field });
});

test("an unknown cluster is said as such", async () => {
  expect((await get("", "nope")).status).toBe(404);
});

test("the API's description has both forms", async () => {
  const document = await (
    await getOpenApi(new Request("http://localhost:3000/", { headers: { host: "localhost:3000" } }))
  ).json();
  const { content } = document.paths["/api/v1/clusters/{cluster}/heatmap"].get.responses["200"];
  expect(Object.keys(content)).toEqual(["application/json", HEATMAP_TYPE]);
  expect(content[HEATMAP_TYPE].schema.description).toContain("float32");
});
