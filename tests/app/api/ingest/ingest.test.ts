import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { intake } from "@/app/api/ingest/intake";
import { DELETE as deleteToken } from "@/app/api/v1/clusters/[cluster]/tokens/[token]/route";
import { GET as getTokens, POST as postToken } from "@/app/api/v1/clusters/[cluster]/tokens/route";
import { Problem } from "@/lib/api/common";
import { CreatedToken, TokensAnswer } from "@/lib/api/sources";
import { addCluster } from "@/lib/db/clusters";
import { ingestBatch, ingestToken } from "@/lib/db/schema-sources";
import { writeSource } from "@/lib/db/sources";
import { webSql } from "@/lib/db/web-db";
import { decodeConnectionsReport } from "@/lib/model/connections-report";
import type { TrafficEvent } from "@/lib/model/traffic";
import { useTestDb } from "@/tests/support/db";
import { recordedAuditLines, recordedLogLines, AUDIT_TRUTH as truth } from "../../../lib/model/recorded-events";
import { readKept, type Sent, send } from "./ingest-client";

const testDb = useTestDb();
const secretKey = randomBytes(32);
let token: CreatedToken;
let otherToken: CreatedToken;

beforeAll(async () => {
  process.env.DATABASE_URL = testDb().databaseUrl;
  process.env.ETCDSCOPE_SECRET_KEY = secretKey.toString("hex");
  for (const name of ["prod", "other"]) {
    const access = { endpoints: ["127.0.0.1:1"] };
    await addCluster(testDb().db, { name, source: "settings", access }, secretKey);
  }
  token = await makeToken("prod");
  otherToken = await makeToken("other");
});
beforeEach(async () => {
  await testDb().db.delete(ingestBatch);
});
afterAll(() => webSql().end({ timeout: 5 }));

async function makeToken(cluster: string): Promise<CreatedToken> {
  const response = await postToken(jsonRequest("POST", { name: `sender of ${cluster}` }), route({ cluster }));
  expect(response.status).toBe(201);
  return CreatedToken.parse(await response.json());
}

