import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { forgetOldDeliveries, planDeliveries } from "@/collectors/notify/plan";
import { DeliverySender, MOST_PER_MINUTE } from "@/collectors/notify/send";
import { listOpenWebhooks } from "@/collectors/notify/webhooks";
import { ensurePartitions } from "@/lib/db/partitions";
import { cluster } from "@/lib/db/schema";
import { finding, silence, spike, webhook, webhookDelivery } from "@/lib/db/schema-health";
import { sealSecret } from "@/lib/db/secret-box";
import { useTestDb } from "@/tests/support/db";
import { freePorts } from "@/tests/support/etcd";
import { type Receiver, startReceiver } from "@/tests/support/receiver";
import { TEST_SECRET_KEY } from "@/tests/support/worker";

const testDb = useTestDb();
const MINUTE_MS = 60_000;
let nowMs = Date.UTC(2026, 5, 1, 12);
let receiver: Receiver;
let clusterId: number;
let sender: DeliverySender;

beforeAll(async () => {
  receiver = await startReceiver();
  const endpoints = ["http://127.0.0.1:1"];
  const [row] = await testDb().db.insert(cluster).values({ name: "prod", source: "settings", endpoints }).returning();
  clusterId = (row as { id: number }).id;
  await ensurePartitions(testDb().db, nowMs, nowMs);
});
afterAll(() => receiver.stop());

beforeEach(async () => {
  nowMs += 60 * MINUTE_MS;
  receiver.posts.length = 0;
  receiver.answer((response) => void response.end("ok"));
  for (const table of [webhook, webhookDelivery, finding, spike, silence]) await testDb().db.delete(table);
  restart();
});

/** All that a worker knows beside Postgres is gone. */
function restart(): void {
  const { signal } = new AbortController();
  sender = new DeliverySender({ db: testDb().db, publicUrl: null, signal, now: () => nowMs, patienceMs: 2_000 });
}

/** What the worker does every few seconds. */
async function look(): Promise<void> {
  const webhooks = await listOpenWebhooks(testDb().db, TEST_SECRET_KEY);
  await planDeliveries(testDb().db, webhooks, nowMs);
  await sender.sendDue(webhooks);
}

async function addWebhook(change: Partial<typeof webhook.$inferInsert> & { url?: string } = {}): Promise<string> {
  const { url = `${receiver.url}/secret-path`, ...rest } = change;
  const plain = { name: "hook", kind: "json", leastSeverity: "info", sendsSpikes: true, enabled: true } as const;
  const values = { ...plain, urlSealed: sealSecret(url, TEST_SECRET_KEY), ...rest };
  const [row] = await testDb().db.insert(webhook).values(values).returning();
  return (row as { id: string }).id;
}

async function open(change: Partial<typeof finding.$inferInsert> = {}): Promise<string> {
  const at = new Date(nowMs);
  const plain = {
    clusterId,
    rule: "L05",
    scope: "aa",
    severity: "critical",
    title: "down",
    text: "t",
    next: "n",
  } as const;
  const values = { ...plain, openedAt: at, checkedAt: at, scope: randomUUID(), ...change };
  const [row] = await testDb().db.insert(finding).values(values).returning();
  return (row as { id: string }).id;
}

async function close(id: string): Promise<void> {
  await testDb()
    .db.update(finding)
    .set({ closedAt: new Date(nowMs) })
    .where(eq(finding.id, id));
}

const told = () => receiver.posts.map(({ body }) => (body as { state: string }).state);
const deliveries = () => testDb().db.select().from(webhookDelivery).orderBy(webhookDelivery.createdAt);

describe("once", () => {
  test("each begin and each end is told once, however often the worker is restarted", async () => {
    await addWebhook();
    const id = await open();
    for (let i = 0; i < 3; i++) {
      await look();
      restart();
      nowMs += 10 * MINUTE_MS;
    }
    expect(told()).toEqual(["open"]);
    await close(id);
    for (let i = 0; i < 3; i++) {
      await look();
      restart();
      nowMs += 10 * MINUTE_MS;
    }
    expect(told()).toEqual(["open", "closed"]);
    expect(receiver.posts.map(({ body }) => (body as { id: string }).id)).toEqual([
      `finding:${id}#open`,
      `finding:${id}#closed`,
    ]);
  });

  test("a restart between planning and sending loses nothing", async () => {
    await addWebhook();
    await open();
    await planDeliveries(testDb().db, await listOpenWebhooks(testDb().db, TEST_SECRET_KEY), nowMs);
    restart();
    await look();
    expect(told()).toEqual(["open"]);
  });

  test("each webhook is told for itself, and one added later what goes on still", async () => {
    await addWebhook();
    const over = await open();
    await look();
    await close(over);
    await look();
    await open();
    await addWebhook({ name: "later" });
    await look();
    expect(told()).toEqual(["open", "closed", "open", "open"]);
  });

  test("deliveries of a month ago are forgotten, but not that an open finding was told", async () => {
    await addWebhook();
    const over = await open();
    await open();
    await look();
    await close(over);
    await look();
    nowMs += 31 * 24 * 60 * MINUTE_MS;
    await forgetOldDeliveries(testDb().db, nowMs);
    expect(await deliveries()).toHaveLength(1);
    await look();
    expect(told()).toEqual(["open", "open", "closed"]);
  });
});

