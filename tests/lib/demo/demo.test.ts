import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Etcd3 } from "etcd3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isAlive } from "@/lib/db/embedded/postmaster";
import { Compactor } from "@/lib/demo/compactor";
import { prepareDemo, runDemo } from "@/lib/demo/demo";
import { EtcdNotFoundError, findEtcd } from "@/lib/demo/etcd-binary";
import { type LocalEtcd, startLocalEtcd } from "@/lib/demo/local-etcd";
import { startEtcd, type TestEtcd } from "@/tests/support/etcd";

let scratch: TestEtcd;
let client: Etcd3;

beforeAll(async () => {
  scratch = await startEtcd({ extraArgs: ["--quota-backend-bytes", String(2 * 1024 ** 3)] });
  client = new Etcd3({ hosts: scratch.endpoint });
});
afterAll(async () => {
  client?.close();
  await scratch?.stop();
});

test("fills an etcd with about 30,000 keys, keeps it busy, and finds it again", async () => {
  const progress: number[] = [];
  const around = await prepareDemo(client, (done) => progress.push(done));
  const seeded = await countKeys("/registry/");
  expect(seeded).toBe(progress.at(-1));
  expect(seeded).toBeGreaterThan(28_000);
  expect(seeded).toBeLessThan(33_000);
  expect(await countKeys("/registry/pods/")).toBe(around.pool.of("pods").length);

  const before = await readRevision();
  const stop = new AbortController();
  const running = runDemo(client, around, stop.signal);
  await expect.poll(readRevision).toBeGreaterThan(before + 600); // how many a second: see the layout's test
  await expect.poll(countLeases).toBeGreaterThan(5);
  stop.abort();
  await running;
  for (const resource of ["pods", "replicasets", "deployments", "secrets", "jobs"]) {
    expect(await countKeys(`/registry/${resource}/`)).toBe(around.pool.of(resource).length);
  }
  expect(await scratch.etcdctl("get", "compact_rev_key", "--print-value-only")).toBe("0\n");

  const resumed = await prepareDemo(client, () => expect.unreachable("nothing is to be filled"));
  expect([...resumed.pool.of("pods")].sort()).toEqual([...around.pool.of("pods")].sort());
});

test("compacts to the head of one interval ago, and leaves the work to another that is quicker", async () => {
  const [first, second] = [new Compactor(client), new Compactor(client)];
  expect(await first.tick()).toBeNull(); // learns the clock from what is there
  const head = await readRevision();
  await client.put("/registry/pods/default/after").value("x");
  expect(await second.tick()).toBeNull();
  expect(await first.tick()).toBe(String(head));
  expect(await second.tick()).toBeNull();
  await expect(scratch.etcdctl("get", "compact_rev_key", "--rev", String(head - 1))).rejects.toThrow(/compacted/);
});

test("a local etcd keeps its port and data, and one left running is replaced", async () => {
  const directory = mkdtempSync(join(tmpdir(), "etcdscope-demo-"));
  const { etcd } = await findEtcd({ cacheDir: directory });
  const options = { etcd, dataDir: directory, logFile: join(directory, "log") };
  const started: LocalEtcd[] = [];
  try {
    const left = await startLocalEtcd(options);
    started.push(left);
    const next = await startLocalEtcd(options);
    started.push(next);
    expect(isAlive(left.pid)).toBe(false);
    expect(next.endpoint).toBe(left.endpoint);
    await next.stop();
    expect(isAlive(next.pid)).toBe(false);
  } finally {
    for (const server of started) await server.stop();
    rmSync(directory, { recursive: true, force: true });
  }
});

test("a version that nobody has is answered with what was tried and what to do", async () => {
  const directory = mkdtempSync(join(tmpdir(), "etcdscope-cache-"));
  try {
    const error = await findEtcd({ cacheDir: directory, version: "9.9" }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(EtcdNotFoundError);
    expect(String(error)).toMatch(/tried: .*PATH.*ETCD_BIN/s);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

async function countKeys(prefix: string): Promise<number> {
  const keys = await scratch.etcdctl("get", prefix, "--prefix", "--keys-only");
  return keys.split("\n").filter((line) => line !== "").length;
}

async function countLeases(): Promise<number> {
  return Number(/found (\d+) leases/.exec(await scratch.etcdctl("lease", "list"))?.[1]);
}

async function readRevision(): Promise<number> {
  const status = JSON.parse(await scratch.etcdctl("endpoint", "status", "-w", "json"));
  return status[0].Status.header.revision;
}
