import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { eq } from "drizzle-orm";
import { Etcd3 } from "etcd3";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { keyspaceStatus, timelineEvent } from "@/lib/db/schema";
import { runTestCollector } from "@/tests/support/collector";
import { useTestDb } from "@/tests/support/db";
import { startEtcd, type TestEtcd } from "@/tests/support/etcd";

const KEYS = 3_000;
const LIVE = { timeout: 180_000 };

const testDb = useTestDb();
let etcd: TestEtcd;
let client: Etcd3;
let dataDir: string;
let running: ReturnType<typeof runTestCollector> | undefined;

beforeAll(async () => {
  etcd = await startEtcd();
  client = new Etcd3({ hosts: etcd.endpoint });
  dataDir = await mkdtemp(join(tmpdir(), "etcdscope-resume-"));
  for (let i = 0; i < KEYS; i += 100) await putBatch("/resume/keys", i, 100);
});
afterEach(async () => {
  await running?.stop();
  running = undefined;
});
afterAll(async () => {
  client?.close();
  await etcd?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

test("a restart goes on from the checkpoint: nothing is scanned, what came meanwhile is there", async () => {
  await start();
  await running?.stop();
  await putBatch("/resume/later", 0, 100);
  await client.delete().key("/resume/keys/5");
  const requestsBefore = await rangeRequests();
  await start();
  expect(await rangeRequests()).toBeLessThan(requestsBefore + KEYS / 100); // probes and checks, no pages
  await expectModelEqualsEtcd();
  expect(await kindsOfEvents()).toContain("baseline");
});

test.each([
  { fault: "cut off", damage: (file: Buffer) => file.subarray(0, file.length - 200) },
  { fault: "with a byte turned over", damage: (file: Buffer) => turnedOver(file, file.length >> 1) },
  { fault: "of another version", damage: (file: Buffer) => turnedOver(file, 7) },
  { fault: "empty", damage: () => Buffer.alloc(0) },
  { fault: "of another etcd cluster", damage: (file: Buffer) => file }, // its header is replaced below
])("a checkpoint $fault is thrown away, and the keys are read anew", async ({ fault, damage }) => {
  await start();
  await running?.stop();
  const [name] = await readdir(join(dataDir, "checkpoints"));
  const path = join(dataDir, "checkpoints", name as string);
  await writeFile(path, damage(await readFile(path)));
  if (fault === "of another etcd cluster") {
    const other = await startEtcd();
    try {
      running = runTestCollector({ ...testDb(), access: { endpoints: [other.endpoint] }, dataDir });
      await isLive();
      expect(running.collector.live()?.model.keys).toBe(0);
    } finally {
      await running?.stop();
      await other.stop();
    }
    return;
  }
  await start();
  await expectModelEqualsEtcd();
});

test("200,000 events behind in 20,000 revisions, the watch tells them all again", { timeout: 600_000 }, async () => {
  await start();
  await running?.stop();
  // Not in fewer, larger transactions: to cut 1,000 revisions of many small events into fragments takes etcd minutes.
  await atOnce(32, 20_000, (i) => putBatch("/resume/storm", i % 7, 10));
  await start();
  await expectModelEqualsEtcd();
  expect(await kindsOfEvents()).not.toContain("resync");
});

test("too many revisions behind, a small keyspace is read anew", { timeout: 600_000 }, async () => {
  await start();
  await running?.stop();
  await atOnce(32, 51_000, (i) =>
    client
      .put(`/resume/single/${i % 100}`)
      .value("v")
      .exec(),
  );
  await start();
  expect(await readdir(join(dataDir, "checkpoints"))).toEqual([]); // thrown away; the next comes later
  await expectModelEqualsEtcd();
});

async function start(): Promise<void> {
  running = runTestCollector({ ...testDb(), access: { endpoints: [etcd.endpoint] }, dataDir });
  await isLive();
}

async function isLive(): Promise<void> {
  await expect.poll(() => running?.collector.live() !== null, LIVE).toBe(true);
  await expect.poll(async () => (await status())?.phase, LIVE).toBe("live");
}

/** Runs so many jobs, a few at a time; one that a busy etcd refuses is done again. */
async function atOnce(parallel: number, jobs: number, run: (i: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const work = async () => {
    while (next < jobs) await patiently(run, next++);
  };
  await Promise.all(Array.from({ length: parallel }, work));
}

async function patiently(run: (i: number) => Promise<unknown>, i: number): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await run(i);
      return;
    } catch (error) {
      if (tries === 10) throw error;
      await sleep(500);
    }
  }
}

async function kindsOfEvents(): Promise<string[]> {
  return (await testDb().db.select().from(timelineEvent)).map(({ kind }) => kind);
}

async function status() {
  const [row] = await testDb().db.select().from(keyspaceStatus).where(eq(keyspaceStatus.clusterId, 1));
  return row;
}

async function expectModelEqualsEtcd(): Promise<void> {
  const listing = JSON.parse(await etcd.etcdctl("get", "", "--prefix", "-w", "json"));
  const model = running?.collector.live()?.model;
  await expect.poll(() => model?.revision, LIVE).toBeGreaterThanOrEqual(listing.header.revision);
  const kvs = listing.kvs as { key: string; value?: string }[];
  const valueBytes = kvs.reduce((sum, { value = "" }) => sum + Buffer.from(value, "base64").length, 0);
  const keyBytes = kvs.reduce((sum, { key }) => sum + Buffer.from(key, "base64").length, 0);
  const figures = model?.figures();
  expect([figures?.keys[0], figures?.keyBytes[0], figures?.valueBytes[0]]).toEqual([kvs.length, keyBytes, valueBytes]);
}

/** Range calls that etcd has answered. */
async function rangeRequests(): Promise<number> {
  const metrics = await (await fetch(`${etcd.endpoint}/metrics`)).text();
  return Number(/^grpc_server_handled_total\{.*grpc_code="OK",grpc_method="Range".*\} (\S+)$/m.exec(metrics)?.[1] ?? 0);
}

async function putBatch(prefix: string, from: number, count: number): Promise<void> {
  const puts = Array.from({ length: count }, (_, i) => client.put(`${prefix}/${from + i}`).value("v".repeat(i % 50)));
  await client
    .if("/none", "Version", "==", 0)
    .then(...puts)
    .commit();
}

function turnedOver(file: Buffer, at: number): Buffer {
  const damaged = Buffer.from(file);
  damaged[at] = (damaged[at] as number) ^ 0xff;
  return damaged;
}
