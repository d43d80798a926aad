import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GET as getClients } from "@/app/api/v1/clusters/[cluster]/clients/route";
import { GET as getLeases } from "@/app/api/v1/clusters/[cluster]/leases/route";
import { GET as getLogSignals } from "@/app/api/v1/clusters/[cluster]/log-signals/route";
import { GET as getConnections } from "@/app/api/v1/clusters/[cluster]/members/connections/route";
import { GET as getPrefixClients } from "@/app/api/v1/clusters/[cluster]/prefixes/clients/route";
import { GET as getTraffic } from "@/app/api/v1/clusters/[cluster]/traffic/route";
import { GET as getSeries } from "@/app/api/v1/clusters/[cluster]/traffic/series/route";
import { GET as getOpenApi } from "@/app/api/v1/openapi.json/route";
import { ClientsAnswer, PrefixClientsAnswer } from "@/lib/api/clients";
import { Problem } from "@/lib/api/common";
import { ConnectionsAnswer, LeasesAnswer } from "@/lib/api/leases";
import { LogSignalsAnswer, TrafficAnswer, TrafficSeriesAnswer } from "@/lib/api/traffic";
import { connectionSample } from "@/lib/db/schema-metrics";
import { webSql } from "@/lib/db/web-db";
import { readAuditRows } from "@/tests/support/audit-books";
import { useTestDb } from "@/tests/support/db";
import { seedAuditFile, seedTraffic, trafficEvent } from "@/tests/support/traffic-seed";
import { seedCluster } from "../../lib/queries/seed";

const testDb = useTestDb();
const rows = readAuditRows();

beforeAll(async () => {
  process.env.DATABASE_URL = testDb().databaseUrl;
  process.env.ETCDSCOPE_SECRET_KEY = "00".repeat(32);
  const id = await seedCluster(testDb(), "prod");
  await seedAuditFile(testDb().db, id, { endMs: Date.now() });
  const hostile = trafficEvent({
    atMs: Date.now() - 60_000,
    userAgent: '=cmd|"x"',
    verb: "__proto__",
    resource: "constructor",
  });
  await seedTraffic(testDb().db, id, { source: "audit", events: [hostile] });
  const clients = [{ address: "10.0.0.1", connections: 2 }];
  const at = new Date(Date.now() - 10_000);
  await testDb()
    .db.insert(connectionSample)
    .values({ clusterId: id, at, reporter: "m1", connections: 3, clients, otherConnections: 1 });
});
afterAll(() => webSql().end());

const on = (name: string) => ({ params: Promise.resolve({ cluster: name }) });
const get = (query: string) => new Request(`http://localhost:3000/${query}`, { headers: { host: "localhost:3000" } });
const ROUTES = [
  { name: "traffic", GET: getTraffic, answer: TrafficAnswer },
  { name: "traffic/series", GET: getSeries, answer: TrafficSeriesAnswer },
  { name: "clients", GET: getClients, answer: ClientsAnswer },
  { name: "prefixes/clients", GET: getPrefixClients, answer: PrefixClientsAnswer },
  { name: "log-signals", GET: getLogSignals, answer: LogSignalsAnswer },
  { name: "leases", GET: getLeases, answer: LeasesAnswer },
  { name: "members/connections", GET: getConnections, answer: ConnectionsAnswer },
] as const;

describe.each(ROUTES)("$name", ({ GET, answer }) => {
  test("answers in the documented shape", async () => {
    const response = await GET(get(""), on("prod"));
    expect(response.status).toBe(200);
    expect(answer.strict().safeParse(await response.json()).error).toBeUndefined();
  });

  test.each([
    { query: "?range=1y", field: "range" },
    { query: "?from=yesterday", field: "from" },
    { query: "?from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z", field: "from" },
    { query: "?format=xml", field: "format" },
  ])("refuses $query, naming $field", async ({ query, field }) => {
    const response = await GET(get(query), on("prod"));
    expect(response.status).toBe(400);
    expect(Problem.parse(await response.json()).field).toBe(field);
  });

  test("does not know another cluster", async () => {
    expect((await GET(get(""), on("nope"))).status).toBe(404);
  });

  test("is in the OpenAPI document, with its parameters", async () => {
    const document = await (await getOpenApi(get(""))).json();
    const path = ROUTES.find((route) => route.GET === GET)?.name;
    const operation = document.paths[`/api/v1/clusters/{cluster}/${path}`].get;
    const names = operation.parameters.map((parameter: { name: string }) => parameter.name);
    expect(names).toEqual(expect.arrayContaining(["cluster", "range", "from", "to", "format"]));
  });
});