function jsonRequest(method: string, body?: unknown): Request {
  const headers = { host: "localhost:3000", "content-type": "application/json" };
  return new Request("http://localhost:3000/", {
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

function route<Params>(params: Params): { params: Promise<Params> } {
  return { params: Promise.resolve(params) };
}

const sendAudit = (sent: Partial<Sent>) => send("audit", { cluster: "prod", token: token.token, ...sent });

async function expectProblem(response: Response, status: number): Promise<Problem> {
  const problem = Problem.parse(await response.json());
  expect([response.status, problem]).toEqual([status, { ...problem, status }]);
  expect(problem.remedy).toBeTruthy();
  return problem;
}

const cellsOf = (events: TrafficEvent[]) => {
  const cells = new Map<string, number>();
  for (const { verb, resource, userAgent } of events) {
    const cell = JSON.stringify([verb, resource, userAgent]);
    cells.set(cell, (cells.get(cell) ?? 0) + 1);
  }
  return cells;
};

/** Counted over the plain lines. */
function truthCells(): Map<string, number> {
  const cells = new Map<string, number>();
  for (const line of recordedAuditLines()) {
    const { stage, verb, userAgent, objectRef: ref, requestURI } = JSON.parse(line);
    if (stage !== "ResponseComplete") continue;
    const name = `${ref?.resource}${ref?.apiGroup ? `.${ref.apiGroup}` : ""}${ref?.subresource ? `/${ref.subresource}` : ""}`;
    const path = requestURI.split("?")[0].split("/").slice(0, 3).join("/");
    const cell = JSON.stringify([verb, ref?.resource ? name : path, userAgent]);
    cells.set(cell, (cells.get(cell) ?? 0) + 1);
  }
  return cells;
}

describe("audit events", () => {
  const lines = recordedAuditLines();
  const list = `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[${lines.join(",")}]}`;

  test.each([
    { name: "an EventList", body: list, isGzip: false, type: "application/json" },
    { name: "an EventList, packed", body: list, isGzip: true, type: "application/json" },
    { name: "the lines of the log", body: lines.join("\n"), isGzip: false, type: "application/x-ndjson" },
    { name: "the lines of the log, packed, as text", body: lines.join("\n"), isGzip: true, type: "text/plain" },
  ])("$name: every cell equals a plain count", async ({ body, isGzip, type }) => {
    const response = await sendAudit({ body: Buffer.from(body), isGzip, headers: { "content-type": type } });
    expect([response.status, await response.json()]).toEqual([200, { accepted: truth.finished_requests, refused: 0 }]);
    const { events, ids, faults } = await readKept(testDb().db);
    expect(cellsOf(events)).toEqual(truthCells());
    expect(new Set(ids).size).toBe(truth.finished_requests);
    expect(faults).toEqual({});
  });

  test("a webhook's batches of 400, packed, come to the same, and a repeated one has the same ids", async () => {
    const batches = Array.from({ length: Math.ceil(lines.length / 400) }, (_, i) =>
      lines.slice(i * 400, i * 400 + 400),
    );
    for (const batch of [...batches, batches[0] as string[]]) {
      const body = Buffer.from(`{"kind":"EventList","items":[${batch.join(",")}]}`);
      expect((await sendAudit({ body, isGzip: true })).status).toBe(200);
    }
    const { ids, rows } = await readKept(testDb().db);
    expect(rows.length).toBe(batches.length + 1);
    expect(new Set(ids).size).toBe(truth.finished_requests);
    expect(ids.length).toBeGreaterThan(truth.finished_requests);
  });

  test("one event, sent alone and byte by byte", async () => {
    const line = Buffer.from(lines.find((one) => one.includes('"ResponseComplete"')) as string);
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const byte of line) controller.enqueue(Uint8Array.of(byte));
        controller.close();
      },
    });
    expect(await (await sendAudit({ body })).json()).toEqual({ accepted: 1, refused: 0 });
  });

  test("bad lines between good ones are counted by what is wrong with them", async () => {
    const good = lines.filter((line) => line.includes('"ResponseComplete"')).slice(0, 3);
    const shortened = (good[2] as string).replace('"annotations":{', '"annotations":{"audit.k8s.io/truncated":"true",');
    const bad = [
      "no json",
      '{"kind":"Pod"}',
      `{"x":"${"y".repeat(1_100_000)}"}`,
      '{"a":1',
      (good[0] as string).slice(0, 200),
    ];
    const body = [good[0], ...bad, good[1], shortened].join("\n");
    const response = await sendAudit({ body });
    expect([response.status, await response.json()]).toEqual([200, { accepted: 3, refused: 5 }]);
    const { events, faults } = await readKept(testDb().db);
    expect(events.length).toBe(3);
    expect(faults).toEqual({ "not-json": 3, "not-an-event": 1, "too-long": 1, truncated: 1 });
  });

  test("an empty list is taken; what holds no JSON at all is refused, and shows among the faults", async () => {
    expect((await sendAudit({ body: '{"kind":"EventList","items":[]}' })).status).toBe(200);
    expect((await readKept(testDb().db)).rows).toEqual([]);
    await expectProblem(await sendAudit({ body: "" }), 400);
    await expectProblem(await sendAudit({ body: "2026 text of a log\nand more" }), 400);
    expect((await readKept(testDb().db)).faults).toEqual({ "not-json": 2 });
  });
});

describe("lines of etcd's log", () => {
  test.each(["3.4", "3.5", "3.6"] as const)("etcd %s: every logged request is kept", async (version) => {
    const lines = recordedLogLines(version);
    const wanted = lines.filter((line) => JSON.parse(line).msg === "request stats").length;
    const body = Buffer.from(lines.join("\n"));
    const response = await send("etcd-log", { cluster: "prod", token: token.token, body, isGzip: true });
    expect(await response.json()).toEqual({ accepted: wanted, refused: 0 });
    const { events, signals } = await readKept(testDb().db);
    expect(events.length).toBe(wanted);
    expect(signals.length).toBeGreaterThan(0);
    await send("etcd-log", { cluster: "prod", token: token.token, body, isGzip: true });
    const again = await readKept(testDb().db);
    expect([again.ids.length, new Set(again.ids).size]).toEqual([2 * wanted, wanted]); // known for a repetition
  });

  test("lines of the text logger are counted, and the sender is told how to get JSON", async () => {
    const body = "2020-01-15 22:08:31.613174 I | mvcc: store.index: compact 446329\n";
    const problem = await expectProblem(await send("etcd-log", { cluster: "prod", token: token.token, body }), 400);
    expect(problem.remedy).toContain("--logger=zap");
    expect((await readKept(testDb().db)).faults).toEqual({ "not-json": 1 });
  });
});

