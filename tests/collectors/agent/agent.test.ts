import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer as createHttpServer, type Server } from "node:http";
import { connect, createServer, type Socket } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { desc } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { POST } from "@/app/api/v1/ingest/[cluster]/connections/route";
import { countConnections } from "@/collectors/agent/proc-net";
import { addCluster } from "@/lib/db/clusters";
import { ingestBatch } from "@/lib/db/schema-sources";
import { webSql } from "@/lib/db/web-db";
import { type ConnectionsReport, decodeConnectionsReport } from "@/lib/model/connections-report";
import { createToken } from "@/lib/queries/tokens";
import { useTestDb } from "@/tests/support/db";
import { freePorts, startEtcd, type TestEtcd } from "@/tests/support/etcd";

const testDb = useTestDb();
const root = join(import.meta.dirname, "../../..");
const secretKey = randomBytes(32);
const sockets: Socket[] = [];
let etcd: TestEtcd;
let tokenFile: string;
let directory: string;
let agent: ChildProcess | undefined;
let web: Server | undefined;

beforeAll(async () => {
  process.env.DATABASE_URL = testDb().databaseUrl;
  process.env.ETCDSCOPE_SECRET_KEY = secretKey.toString("hex");
  etcd = await startEtcd();
  const access = { endpoints: [etcd.endpoint] };
  const id = await addCluster(testDb().db, { name: "prod", source: "settings", access }, secretKey);
  const { token } = await createToken(testDb().db, id, "agent");
  directory = await mkdtemp(join(tmpdir(), "etcdscope-agent-"));
  tokenFile = join(directory, "token");
  await writeFile(tokenFile, `${token}\n`);
});
afterAll(async () => {
  agent?.kill("SIGKILL");
  for (const socket of sockets) socket.destroy();
  web?.closeAllConnections();
  web?.close();
  await etcd?.stop();
  await webSql().end({ timeout: 5 });
  await rm(directory, { recursive: true, force: true });
});

/** Opens a connection to etcd from an address of this machine. */
function openFrom(localAddress: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port: etcd.clientPort, localAddress });
    socket.once("connect", () => resolve(socket)).once("error", reject);
    sockets.push(socket);
  });
}

/** Of the addresses the test itself connects from; etcd's own connections to itself come from 127.0.0.1. */
function ofTest(clients: Iterable<[string, number]>): Record<string, number> {
  return Object.fromEntries([...clients].filter(([address]) => /^127\.0\.0\.([2-9]|\d\d)$/.test(address)));
}

test("connections to a real etcd are those that were opened, and gone when they were closed", async () => {
  for (const [address, connections] of [
    ["127.0.0.2", 3],
    ["127.0.0.3", 1],
    ["127.0.0.4", 5],
  ] as const) {
    for (let i = 0; i < connections; i++) await openFrom(address);
  }
  const count = async () => ofTest((await countConnections("/proc", new Set([etcd.clientPort]))).byAddress);
  expect(await count()).toEqual({ "127.0.0.2": 3, "127.0.0.3": 1, "127.0.0.4": 5 });
  expect((await countConnections("/proc", new Set([1]))).byAddress.size).toBe(0);
  expect((await countConnections("/proc", new Set([etcd.clientPort]))).badLines).toBe(0);
  for (const socket of sockets.splice(0, 3)) socket.destroy();
  await expect.poll(count).toEqual({ "127.0.0.3": 1, "127.0.0.4": 5 });
});

const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === "::1"));

