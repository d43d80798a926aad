import { eq } from "drizzle-orm";
import { Etcd3 } from "etcd3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { KeyspaceCollector } from "@/collectors/keyspace/keyspace";
import { keyspaceStatus } from "@/lib/db/schema";
import { log } from "@/lib/log";
import { useTestDb } from "@/tests/support/db";
import { startEtcdCluster, type TestEtcd } from "@/tests/support/etcd";

const CLUSTER_ID = 1;
const KEYS = 600;

const testDb = useTestDb();
const stop = new AbortController();
let members: TestEtcd[];
let collector: KeyspaceCollector;
let running: Promise<void>;

beforeAll(async () => {
  members = await startEtcdCluster(3);
  const access = { endpoints: members.map(({ endpoint }) => endpoint) };
  collector = new KeyspaceCollector({ db: testDb().db, clusterId: CLUSTER_ID, access, log });
  running = collector.run(stop.signal);
});
afterAll(async () => {
  stop.abort();
  await running;
  for (const member of members) await member.stop();
});

test("when the member it reads from dies, another takes over without a lost or doubled write, and without a scan", async () => {
  await expect.poll(async () => (await readStatus())?.phase, { timeout: 20_000 }).toBe("live");
  const { since, endpoint } = (await readStatus()) ?? {};
  const alive = members.filter((member) => member.endpoint !== endpoint);
  const client = new Etcd3({ hosts: alive.map((member) => member.endpoint) });
  const model = collector.live()?.model;
  try {
    for (let i = 0; i < KEYS; i++) {
      if (i === KEYS / 3) await members.find((member) => member.endpoint === endpoint)?.kill();
      await putPatiently(client, `/failover/k${i}`);
    }
    const { header } = await client.get("/none").exec();
    await expect.poll(() => model?.revision, { timeout: 20_000 }).toBe(Number(header.revision));
  } finally {
    client.close();
  }
  expect(collector.live()?.model).toBe(model);
  const node = model?.tree.findPrefix(Buffer.from("/failover/")) as number;
  const figures = model?.figures();
  expect({ keys: figures?.keys[node], puts: figures?.puts[node] }).toEqual({ keys: KEYS, puts: KEYS });
  await expect.poll(async () => (await readStatus())?.endpoint, { timeout: 10_000 }).not.toBe(endpoint);
  expect((await readStatus())?.since).toEqual(since);
});

async function readStatus() {
  const { db } = testDb();
  const [row] = await db.select().from(keyspaceStatus).where(eq(keyspaceStatus.clusterId, CLUSTER_ID));
  return row;
}

/** Creates the key once: an election may be going on, and a put whose answer was lost must not be done twice. */
async function putPatiently(client: Etcd3, key: string): Promise<void> {
  const deadlineMs = Date.now() + 20_000;
  for (;;) {
    try {
      await client.if(key, "Version", "==", 0).then(client.put(key).value("v")).commit();
      return;
    } catch (error) {
      if (Date.now() > deadlineMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}