describe("failures", () => {
  test("what fails is tried again later, with its reason, and the end waits for the begin", async () => {
    const secret = "Bearer sesame";
    await addWebhook({ authorizationSealed: sealSecret(secret, TEST_SECRET_KEY) });
    receiver.answer((response) => void response.writeHead(500).end(`no\u0000 ${"x".repeat(9_000)}`));
    const id = await open();
    await look();
    await look(); // not due yet
    expect(told()).toEqual(["open"]);
    expect(receiver.posts[0]?.headers.authorization).toBe(secret);
    const [failed] = await deliveries();
    expect(failed).toMatchObject({ state: "waiting", attempts: 1 });
    expect(failed?.lastError).toMatch(/^It answered 500: no x+$/);
    expect(failed?.lastError?.length).toBeLessThan(250);
    await close(id);
    nowMs += MINUTE_MS;
    await look();
    expect(told()).toEqual(["open", "open"]);
    receiver.answer((response) => void response.end());
    nowMs += MINUTE_MS;
    await look();
    await look();
    expect(told()).toEqual(["open", "open", "open", "closed"]);
    expect((await deliveries()).map(({ state, lastError }) => [state, lastError])).toEqual([
      ["sent", null],
      ["sent", null],
    ]);
  });

  test("pauses grow, and after a day it is given up", async () => {
    await addWebhook();
    receiver.answer((response) => void response.writeHead(404).end());
    await open();
    const pauses: number[] = [];
    for (let i = 0; i < 60; i++) {
      await look();
      const [row] = await deliveries();
      if (row?.state !== "waiting") break;
      pauses.push(row.nextAt.getTime() - nowMs);
      nowMs = row.nextAt.getTime();
    }
    expect(pauses[0]).toBeLessThan(7_000);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(1.2 * 60 * MINUTE_MS);
    expect((await deliveries())[0]?.state).toBe("failed");
    expect(pauses.reduce((sum, pause) => sum + pause, 0)).toBeGreaterThanOrEqual(24 * 60 * MINUTE_MS);
    expect(pauses.length).toBeLessThan(50);
  });

  test("a receiver that asks for a pause gets it", async () => {
    await addWebhook();
    receiver.answer((response) => void response.writeHead(429, { "retry-after": "600" }).end());
    await open();
    await look();
    expect((await deliveries())[0]?.nextAt.getTime()).toBe(nowMs + 600_000);
  });

  test("a redirect is not followed", async () => {
    const elsewhere = await startReceiver();
    await addWebhook();
    receiver.answer((response) => void response.writeHead(307, { location: `${elsewhere.url}/x` }).end());
    await open();
    await look();
    expect(elsewhere.posts).toEqual([]);
    expect((await deliveries())[0]?.lastError).toContain("a redirect, which is not followed");
    await elsewhere.stop();
  });

  test("one that never answers keeps no other waiting, and nobody is named in what is said of it", async () => {
    const silent = await addWebhook({ url: `${receiver.url}/silent?token=sesame` });
    const gone = await addWebhook({ url: `http://127.0.0.1:${(await freePorts(1))[0]}/secret` });
    await addWebhook({ name: "good" });
    const answers = receiver.posts;
    receiver.answer((response) => {
      if (!answers.at(-1)?.path.startsWith("/silent")) response.end();
    });
    await open();
    await look();
    const rows = await deliveries();
    const errorOf = (id: string) => rows.find(({ webhookId }) => webhookId === id)?.lastError;
    expect(errorOf(silent)).toBe("It did not answer within 2 s.");
    expect(errorOf(gone)).toBe("Nobody listens there: the connection was refused.");
    expect(rows.filter(({ state }) => state === "sent")).toHaveLength(1);
  });

  test("so many a minute and no more", async () => {
    await addWebhook();
    for (let i = 0; i < MOST_PER_MINUTE + 5; i++) await open();
    await look();
    await look();
    expect(receiver.posts).toHaveLength(MOST_PER_MINUTE);
    nowMs += MINUTE_MS;
    await look();
    expect(receiver.posts).toHaveLength(MOST_PER_MINUTE + 5);
    expect(new Set(receiver.posts.map(({ body }) => (body as { id: string }).id)).size).toBe(MOST_PER_MINUTE + 5);
  });
});

