import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DELETE, GET as getCapture } from "@/app/api/v1/clusters/[cluster]/captures/[capture]/route";
import { GET as getCaptures, POST } from "@/app/api/v1/clusters/[cluster]/captures/route";
import { CaptureAnswer, CaptureItem, CapturesAnswer } from "@/lib/api/captures";
import { Problem } from "@/lib/api/common";
import { keyspaceStatus, worker } from "@/lib/db/schema";
import { capture } from "@/lib/db/schema-health";
import { webSql } from "@/lib/db/web-db";
import type { CaptureReport } from "@/lib/model/capture";
import { CAPTURE_FORMAT, encodeCaptureReport } from "@/lib/model/capture-codec";
import { useTestDb } from "@/tests/support/db";
import { seedCluster } from "../../lib/queries/seed";

const testDb = useTestDb();
const NOBODY = "00000000-0000-4000-8000-000000000000";
const HOSTILE = ["=cmd()", "<script>", "a\0b\nc", "\xff\xfe"];
let live: number;

beforeAll(async () => {
  process.env.DATABASE_URL = testDb().databaseUrl;
  process.env.ETCDSCOPE_SECRET_KEY = "00".repeat(32);
  live = await seedCluster(testDb(), "live");
  const scanning = await seedCluster(testDb(), "scanning");
  await seedCluster(testDb(), "paused", { paused: true });
  await seedCluster(testDb(), "managed", { endpoints: [] });
  const at = new Date();
  await testDb()
    .db.insert(keyspaceStatus)
    .values([
      { clusterId: live, phase: "live", updatedAt: at },
      { clusterId: scanning, phase: "baseline", updatedAt: at },
    ]);
});
afterAll(() => webSql().end());

describe("beginning a session", () => {
  test("without a worker: 503 and what to do", async () => {
    const response = await ask("live", { seconds: 60 });
    expect(response.status).toBe(503);
    expect(Problem.parse(await response.json()).remedy).toContain("npm start");
  });

  test.each([
    { cluster: "managed", status: 409, detail: /without endpoints/ },
    { cluster: "paused", status: 409, detail: /paused/ },
    { cluster: "scanning", status: 409, detail: /being read/ },
    { cluster: "nobody", status: 404, detail: /no cluster/ },
  ])("of $cluster: $status, a sentence and a remedy", async ({ cluster, status, detail }) => {
    await beat();
    const response = await ask(cluster, { seconds: 60 });
    expect(response.status).toBe(status);
    const problem = Problem.parse(await response.json());
    expect(problem.detail).toMatch(detail);
    expect(problem.remedy).toBeTruthy();
  });

  test.each([9, 301, 10.5, "60", null])("refuses %s seconds", async (seconds) => {
    const response = await ask("live", { seconds });
    expect(response.status).toBe(400);
    expect(Problem.parse(await response.json()).field).toBe("seconds");
  });

  test("a foreign page cannot", async () => {
    const request = new Request("http://localhost:3000/", {
      method: "POST",
      headers: { host: "localhost:3000", origin: "http://example.com", "content-type": "application/json" },
      body: "{}",
    });
    expect((await POST(request, on("live"))).status).toBe(403);
  });

  test("answers 201 with a session that waits, and no more than eight of them", async () => {
    await beat();
    const response = await ask("live", {});
    expect(response.status).toBe(201);
    const item = CaptureItem.strict().parse(await response.json());
    expect(item).toMatchObject({ state: "waiting", seconds: 60, reason: null, summary: null });
    const listed = CapturesAnswer.strict().parse(await (await getCaptures(get(""), on("live"))).json());
    expect(listed.items).toEqual([item]);
    for (let more = 1; more < 8; more++) expect((await ask("live", { seconds: 10 })).status).toBe(201);
    const refused = await ask("live", { seconds: 10 });
    expect(refused.status).toBe(409);
    expect(Problem.parse(await refused.json()).detail).toContain("8 sessions");
    await testDb().db.delete(capture);
  });
});

test("a session that runs while its worker is gone has failed, one that waits says why", async () => {
  const [running] = await insert({ state: "running", startedAt: new Date() });
  const [waiting] = await insert({ state: "waiting" });
  await testDb().db.delete(worker);
  const { items } = CapturesAnswer.parse(await (await getCaptures(get(""), on("live"))).json());
  const byId = new Map(items.map((item) => [item.id, item]));
  expect(byId.get(running as string)).toMatchObject({ state: "failed", reason: expect.stringMatching(/worker ended/) });
  expect(byId.get(waiting as string)).toMatchObject({ state: "waiting", reason: expect.stringMatching(/not running/) });
  await testDb().db.delete(capture);
});