describe("reports of connections", () => {
  const report = { reporter: "m1", at: "2026-11-21T08:00:30Z", clients: [{ address: "10.0.0.1", connections: 3 }] };

  test("a report is kept as it came", async () => {
    const response = await send("connections", { cluster: "prod", token: token.token, body: JSON.stringify(report) });
    expect([response.status, await response.json()]).toEqual([200, { accepted: 1, refused: 0 }]);
    const [row] = await testDb().db.select().from(ingestBatch);
    expect(row).toMatchObject({ kind: "connections", events: 1, takenAt: null });
    expect(row && decodeConnectionsReport(row.format, row.payload)).toEqual(report);
  });

  test.each([
    "nonsense",
    "[]",
    JSON.stringify({ ...report, reporter: "" }),
    JSON.stringify({ ...report, at: "now" }),
    JSON.stringify({ ...report, clients: [{ address: "x", connections: -1 }] }),
    JSON.stringify({ ...report, more: 1 }),
  ])("%s is refused", async (body) => {
    await expectProblem(await send("connections", { cluster: "prod", token: token.token, body }), 400);
    expect(await testDb().db.select().from(ingestBatch)).toEqual([]);
  });

  test("a report beyond its limit is refused before it is read", async () => {
    const clients = Array.from({ length: 30_000 }, (_, i) => ({
      address: `10.0.${i >> 8}.${i & 255}`,
      connections: 1,
    }));
    const body = JSON.stringify({ ...report, clients });
    await expectProblem(await send("connections", { cluster: "prod", token: token.token, body }), 413);
  });
});

describe("who may send", () => {
  test("without a valid token: 401, and how to make one; nothing is told of clusters", async () => {
    for (const cluster of ["prod", "none"]) {
      const missing = await sendAudit({ cluster, token: undefined, body: "{}" });
      expect(missing.headers.get("www-authenticate")).toBe("Bearer");
      expect((await expectProblem(missing, 401)).remedy).toContain("/tokens");
      await expectProblem(await sendAudit({ cluster, token: "etcdscope_guessed", body: "{}" }), 401);
    }
    const basic = { headers: { authorization: "Basic YTpi" } };
    await expectProblem(await sendAudit({ token: undefined, body: "{}", ...basic }), 401);
  });

  test("with a token of another cluster: 403; of a cluster that is none: 404; by name and by id: taken", async () => {
    await expectProblem(await sendAudit({ token: otherToken.token, body: '{"items":[]}' }), 403);
    await expectProblem(await sendAudit({ cluster: "none", body: '{"items":[]}' }), 404);
    const rows = await testDb().db.select().from(ingestToken).where(eq(ingestToken.id, token.id));
    const id = String(rows[0]?.clusterId);
    for (const cluster of ["prod", id]) expect((await sendAudit({ cluster, body: '{"items":[]}' })).status).toBe(200);
  });

  test("a foreign page and a foreign host are refused, with a token or not", async () => {
    await expectProblem(await sendAudit({ body: "{}", headers: { origin: "http://evil.example" } }), 403);
    await expectProblem(await sendAudit({ body: "{}", headers: { host: "evil.example" } }), 403);
  });

  test("another content type or encoding: 415", async () => {
    await expectProblem(await sendAudit({ body: "{}", headers: { "content-type": "application/xml" } }), 415);
    const packed = await sendAudit({ body: "{}", headers: { "content-encoding": "br" } });
    expect(packed.headers.get("accept-encoding")).toContain("gzip");
    await expectProblem(packed, 415);
  });

  test("a source that is switched off takes nothing", async () => {
    const [row] = await testDb().db.select().from(ingestToken).where(eq(ingestToken.id, otherToken.id));
    const clusterId = row?.clusterId ?? 0;
    await writeSource(testDb().db, clusterId, "audit", { enabled: false }, secretKey);
    intake().tokens.forget();
    await expectProblem(await sendAudit({ cluster: "other", token: otherToken.token, body: '{"items":[]}' }), 409);
    await writeSource(testDb().db, clusterId, "audit", { enabled: true }, secretKey);
    intake().tokens.forget();
    expect((await sendAudit({ cluster: "other", token: otherToken.token, body: '{"items":[]}' })).status).toBe(200);
  });
});

