import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { isAlive } from "@/lib/db/embedded/postmaster";
import { listDescendants, startProduct, startRefused } from "@/tests/e2e/product";
import { freePorts } from "@/tests/support/etcd";

/** The life of `npm start`, from the outside. */
test.describe.configure({ mode: "serial" });

const name = "kept";
let dataDir: string;

test.beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "etcdscope-start-"));
});
test.afterAll(async () => {
  await rm(dataDir, { recursive: true, force: true });
});

test("a first start adds the cluster; Ctrl-C stops every process it started", async () => {
  const product = await startProduct(["--data-dir", dataDir, "--endpoints", storyEtcd(), "--name", name]);
  await expect.poll(() => keysOf(product.url)).toBeGreaterThan(0);
  const processes = await listDescendants(product.pid);
  expect(processes.length).toBeGreaterThan(2);
  expect(await product.stop("SIGINT")).toBe(0);
  await expect.poll(async () => processes.filter(isAlive)).toEqual([]);
});

test("a second start makes nothing anew and shows the data of the first; SIGKILL leaves no web and no worker", async () => {
  const product = await startProduct(["--data-dir", dataDir]);
  expect(product.output()).not.toMatch(/buil[dt]|install|creat/);
  expect(await keysOf(product.url)).toBeGreaterThan(0);
  const processes = await listDescendants(product.pid, { withPostgres: false }); // Postgres the next start finds again
  expect(processes.length).toBeGreaterThan(2);
  await product.stop("SIGKILL");
  await expect.poll(() => processes.filter(isAlive)).toEqual([]);
});

test("the start after a SIGKILL recovers by itself", async () => {
  const product = await startProduct(["--data-dir", dataDir]);
  await expect.poll(() => keysOf(product.url)).toBeGreaterThan(0);
  await expect.poll(async () => (await readCluster(product.url))?.keyspace.phase).toBe("live");

  const second = await startRefused(["--data-dir", dataDir, "--port", String((await freePorts(1))[0])]);
  expect(second.code).toBe(1);
  expect(sentence(second.output)).toContain(dataDir);

  expect(await product.stop("SIGTERM")).toBe(0);
});

test("a port that is taken is named", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  const { code, output } = await startRefused(["--data-dir", dataDir, "--port", String(port)]);
  server.close();
  expect(code).toBe(1);
  expect(sentence(output)).toContain(String(port));
});

test("listening on other than loopback is refused with a sentence", async () => {
  const { code, output } = await startRefused(["--data-dir", dataDir, "--host", "0.0.0.0"]);
  expect(code).toBe(1);
  expect(sentence(output)).toMatch(/--host 0\.0\.0\.0 is refused.*loopback/);
});

for (const { what, text, says } of [
  { what: "YAML that cannot be read", text: "clusters: [", says: /etcdscope\.yaml/ },
  { what: "an unknown key", text: "clusters:\n  - name: a\n    endpoint: http://127.0.0.1:1\n", says: /endpoint/ },
]) {
  test(`${what} is told in one sentence`, async () => {
    const file = join(dataDir, "etcdscope.yaml");
    await writeFile(file, text);
    const { code, output } = await startRefused(["--data-dir", dataDir, "--config", file]);
    expect(code).toBe(1);
    expect(sentence(output)).toMatch(says);
    expect(output).not.toMatch(/\n\s+at /);
  });
}

function storyEtcd(): string {
  return process.env.E2E_STORY_ETCD ?? "";
}

async function readCluster(url: string): Promise<{ keys: number | null; keyspace: { phase: string } } | null> {
  const answer = await fetch(`${url}/api/v1/clusters/${name}`);
  return answer.ok ? answer.json() : null;
}

async function keysOf(url: string): Promise<number> {
  return (await readCluster(url))?.keys ?? 0;
}

/** The last line that was printed. */
function sentence(output: string): string {
  return output.trim().split("\n").at(-1) ?? "";
}
