import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GET as getChurn } from "@/app/api/v1/clusters/[cluster]/churn/route";
import { GET as getPatterns } from "@/app/api/v1/clusters/[cluster]/patterns/route";
import { GET as getTimeline } from "@/app/api/v1/clusters/[cluster]/timeline/route";
import { writeTimelineEvent } from "@/collectors/timeline";
import { ChurnAnswer } from "@/lib/api/churn";
import { Problem } from "@/lib/api/common";
import { PatternsAnswer } from "@/lib/api/patterns";
import { TimelineAnswer } from "@/lib/api/timeline";
import { webSql } from "@/lib/db/web-db";
import { useTestDb } from "@/tests/support/db";
import { Books, seedCluster, seedKeyspace } from "../../lib/queries/seed";

const testDb = useTestDb();
const books = new Books(9);
const nowMs = Math.floor(Date.now() / 10_000) * 10_000;

beforeAll(async () => {
  process.env.DATABASE_URL = testDb().databaseUrl;
  process.env.ETCDSCOPE_SECRET_KEY = "00".repeat(32);
  for (let atMs = nowMs - 900_000; atMs < nowMs; atMs += 5_000) books.write(atMs);
  const id = await seedCluster(testDb(), "prod");
  await seedKeyspace(testDb(), id, books, { fromMs: nowMs - 900_000, nowMs });
  await writeTimelineEvent(testDb().db, id, { at: new Date(nowMs - 60_000), kind: "drift", text: "=1+1 keys differ." });
});
afterAll(() => webSql().end());

const on = (name: string) => ({ params: Promise.resolve({ cluster: name }) });
const get = (query: string) => new Request(`http://localhost:3000/${query}`, { headers: { host: "localhost:3000" } });
const ROUTES = [
  { name: "churn", GET: getChurn, answer: ChurnAnswer },
  { name: "patterns", GET: getPatterns, answer: PatternsAnswer },
  { name: "timeline", GET: getTimeline, answer: TimelineAnswer },
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
  ])("refuses $query, naming $field", async ({ query, field }) => {
    const response = await GET(get(query), on("prod"));
    expect(response.status).toBe(400);
    expect(Problem.parse(await response.json()).field).toBe(field);
  });

  test("does not know another cluster", async () => {
    expect((await GET(get(""), on("nope"))).status).toBe(404);
  });
});

test("prefixes are refused when they are no base64", async () => {
  const field = async (response: Response) => Problem.parse(await response.json()).field;
  expect(await field(await getChurn(get("?parentBase64=***"), on("prod")))).toBe("parentBase64");
  expect(await field(await getPatterns(get("?prefixBase64=***"), on("prod")))).toBe("prefixBase64");
});

test("tables are exported, formulas disarmed", async () => {
  const churn = await (await getChurn(get("?format=csv"), on("prod"))).text();
  expect(churn).toMatch(/^prefix,prefixBase64,kind,keys,liveBytes,/);
  expect(churn).toContain("/registry/pods/");
  const timeline = await (await getTimeline(get("?format=csv"), on("prod"))).text();
  expect(timeline).toMatch(/^at,until,kind,memberId,text\r\n/);
  expect(timeline).toContain("'=1+1 keys differ.");
});