describe("tokens", () => {
  test("the secret is shown once and stored as its hash only; its use is noted", async () => {
    const made = await makeToken("prod");
    expect(made.token).toMatch(/^etcdscope_[\w-]{43}$/);
    expect(made.lastUsedAt).toBeNull();
    expect((await sendAudit({ token: made.token, body: '{"items":[]}' })).status).toBe(200);
    const list = async () =>
      TokensAnswer.parse(await (await getTokens(jsonRequest("GET"), route({ cluster: "prod" }))).json());
    await expect.poll(async () => (await list()).items.find(({ id }) => id === made.id)?.lastUsedAt).toBeTruthy();
    const dump = await testDb().sql`select t::text as row from ingest_token t`;
    expect(JSON.stringify(dump)).not.toContain(made.token.slice("etcdscope_".length));
    expect(JSON.stringify(await list())).not.toContain(made.token);
  });

  test("a revoked token is good for nothing at once; another one still is", async () => {
    const made = await makeToken("prod");
    expect((await sendAudit({ token: made.token, body: '{"items":[]}' })).status).toBe(200);
    const gone = await deleteToken(jsonRequest("DELETE"), route({ cluster: "prod", token: made.id }));
    expect(gone.status).toBe(204);
    await expectProblem(await sendAudit({ token: made.token, body: '{"items":[]}' }), 401);
    expect((await sendAudit({ body: '{"items":[]}' })).status).toBe(200);
    const list = TokensAnswer.parse(await (await getTokens(jsonRequest("GET"), route({ cluster: "prod" }))).json());
    expect(list.items.at(-1)).toMatchObject({ id: made.id, revokedAt: expect.any(String) });
  });

  test("a token that is none, or of another cluster: 404", async () => {
    for (const id of ["none", otherToken.id]) {
      await expectProblem(await deleteToken(jsonRequest("DELETE"), route({ cluster: "prod", token: id })), 404);
    }
  });

  test.each([{}, { name: "" }, { name: "x".repeat(101) }, { name: "a", more: 1 }])(
    "%j makes no token",
    async (body) => {
      const response = await postToken(jsonRequest("POST", body), route({ cluster: "prod" }));
      expect(response.status).toBe(400);
    },
  );
});

describe("sizes", () => {
  test("a body announced or found too large: 413, and it is not read on", async () => {
    const announced = await sendAudit({
      body: "{}",
      isGzip: true,
      headers: { "content-length": String(11 * 2 ** 20) },
    });
    await expectProblem(announced, 413);
    let pulled = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled++;
        controller.enqueue(randomBytes(2 ** 20));
      },
    });
    const response = await sendAudit({ body: endless, headers: { "content-encoding": "gzip" } });
    // Random bytes are no gzip, which shows before they are too many.
    expect([400, 413]).toContain(response.status);
    expect(pulled).toBeLessThan(20);
    let plain = 0;
    const endlessPlain = new ReadableStream<Uint8Array>({
      pull(controller) {
        plain++;
        controller.enqueue(Buffer.alloc(2 ** 20, " "));
      },
    });
    await expectProblem(await sendAudit({ body: endlessPlain }), 413);
    expect(plain).toBeLessThan(80);
  });

  test("a small body that unpacks to a gigabyte is not unpacked beyond the limit", async () => {
    const member = gzipSync(Buffer.alloc(2 ** 26, " "), { level: 9 });
    // Its end is damaged: whoever unpacked that far would find no gzip.
    const bomb = Buffer.concat([...Array.from({ length: 16 }, () => member), member.subarray(0, 1_000), member]);
    expect(bomb.length).toBeLessThan(2 ** 21);
    await expectProblem(await sendAudit({ body: bomb, headers: { "content-encoding": "gzip" } }), 413);
    expect((await readKept(testDb().db)).rows).toEqual([]);
  });

  test("what says it is gzip and is not, or is cut off: 400, and nothing of it is kept", async () => {
    const line = recordedAuditLines().slice(0, 200).join("\n");
    const packed = gzipSync(line);
    for (const body of [Buffer.from(line), packed.subarray(0, packed.length / 2)]) {
      await expectProblem(await sendAudit({ body, headers: { "content-encoding": "gzip" } }), 400);
    }
    expect((await readKept(testDb().db)).rows).toEqual([]);
  });
});