describe("what is wanted", () => {
  test("severity, cluster, and whether at all", async () => {
    await addWebhook({ leastSeverity: "critical" });
    await addWebhook({ clusterIds: [clusterId + 1] });
    await addWebhook({ enabled: false });
    await open({ severity: "warning" });
    await look();
    expect(told()).toEqual([]);
    await open({ severity: "critical" });
    await look();
    expect(told()).toEqual(["open"]);
  });

  test("a finding that gets worse is told to those who want it now", async () => {
    await addWebhook({ leastSeverity: "critical" });
    const id = await open({ severity: "warning" });
    await look();
    await testDb().db.update(finding).set({ severity: "critical" }).where(eq(finding.id, id));
    await look();
    expect(told()).toEqual(["open"]);
  });

  test("spikes of latency are warnings, of rates news", async () => {
    await addWebhook({ leastSeverity: "warning" });
    await addWebhook({ sendsSpikes: false });
    const at = new Date(nowMs);
    const band = { clusterId, onset: at, peak: 80, peakAt: at, median: 2, mad: 0, baseline: "recent", checkedAt: at };
    const subject = JSON.stringify({ userAgent: "x".repeat(5_000) });
    await testDb()
      .db.insert(spike)
      .values([
        { ...band, signal: "fsyncP99", subject: "aa", label: "m-0" },
        { ...band, signal: "clientRequests", subject, label: "x" },
      ]);
    await look();
    expect(receiver.posts.map(({ body }) => body)).toEqual([
      expect.objectContaining({ title: "WAL fsync p99 of m-0 jumped", severity: "warning", scope: "aa" }),
    ]);
    await addWebhook({ leastSeverity: "info" });
    await look();
    expect(receiver.posts).toHaveLength(3);
    await testDb()
      .db.update(spike)
      .set({ endedAt: new Date(nowMs) });
    await look();
    await look();
    expect(told().filter((state) => state === "closed")).toHaveLength(3);
  });
});

describe("silence", () => {
  const hush = (change: Partial<typeof silence.$inferInsert> = {}) =>
    testDb()
      .db.insert(silence)
      .values({ clusterId, rule: "", scope: "", reason: "", until: new Date(nowMs + 10 * MINUTE_MS), ...change });

  test("what is silenced is not told; when the silence ends first, it is told then", async () => {
    await addWebhook();
    await hush({ rule: "L05", scope: "aa" });
    const brief = await open({ scope: "aa" });
    await open({ scope: "bb" });
    await look();
    expect(told()).toEqual(["open"]);
    await close(brief);
    await look();
    expect(told()).toEqual(["open"]);
    await open({ scope: "aa" });
    await look();
    nowMs += 11 * MINUTE_MS;
    await look();
    await look();
    expect(told()).toEqual(["open", "open"]);
  });

  test("what waits already is silenced, too", async () => {
    await addWebhook();
    receiver.answer((response) => void response.writeHead(500).end());
    await open();
    await look();
    await hush();
    nowMs += MINUTE_MS;
    await look();
    expect(told()).toEqual(["open"]);
    expect((await deliveries())[0]?.state).toBe("silenced");
  });

  test("another rule and another cluster are told", async () => {
    await addWebhook();
    await hush({ rule: "spike" });
    await hush({ clusterId: clusterId + 1 });
    await open();
    await look();
    expect(told()).toEqual(["open"]);
  });
});

test("an Alertmanager is told again while it lasts, also after a restart, and not after its end", async () => {
  await addWebhook({ kind: "alertmanager", url: receiver.url });
  await addWebhook();
  const id = await open();
  await look();
  const alerts = () => receiver.posts.filter(({ path }) => path === "/api/v2/alerts");
  expect(alerts()).toHaveLength(1);
  restart();
  nowMs += 3 * MINUTE_MS;
  await look();
  nowMs += 60 * MINUTE_MS;
  await look();
  expect(alerts()).toHaveLength(3);
  const labels = alerts().map(({ body }) => (body as { labels: object }[])[0]?.labels);
  expect(new Set(labels.map((one) => JSON.stringify(one))).size).toBe(1);
  await testDb().db.update(cluster).set({ name: "renamed" });
  await close(id);
  await look();
  nowMs += 60 * MINUTE_MS;
  await look();
  await look();
  expect(alerts()).toHaveLength(4);
  expect(alerts()[3]?.body).toEqual([expect.objectContaining({ labels: labels[0] })]);
  expect(receiver.posts).toHaveLength(6);
});