test("a server on both families: an IPv4 client is told by its IPv4 address", async () => {
  const accepted: Socket[] = [];
  const server = createServer((socket) => accepted.push(socket));
  const hosts = hasIpv6 ? ["127.0.0.1", "::1"] : ["127.0.0.1"]; // a machine without IPv6 has one family
  await new Promise<void>((resolve) => server.listen({ port: 0, host: hasIpv6 ? "::" : "127.0.0.1" }, resolve));
  const { port } = server.address() as { port: number };
  const clients = await Promise.all(
    hosts.map(
      (host) =>
        new Promise<Socket>((resolve, reject) => {
          const socket = connect({ host, port }, () => resolve(socket)).once("error", reject);
        }),
    ),
  );
  const { byAddress } = await countConnections("/proc", new Set([port]));
  expect(Object.fromEntries(byAddress)).toEqual(Object.fromEntries(hosts.map((host) => [host, 1])));
  for (const socket of [...clients, ...accepted]) socket.destroy();
  server.close();
});

test("without the kernel's tables it fails with the reason", async () => {
  await expect(countConnections(directory, new Set([2379]))).rejects.toMatchObject({ code: "ENOENT" });
});

test("the agent waits for its server, reports what is connected, and says in a sentence what is wrong", async () => {
  const [port = 0] = await freePorts(1);
  const said = startAgent(["--url", `http://127.0.0.1:${port}`, "--cluster", "prod", "--token-file", tokenFile]);
  await expect.poll(said).toContain("cannot be reached: ECONNREFUSED.");
  await openFrom("127.0.0.7");
  await openFrom("127.0.0.7");
  web = await serveIngest(port);
  await expect.poll(async () => ofTest(toEntries(await newestReport()))["127.0.0.7"]).toBe(2);
  expect(await newestReport()).toMatchObject({ reporter: "m1" });
  await expect.poll(said).toContain(`Reporting the connections of m1 in prod to http://127.0.0.1:${port}.`);
  await openFrom("127.0.0.8");
  await expect.poll(async () => ofTest(toEntries(await newestReport()))["127.0.0.8"]).toBe(1);
  const ended = new Promise((resolve) => agent?.once("exit", (code) => resolve(code)));
  agent?.kill("SIGTERM");
  expect(await ended).toBe(0);
});

test("a wrong token is said in the server's own words", async () => {
  const { port } = (web as Server).address() as { port: number };
  const wrongFile = join(directory, "wrong");
  await writeFile(wrongFile, "etcdscope_wrong");
  const said = startAgent(["--url", `http://127.0.0.1:${port}`, "--cluster", "prod", "--token-file", wrongFile]);
  await expect.poll(said).toContain("status 401: The token is not known, or it was revoked. Make one in");
});

function startAgent(args: string[]): () => string {
  agent?.kill("SIGKILL");
  let output = "";
  const own = ["--member", "m1", "--ports", String(etcd.clientPort), "--interval", "1"];
  agent = spawn(process.execPath, ["start.mjs", "agent", ...args, ...own], { cwd: root });
  for (const stream of [agent.stdout, agent.stderr]) {
    stream?.on("data", (chunk) => {
      output += chunk;
    });
  }
  return () => output;
}

/** The ingest route behind a real web server. */
function serveIngest(port: number): Promise<Server> {
  const server = createHttpServer(async (incoming, answer) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const request = new Request(`http://127.0.0.1:${port}${incoming.url}`, {
      method: incoming.method ?? "GET",
      headers: incoming.headers as Record<string, string>,
      body: new Uint8Array(Buffer.concat(chunks)),
    });
    const cluster = incoming.url?.split("/")[4] ?? "";
    const response = await POST(request, { params: Promise.resolve({ cluster }) });
    answer.writeHead(response.status, Object.fromEntries(response.headers)).end(await response.text());
  });
  return new Promise((resolve) => server.listen(port, "127.0.0.1", () => resolve(server)));
}

async function newestReport(): Promise<ConnectionsReport | null> {
  const [row] = await testDb().db.select().from(ingestBatch).orderBy(desc(ingestBatch.id)).limit(1);
  return row ? decodeConnectionsReport(row.format, row.payload) : null;
}

function toEntries(report: ConnectionsReport | null): [string, number][] {
  return (report?.clients ?? []).map(({ address, connections }) => [address, connections]);
}
