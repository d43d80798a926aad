import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runNotifications } from "@/collectors/notify/notify";
import { testWebhook } from "@/collectors/notify/test-webhook";
import { cluster } from "@/lib/db/schema";
import { finding, webhook } from "@/lib/db/schema-health";
import { sealSecret } from "@/lib/db/secret-box";
import { useTestDb } from "@/tests/support/db";
import { type StartedServer, startAlertmanager } from "@/tests/support/prometheus";
import { type Receiver, startReceiver } from "@/tests/support/receiver";
import { TEST_SECRET_KEY } from "@/tests/support/worker";

/** A real Alertmanager between etcdscope and whoever it tells. */
const testDb = useTestDb();
const stop = new AbortController();
let pager: Receiver;
let alertmanager: StartedServer;
let running: Promise<void>;
let webhookId: string;

beforeAll(async () => {
  pager = await startReceiver();
  alertmanager = await startAlertmanager(`
route: { receiver: pager, group_by: ["..."], group_wait: 0s, group_interval: 1s, repeat_interval: 1h }
receivers: [{ name: pager, webhook_configs: [{ url: "${pager.url}/page", send_resolved: true }] }]
`);
  const { db } = testDb();
  const sealed = { urlSealed: sealSecret(alertmanager.url, TEST_SECRET_KEY) };
  const plain = { name: "am", kind: "alertmanager", leastSeverity: "info", sendsSpikes: true, enabled: true } as const;
  const [row] = await db
    .insert(webhook)
    .values({ ...plain, ...sealed })
    .returning();
  webhookId = (row as { id: string }).id;
  running = runNotifications({ db, secretKey: TEST_SECRET_KEY, publicUrl: "https://me.example.com" }, stop.signal, 200);
});
afterAll(async () => {
  stop.abort();
  await running;
  await alertmanager.stop();
  await pager.stop();
});

interface Alert {
  status: { state: string };
  labels: Record<string, string>;
  annotations: Record<string, string>;
  generatorURL?: string;
}
const listAlerts = async () => (await (await fetch(`${alertmanager.url}/api/v2/alerts`)).json()) as Alert[];
const paged = (status: string) => pager.posts.filter(({ body }) => (body as { status: string }).status === status);

test("a finding becomes an alert there, and is resolved when it ends", async () => {
  const { db } = testDb();
  const endpoints = ["http://127.0.0.1:1"];
  const [row] = await db.insert(cluster).values({ name: "prod", source: "settings", endpoints }).returning();
  const at = new Date();
  const told = { title: 'Member "m-1" is down', text: "It does not answer.", next: "Restore it." };
  const [{ id = "" } = {}] = await db
    .insert(finding)
    .values({
      ...{ clusterId: row?.id ?? 0, rule: "L05", scope: "aa", severity: "critical", ...told },
      ...{ openedAt: at, checkedAt: at },
    })
    .returning();
  await expect.poll(listAlerts).toEqual([
    expect.objectContaining({
      labels: { alertname: "EtcdscopeFindingL05", cluster: "prod", rule: "L05", scope: "aa", severity: "critical" },
      annotations: expect.objectContaining({ summary: told.title, description: told.text, next: told.next }),
      generatorURL: expect.stringMatching(/^https:\/\/me\.example\.com\/clusters\/prod\/triage\?from=/),
    }),
  ]);
  await expect.poll(() => paged("firing")).toHaveLength(1);
  await db.update(finding).set({ closedAt: new Date() }).where(eq(finding.id, id));
  await expect.poll(listAlerts).toEqual([]);
  await expect.poll(() => paged("resolved")).toHaveLength(1);
  expect(paged("firing")).toHaveLength(1);
});

test("a test of the webhook arrives as an alert of its own", async () => {
  const answer = await testWebhook(
    { db: testDb().db, secretKey: TEST_SECRET_KEY, publicUrl: null },
    { webhookId },
    stop.signal,
  );
  expect(answer).toEqual({ ok: true, text: "It answered 200." });
  expect(await listAlerts()).toEqual([expect.objectContaining({ labels: expect.objectContaining({ rule: "test" }) })]);
});