test.each([
  { GET: getTraffic, query: "?groupBy=color", field: "groupBy.0" },
  { GET: getTraffic, query: "?groupBy=verb&limit=0", field: "limit" },
  { GET: getTraffic, query: "?source=rumours", field: "source" },
  { GET: getSeries, query: "?by=color", field: "by" },
  { GET: getClients, query: "?sort=color", field: "sort" },
  { GET: getPrefixClients, query: "?prefixBase64=***", field: "prefixBase64" },
])("refuses $query, naming $field", async ({ GET, query, field }) => {
  const response = await GET(get(query), on("prod"));
  expect(response.status).toBe(400);
  expect(Problem.parse(await response.json()).field).toBe(field);
});

test("an empty namespace asks for what has none", async () => {
  const answer = await (await getTraffic(get("?namespace=&groupBy=verb"), on("prod"))).json();
  expect(answer.total.requests).toBe(rows.filter(({ namespace }) => namespace === "").length);
});

test("names that objects of JavaScript have are names like others", async () => {
  const answer = await (await getTraffic(get("?verb=__proto__"), on("prod"))).json();
  expect(answer.items).toMatchObject([{ verb: "__proto__", resource: "constructor", requests: 1 }]);
});

test("tables are exported, formulas disarmed", async () => {
  const read = async (response: Response) => (await response.text()).split("\r\n");
  const traffic = await read(await getTraffic(get("?format=csv&limit=5000"), on("prod")));
  expect(traffic[0]).toMatch(/^verb,resource,namespace,user,userAgent,sourceAddress,code,requests,/);
  expect(traffic.filter((line) => line.startsWith("update,configmaps,"))[0]).toContain(",181,");
  const clients = await read(await getClients(get("?format=csv"), on("prod")));
  expect(clients[0]).toMatch(/^userAgent,user,sourceAddress,resolvedName,/);
  expect(clients.find((line) => line.includes("inventory-sync"))).toContain(
    "unpaged-lists, relist-loop, uncached-lists",
  );
  expect(clients.join("\n")).toContain(`'=cmd`);
  const series = await read(await getSeries(get("?format=csv"), on("prod")));
  expect(series[0]).toBe("at,by,name,isOther,measure,value");
  const connections = await read(await getConnections(get("?format=csv"), on("prod")));
  expect(connections).toHaveLength(4);
  const prefix = await read(await getPrefixClients(get("?format=csv&prefix=%2Fregistry%2Fpods%2F"), on("prod")));
  expect(prefix[0]).toMatch(/^deed,name,userAgent,user,sourceAddress,requests,share,confidence,why,source,origin/);
});

test("the document has every endpoint of tokens, sources and ingest, and what they want", async () => {
  const { paths, components } = await (await getOpenApi(get(""))).json();
  expect(paths["/api/v1/ingest/{cluster}/audit"].post).toMatchObject({
    security: [{ ingestToken: [] }],
    responses: { "413": {}, "429": {}, "401": {} },
  });
  expect(Object.keys(paths["/api/v1/ingest/{cluster}/etcd-log"].post.requestBody.content)).toContain(
    "application/x-ndjson",
  );
  expect(paths["/api/v1/ingest/{cluster}/connections"].post.requestBody).toBeDefined();
  const names = paths["/api/v1/clusters/{cluster}/tokens/{token}"].delete.parameters.map(
    ({ name }: { name: string }) => name,
  );
  expect(names).toEqual(["cluster", "token"]);
  expect(paths["/api/v1/clusters/{cluster}/sources/{source}"].patch.parameters).toHaveLength(2);
  expect(Object.keys(paths["/api/v1/clusters/{cluster}/tokens"])).toEqual(["get", "post"]);
  expect(components.securitySchemes.ingestToken).toMatchObject({ type: "http", scheme: "bearer" });
});