describe("a report", () => {
  let id: string;

  beforeAll(async () => {
    const startedAt = new Date(Date.now() + 3_600_000); // however long the test stands still
    const report = reportOf(HOSTILE);
    const payload = await encodeCaptureReport(report);
    const endedAt = new Date(+startedAt + 20_000);
    const row = {
      state: "done" as const,
      startedAt,
      endedAt,
      summary: report.summary,
      format: CAPTURE_FORMAT,
      payload,
    };
    [id] = (await insert(row)) as [string];
  });

  test("answers in the documented shape, keys exact and rates over the session", async () => {
    const answer = CaptureAnswer.strict().parse(await (await getCapture(get(""), on("live", id))).json());
    expect(answer.items.map(({ key, keyBase64 }) => bytesOf(key, keyBase64))).toEqual(HOSTILE);
    expect(answer.items[0]).toMatchObject({ puts: 4, deletes: 1, writesPerSecond: 5 / 20 });
    expect(answer.prefixes[0]).toMatchObject({ prefix: "", keys: 4, puts: 16 });
    expect(answer).toMatchObject({ state: "done", isAwaitingRequests: true, origin: "exact" });
  });

  test("keys beyond the limit are among the others: the sum stays", async () => {
    const answer = await (await getCapture(get("?limit=1"), on("live", id))).json();
    expect(answer.items).toHaveLength(1);
    expect(answer.otherKeys).toEqual({ keys: 3 + 5, puts: 12 + 7, deletes: 3, writtenBytes: 300 + 70 });
  });

  test("as CSV its keys, formulas disarmed and bytes exact", async () => {
    const response = await getCapture(get("?format=csv"), on("live", id));
    expect(response.headers.get("content-disposition")).toMatch(/^attachment; filename="live-capture-/);
    const lines = (await response.text()).trim().split("\r\n");
    expect(lines[0]).toBe("key,keyBase64,puts,deletes,writesPerSecond,writtenBytes,largestPutBytes");
    expect(lines).toHaveLength(5);
    expect(lines[1]).toMatch(/^'=cmd\(\),/);
    const keys = lines.slice(1).map((line) => Buffer.from(line.split(",")[1] as string, "base64").toString("latin1"));
    expect(keys).toEqual(HOSTILE);
  });

  test("as JSON all of it, as a file", async () => {
    const response = await getCapture(get("?format=json"), on("live", id));
    expect(response.headers.get("content-disposition")).toMatch(/\.json"$/);
    expect(CaptureAnswer.parse(await response.json()).items).toHaveLength(4);
  });

  test.each([
    { query: "?limit=0", field: "limit" },
    { query: "?format=xml", field: "format" },
  ])("refuses $query, naming $field", async ({ query, field }) => {
    const response = await getCapture(get(query), on("live", id));
    expect(response.status).toBe(400);
    expect(Problem.parse(await response.json()).field).toBe(field);
  });

  test.each([NOBODY, "nobody", "' or 1=1"])("of %s there is none", async (other) => {
    expect((await getCapture(get(""), on("live", other))).status).toBe(404);
    expect((await DELETE(change("DELETE"), on("live", other))).status).toBe(404);
  });

  test("is none of another cluster's", async () => {
    expect((await getCapture(get(""), on("paused", id))).status).toBe(404);
    expect((await DELETE(change("DELETE"), on("paused", id))).status).toBe(404);
  });

  test("is removed once", async () => {
    expect((await DELETE(change("DELETE"), on("live", id))).status).toBe(204);
    expect((await DELETE(change("DELETE"), on("live", id))).status).toBe(404);
    expect(await testDb().db.$count(capture, eq(capture.id, id))).toBe(0);
  });
});

const on = (cluster: string, id = "") => ({ params: Promise.resolve({ cluster, capture: id }) });
const get = (query: string) => new Request(`http://localhost:3000/${query}`, { headers: { host: "localhost:3000" } });

function change(method: string, body?: unknown): Request {
  return new Request("http://localhost:3000/", {
    method,
    headers: { host: "localhost:3000", "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

function ask(cluster: string, body: unknown): Promise<Response> {
  return POST(change("POST", body), on(cluster));
}

/** A sign of life of a worker. */
async function beat(): Promise<void> {
  const at = new Date(Date.now() + 3_600_000); // however long the test stands still
  await testDb()
    .db.insert(worker)
    .values({ id: NOBODY, pid: 1, startedAt: at, at })
    .onConflictDoUpdate({ target: worker.id, set: { at } });
}

async function insert(row: Partial<typeof capture.$inferInsert> & Pick<typeof capture.$inferInsert, "state">) {
  const rows = await testDb()
    .db.insert(capture)
    .values({ clusterId: live, seconds: 20, ...row })
    .returning({ id: capture.id });
  return rows.map(({ id }) => id);
}

function reportOf(keys: string[]): CaptureReport {
  const counts = { puts: 4, deletes: 1, writtenBytes: 100 };
  return {
    summary: {
      ...{ firstRevision: 2, lastRevision: 21, puts: 23, deletes: 4, writtenBytes: 470, keys: 9, revisions: 20 },
      ...{ largestRevisionEvents: 3, largestPutBytes: 90, requests: 2, isInterrupted: false },
    },
    keys: keys.map((key) => ({ keyBase64: toBase64(key), ...counts, largestPutBytes: 90 })),
    otherKeys: { keys: 5, puts: 7, deletes: 0, writtenBytes: 70 },
    prefixes: [{ prefixBase64: "", keys: 4, puts: 16, deletes: 4, writtenBytes: 400 }],
    perSecond: { puts: [23], deletes: [4], writtenBytes: [470] },
    requests: [
      {
        ...{ source: "audit", verb: "list", resource: "pods", namespace: null, user: "eve", userAgent: "=x" },
        ...{ sourceAddress: null, requests: 2, responseBytes: null, latencyP99Ms: 3.5 },
      },
    ],
  };
}

function toBase64(key: string): string {
  return Buffer.from(key, "latin1").toString("base64");
}

function bytesOf(text: string, base64: string | undefined): string {
  return (base64 === undefined ? Buffer.from(text) : Buffer.from(base64, "base64")).toString("latin1");
}
