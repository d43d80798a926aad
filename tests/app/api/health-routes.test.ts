import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GET as getConsistency, POST as postConsistency } from "@/app/api/v1/clusters/[cluster]/consistency/route";
import { GET as getProbes } from "@/app/api/v1/clusters/[cluster]/probes/route";
import { PATCH } from "@/app/api/v1/clusters/[cluster]/route";
import { writeProbes } from "@/collectors/probe/write";
import { Problem } from "@/lib/api/common";
import { ConsistencyAnswer, HashCheckRow } from "@/lib/api/consistency";
import { ProbesAnswer } from "@/lib/api/probes";
import { cluster } from "@/lib/db/schema";
import { webSql } from "@/lib/db/web-db";
import { useTestDb } from "@/tests/support/db";
import { startAnswerer } from "../../lib/queries/answerer";
import { seedCluster } from "../../lib/queries/seed";

const testDb = useTestDb();

beforeAll(async () => {
  process.env.DATABASE_URL = testDb().databaseUrl;
  process.env.ETCDSCOPE_SECRET_KEY = "00".repeat(32);
  const id = await seedCluster(testDb(), "prod");
  const result = { memberId: "ab", serializableMicros: 1_500, linearizableMicros: -1, obstacle: null };
  const failures = [{ read: "linearizable" as const, text: "=1+1 did not answer." }];
  await writeProbes(testDb().db, id, { atMs: Date.now() - 60_000, results: [{ ...result, failures }] });
});
afterAll(() => webSql().end());

const on = (name: string) => ({ params: Promise.resolve({ cluster: name }) });
const headers = { host: "localhost:3000", "content-type": "application/json" };
const ask = (query: string, init: RequestInit = {}) =>
  new Request(`http://localhost:3000/${query}`, { headers, ...init });

describe.each([
  { name: "probes", GET: getProbes, answer: ProbesAnswer, csv: /^at,memberId,name,read,p50Ms,maxMs,failed\r\n/ },
  { name: "consistency", GET: getConsistency, answer: ConsistencyAnswer, csv: /^memberId,name,isLeader,/ },
] as const)("$name", ({ GET, answer, csv }) => {
  test("answers in the documented shape, and as a file", async () => {
    const response = await GET(ask(""), on("prod"));
    expect(response.status).toBe(200);
    expect(answer.strict().safeParse(await response.json()).error).toBeUndefined();
    expect(await (await GET(ask("?format=csv"), on("prod"))).text()).toMatch(csv);
    expect((await GET(ask(""), on("nope"))).status).toBe(404);
  });
});

test("a comparison is asked of the worker; without one that is said, and a cluster without etcd has none", async () => {
  await testDb().db.update(cluster).set({ endpoints: [] });
  expect((await postConsistency(ask("", { method: "POST" }), on("prod"))).status).toBe(409);
  await testDb()
    .db.update(cluster)
    .set({ endpoints: ["http://127.0.0.1:1"] });
  expect((await postConsistency(ask("", { method: "POST" }), on("prod"))).status).toBe(503);
  const worker = await startAnswerer(testDb(), {
    "hash-check": () => ({ at: new Date().toISOString(), revision: 4, verdict: "incomparable", results: [] }),
  });
  const answered = await postConsistency(ask("", { method: "POST" }), on("prod"));
  expect(HashCheckRow.strict().parse(await answered.json()).verdict).toBe("incomparable");
  await worker.stop();
});

test("the rate of comparisons is set with the cluster, and switched off", async () => {
  const set = async (hashCheckHours: unknown) =>
    PATCH(ask("", { method: "PATCH", body: JSON.stringify({ hashCheckHours }) }), on("prod"));
  const stored = async () => (await testDb().db.select().from(cluster))[0]?.hashCheckHours;
  expect((await set(24)).status).toBe(200);
  expect(await stored()).toBe(24);
  expect((await set(null)).status).toBe(200);
  expect(await stored()).toBeNull();
  const refused = await set(0);
  expect(refused.status).toBe(400);
  expect(Problem.parse(await refused.json()).field).toBe("hashCheckHours");
});
