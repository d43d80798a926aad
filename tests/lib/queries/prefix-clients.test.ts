import { beforeAll, expect, test } from "vitest";
import { type PrefixClient, PrefixClientsAnswer, PrefixClientsParams } from "@/lib/api/clients";
import { connectionSample } from "@/lib/db/schema-metrics";
import { readPrefixClients } from "@/lib/queries/prefix-clients";
import { type AuditRow, readAuditRows } from "../../support/audit-books";
import { useTestDb } from "../../support/db";
import { seedAuditFile, seedTraffic, trafficEvent } from "../../support/traffic-seed";
import { Books, seedCluster, seedKeyspace } from "./seed";

const MINUTE_MS = 60_000;
const NOW = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
const FROM = NOW - 15 * MINUTE_MS;
const testDb = useTestDb();
const rows = readAuditRows();
let audited: number;

const read = async (clusterId: number, prefix: string) => {
  const params = PrefixClientsParams.parse({ range: "15m", prefix });
  const answer = await readPrefixClients(testDb().db, clusterId, params, NOW);
  expect(PrefixClientsAnswer.strict().safeParse(answer).error).toBeUndefined();
  return answer;
};

beforeAll(async () => {
  audited = await seedCluster(testDb(), "audited");
  await seedAuditFile(testDb().db, audited, { endMs: NOW });
});

const WRITES = ["create", "update", "patch", "delete", "deletecollection"];
const READS = ["get", "list", "watch"];

