import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GET as getFindings } from "@/app/api/v1/clusters/[cluster]/findings/route";
import { GET as getSpikes } from "@/app/api/v1/clusters/[cluster]/spikes/route";
import { reportState } from "@/collectors/report-state";
import { Problem } from "@/lib/api/common";
import { FindingsAnswer } from "@/lib/api/findings";
import { SpikesAnswer } from "@/lib/api/spikes";
import { ensurePartitions } from "@/lib/db/partitions";
import { finding, spike } from "@/lib/db/schema-health";
import { webSql } from "@/lib/db/web-db";
import { useTestDb } from "@/tests/support/db";
import { seedCluster } from "../../lib/queries/seed";

const testDb = useTestDb();
const MINUTE_MS = 60_000;
const nowMs = Date.now();
const ago = (minutes: number) => new Date(nowMs - minutes * MINUTE_MS);

beforeAll(async () => {
  process.env.DATABASE_URL = testDb().databaseUrl;
  process.env.ETCDSCOPE_SECRET_KEY = "00".repeat(32);
  const { db } = testDb();
  await ensurePartitions(db, nowMs);
  const clusterId = await seedCluster(testDb(), "prod");
  await seedCluster(testDb(), "new");
  const usual = { median: 1.5, mad: 0.5, baseline: "recent", checkedAt: ago(1), peak: 48.25, clusterId };
  await db.insert(spike).values([
    {
      ...usual,
      onset: ago(300),
      signal: "verbRequests",
      subject: "list",
      label: "list",
      endedAt: ago(290),
      peakAt: ago(299),
    },
    {
      ...usual,
      onset: ago(50),
      signal: "probeLinearizable",
      subject: "ab",
      label: "=etcd-1",
      endedAt: null,
      peakAt: ago(49),
    },
    {
      ...usual,
      onset: ago(70),
      signal: "prefixBytes",
      subject: "3",
      label: "/registry/pods/",
      endedAt: ago(40),
      peakAt: ago(60),
    },
  ]);
  const words = { title: "It is so.", text: "It is so, by 3.", next: "Look.", scope: "", clusterId };
  await db.insert(finding).values([
    { ...words, rule: "L03", severity: "warning", openedAt: ago(500), checkedAt: ago(400), closedAt: ago(399) },
    { ...words, rule: "L01", severity: "warning", openedAt: ago(20), checkedAt: ago(10), closedAt: ago(9) },
    { ...words, rule: "L02", severity: "warning", openedAt: ago(5), checkedAt: ago(0), closedAt: null },
    { ...words, rule: "L05", severity: "critical", openedAt: ago(600), checkedAt: ago(0), closedAt: null },
  ]);
  await reportState(db, clusterId, "advisor", { health: "ok" });
});
afterAll(() => webSql().end());

const on = (name: string) => ({ params: Promise.resolve({ cluster: name }) });
const get = (query: string) => new Request(`http://localhost:3000/${query}`, { headers: { host: "localhost:3000" } });

describe("spikes", () => {
  const read = async (query: string, cluster = "prod") => {
    const response = await getSpikes(get(query), on(cluster));
    expect(response.status).toBe(200);
    return SpikesAnswer.strict().parse(await response.json());
  };

  test("of a range are those any part of which lies in it, the newest first", async () => {
    const { items, checkedAt } = await read("?range=1h");
    expect(items.map(({ signal, unit, subjectKind, isLatency }) => [signal, unit, subjectKind, isLatency])).toEqual([
      ["probeLinearizable", "milliseconds", "member", true],
      ["prefixBytes", "bytesPerSecond", "prefix", false],
    ]);
    expect(items[0]).toMatchObject({ onset: ago(50).toISOString(), endedAt: null, peak: 48.25, median: 1.5 });
    expect(Date.parse(checkedAt as string)).toBeGreaterThanOrEqual(nowMs - MINUTE_MS);
    expect((await read("?range=6h")).items).toHaveLength(3);
    expect((await read("?range=6h&limit=1")).items).toMatchObject([{ signal: "probeLinearizable" }]);
  });

  test("were never looked for in a new cluster", async () => {
    expect(await read("", "new")).toMatchObject({ items: [], checkedAt: null });
  });

  test("are exported, formulas disarmed", async () => {
    const text = await (await getSpikes(get("?range=6h&format=csv"), on("prod"))).text();
    expect(text).toMatch(
      /^signal,isLatency,subjectKind,subject,label,unit,onset,endedAt,peak,peakAt,median,mad,baseline\r\n/,
    );
    expect(text.trim().split("\r\n")).toHaveLength(4);
    expect(text).toContain("'=etcd-1");
  });
});

describe("findings", () => {
  const read = async (query: string) => {
    const response = await getFindings(get(query), on("prod"));
    expect(response.status).toBe(200);
    return FindingsAnswer.strict().parse(await response.json());
  };

  test("that hold come first, the worst first, then those of the range", async () => {
    const { items, open } = await read("?range=1h");
    expect(items.map(({ rule }) => rule)).toEqual(["L05", "L02", "L01"]);
    expect(open).toBe(2);
    expect((await read("?range=24h")).items.map(({ rule }) => rule)).toEqual(["L05", "L02", "L01", "L03"]);
  });

  test("that hold alone are asked for, whatever the range", async () => {
    const range = `from=${ago(700).toISOString()}&to=${ago(650).toISOString()}`;
    expect((await read(`?${range}`)).items).toEqual([]);
    expect((await read(`?${range}&state=open`)).items.map(({ rule }) => rule)).toEqual(["L05", "L02"]);
  });

  test("are exported", async () => {
    const text = await (await getFindings(get("?format=csv"), on("prod"))).text();
    expect(text).toMatch(/^id,rule,scope,severity,title,text,next,openedAt,checkedAt,closedAt\r\n/);
  });
});

describe.each([
  { name: "spikes", GET: getSpikes },
  { name: "findings", GET: getFindings },
])("$name", ({ GET }) => {
  test.each([
    { query: "?range=1y", field: "range" },
    { query: "?limit=501", field: "limit" },
    { query: "?from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z", field: "from" },
  ])("refuse $query, naming $field", async ({ query, field }) => {
    const response = await GET(get(query), on("prod"));
    expect(response.status).toBe(400);
    expect(Problem.parse(await response.json()).field).toBe(field);
  });

  test("do not know another cluster", async () => {
    expect((await GET(get(""), on("nope"))).status).toBe(404);
  });
});
