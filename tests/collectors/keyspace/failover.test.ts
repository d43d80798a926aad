import { setTimeout as sleep } from "node:timers/promises";
import { eq } from "drizzle-orm";
import { Etcd3 } from "etcd3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { keyspaceStatus } from "@/lib/db/schema";
import { runTestCollector } from "@/tests/support/collector";
import { useTestDb } from "@/tests/support/db";
import { startEtcdCluster, type TestEtcd } from "@/tests/support/etcd";

const CLUSTER_ID = 1;
const BATCH = 20;
const BATCHES = 300;
const BATCH_EVERY_MS = 20; // 1,000 writes a second

const testDb = useTestDb();
let members: TestEtcd[];
let running: ReturnType<typeof runTestCollector>;

beforeAll(async () => {
  members = await startEtcdCluster(3);
  const access = { endpoints: members.map(({ endpoint }) => endpoint) };
  running = runTestCollector({ db: testDb().db, access });
});
afterAll(async () => {
  await running?.stop();
  for (const member of members) await member.stop();
});

test("when the member it reads from dies, another takes over without a lost or doubled write, and without a scan", async () => {
  const { collector } = running;
  await expect.poll(async () => (await readStatus())?.phase).toBe("live");
  const { since, endpoint } = (await readStatus()) ?? {};
  const alive = members.filter((member) => member.endpoint !== endpoint);
  const client = new Etcd3({ hosts: alive.map((member) => member.endpoint) });
  const model = collector.live()?.model;
  try {
    const startMs = Date.now();
    for (let batch = 0; batch < BATCHES; batch++) {
      if (batch === BATCHES / 3) await members.find((member) => member.endpoint === endpoint)?.kill();
      await createPatiently(client, batch);
      await sleep(startMs + batch * BATCH_EVERY_MS - Date.now());
    }
    const { header } = await client.get("/none").exec();
    await expect.poll(() => model?.revision).toBe(Number(header.revision));
  } finally {
    client.close();
  }
  expect(collector.live()?.model).toBe(model);
  const node = model?.tree.findPrefix(Buffer.from("/failover/")) as number;
  const figures = model?.figures();
  const expected = BATCH * BATCHES;
  expect({ keys: figures?.keys[node], puts: figures?.puts[node] }).toEqual({ keys: expected, puts: expected });
  await expect.poll(async () => (await readStatus())?.endpoint).not.toBe(endpoint);
  expect((await readStatus())?.since).toEqual(since);
});

async function readStatus() {
  const { db } = testDb();
  const [row] = await db.select().from(keyspaceStatus).where(eq(keyspaceStatus.clusterId, CLUSTER_ID));
  return row;
}

/** Creates a batch of keys once: an election may be going on, and what was done unanswered must not be done twice. */
async function createPatiently(client: Etcd3, batch: number): Promise<void> {
  const keyOf = (i: number) => `/failover/k${batch}-${i}`;
  const puts = Array.from({ length: BATCH }, (_, i) => client.put(keyOf(i)).value("v"));
  const deadlineMs = Date.now() + 60_000;
  for (;;) {
    try {
      await client
        .if(keyOf(0), "Version", "==", 0)
        .then(...puts)
        .commit();
      return;
    } catch (error) {
      if (Date.now() > deadlineMs) throw error;
      await sleep(200);
    }
  }
}