/** The clients of some rows by requests: a plain loop. */
function who(passing: readonly AuditRow[]): Map<string, number> {
  const addresses = new Map<string, Set<string | null>>();
  for (const { userAgent, user, sourceAddress } of passing) {
    const name = JSON.stringify([userAgent, user]);
    addresses.set(name, (addresses.get(name) ?? new Set()).add(sourceAddress));
  }
  const counts = new Map<string, number>();
  for (const { userAgent, user } of passing) {
    const [address, ...others] = addresses.get(JSON.stringify([userAgent, user])) ?? [];
    const name = JSON.stringify([userAgent, user, others.length === 0 ? address : null]);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return foldQuietNodes(counts, passing.length);
}

/** Four nodes or more that did less than a twentieth each are told as one. */
function foldQuietNodes(counts: Map<string, number>, all: number): Map<string, number> {
  const quiet = [...counts].filter(([name, requests]) => name.includes('"system:node:') && requests / all < 0.05);
  if (quiet.length < 4) return counts;
  const agents = new Set(quiet.map(([name]) => JSON.parse(name)[0] as string));
  for (const [name] of quiet) counts.delete(name);
  const folded = JSON.stringify([agents.size === 1 ? [...agents][0] : null, "system:node:*", null]);
  return counts.set(
    folded,
    quiet.reduce((sum, [, requests]) => sum + requests, 0),
  );
}

/** The twenty largest are told, of equal ones any. */
function expectLargest(clients: readonly PrefixClient[], counts: Map<string, number>): void {
  const shown = told(clients.filter(({ name }) => name !== "everyone else"));
  const all = [...counts.values()].reduce((sum, requests) => sum + requests, 0);
  expect(clients.reduce((sum, { requests }) => sum + requests, 0)).toBe(all);
  expect(shown.size).toBe(Math.min(20, counts.size));
  for (const [name, requests] of shown) expect(requests, name).toBe(counts.get(name));
  const left = [...counts].filter(([name]) => !shown.has(name)).map(([, requests]) => requests);
  expect(Math.min(...shown.values())).toBeGreaterThanOrEqual(Math.max(0, ...left));
}

function told(clients: readonly PrefixClient[]): Map<string, number> {
  return new Map(clients.map((row) => [JSON.stringify([row.userAgent, row.user, row.sourceAddress]), row.requests]));
}

const base = (resource: string) => resource.split("/")[0];
const isKept = (row: AuditRow) => !/\/(token|log|exec)$/.test(row.resource);

test("a resource's prefix: audit names it exactly", async () => {
  const { writers, readers } = await read(audited, "/registry/configmaps/");
  const own = rows.filter((row) => base(row.resource) === "configmaps");
  expectLargest(writers, who(own.filter(({ verb, code }) => WRITES.includes(verb) && code < 400)));
  expectLargest(readers, who(own.filter(({ verb }) => READS.includes(verb))));
  expect(writers[0]).toMatchObject({
    name: "service account ingress-nginx/ingress-nginx",
    confidence: "high",
    origin: "exact",
  });
});

test("a namespace's prefix: who reads all namespaces is less sure", async () => {
  const { writers, readers } = await read(audited, "/registry/pods/batch-etl/");
  const own = rows.filter((row) => base(row.resource) === "pods" && isKept(row));
  const mine = own.filter(({ namespace }) => namespace === "batch-etl");
  expectLargest(writers, who(mine.filter(({ verb, code }) => WRITES.includes(verb) && code < 400)));
  expect(writers.every(({ confidence }) => confidence === "high")).toBe(true);
  const all = own.filter(({ namespace, verb }) => READS.includes(verb) && ["batch-etl", ""].includes(namespace));
  expectLargest(readers, who(all));
  const sync = readers.find(({ userAgent }) => userAgent?.startsWith("inventory-sync"));
  expect(sync).toMatchObject({ confidence: "medium", why: expect.stringContaining("all namespaces") });
});

test("a key, a part of a namespace, and several resources are less sure", async () => {
  const key = await read(audited, "/registry/configmaps/ingress-nginx/ingress-controller-leader");
  expect(key.writers[0]).toMatchObject({ confidence: "medium", why: expect.stringContaining("not the single key") });
  const group = await read(audited, "/registry/acme.example.com/");
  expect(group.writers.map(({ name }) => name)).toEqual(["service account kube-system/namespace-controller"]);
  expect(group.readers.map(({ confidence }) => confidence)).toContain("medium");
  const root = await read(audited, "/registry/");
  expect(root.writers[0]?.confidence).toBe("medium");
});

test("both kinds of events lie under one prefix", async () => {
  const { writers } = await read(audited, "/registry/events/");
  const own = rows.filter(({ resource }) => ["events", "events.events.k8s.io"].includes(resource));
  expectLargest(writers, who(own.filter(({ verb, code }) => WRITES.includes(verb) && code < 400)));
});

test("what nobody calls by name has nobody, and says so", async () => {
  const answer = await read(audited, "/registry/masterleases/");
  expect(answer).toMatchObject({
    writers: [],
    readers: [],
    reason: "Nobody was seen writing or reading it in this range.",
  });
});

test("without audit the log's keys tell addresses", async () => {
  const clusterId = await seedCluster(testDb(), "logged");
  const line = { user: null, userAgent: null, namespace: null, code: null };
  const events = [
    ...Array.from({ length: 5 }, (_, i) =>
      trafficEvent({ ...line, atMs: FROM + i, verb: "put", resource: "/app/a/", sourceAddress: "10.0.0.1" }),
    ),
    ...Array.from({ length: 3 }, (_, i) =>
      trafficEvent({ ...line, atMs: FROM + i, verb: "range", resource: "/app/a/", sourceAddress: "10.0.0.2" }),
    ),
    trafficEvent({ ...line, atMs: FROM, verb: "put", resource: "/app/b/", sourceAddress: "10.0.0.3" }),
  ];
  await seedTraffic(testDb().db, clusterId, { source: "etcd-log", events });
  const { writers, readers } = await read(clusterId, "/app/a/");
  expect(writers).toMatchObject([{ name: "10.0.0.1", requests: 5, share: 1, confidence: "medium", origin: "sampled" }]);
  expect(readers).toMatchObject([{ name: "10.0.0.2", requests: 3, confidence: "medium" }]);
  const below = await read(clusterId, "/app/a/x/");
  expect(below.writers).toMatchObject([{ name: "10.0.0.1", confidence: "low" }]);
  expect((await read(clusterId, "/app/")).writers.map(({ name }) => name)).toEqual(["10.0.0.1", "10.0.0.3"]);
});

test("where only connections are known, writes are shared out by them, as a guess", async () => {
  const clusterId = await seedCluster(testDb(), "connected");
  const books = new Books(4);
  for (let atMs = FROM; atMs < NOW; atMs += 5_000) books.write(atMs);
  await seedKeyspace(testDb(), clusterId, books, { fromMs: FROM, nowMs: NOW });
  const clients = [
    { address: "10.0.0.5", connections: 3 },
    { address: "10.0.0.6", connections: 1 },
  ];
  const at = new Date(NOW - MINUTE_MS);
  await testDb()
    .db.insert(connectionSample)
    .values({ clusterId, at, reporter: "m1", connections: 4, clients, otherConnections: 0 });
  const { writers, readers } = await read(clusterId, "/registry/pods/");
  const { puts, deletes } = books.counts(2, { fromMs: FROM, toMs: NOW });
  expect(writers.map(({ name, requests, confidence, origin }) => ({ name, requests, confidence, origin }))).toEqual([
    { name: "10.0.0.5", requests: (puts + deletes) * 0.75, confidence: "low", origin: "estimated" },
    { name: "10.0.0.6", requests: (puts + deletes) * 0.25, confidence: "low", origin: "estimated" },
  ]);
  expect(readers).toEqual([]);
});

test("where nothing is known, it is said what to do", async () => {
  const clusterId = await seedCluster(testDb(), "silent");
  const answer = await read(clusterId, "/registry/pods/");
  expect(answer).toMatchObject({ writers: [], readers: [] });
  expect(answer.reason).toContain("No audit events came");
  expect(answer.remedy).toContain("audit webhook");
});
