import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Etcd3 } from "etcd3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AuditFile } from "@/lib/demo/audit-file";
import { toAuditedRequest } from "@/lib/demo/audit-writes";
import { prepareDemo, runDemo } from "@/lib/demo/demo";
import { startEtcd, type TestEtcd } from "@/tests/support/etcd";

interface LoggedEvent {
  auditID: string;
  kind: string;
  stage: string;
  level: string;
  verb: string;
  requestURI: string;
  user: { username: string };
  userAgent: string;
  sourceIPs: string[];
  objectRef?: { resource: string; namespace?: string; name?: string; subresource?: string };
  responseStatus: { code: number };
  annotations: Record<string, string>;
  requestReceivedTimestamp: string;
  stageTimestamp: string;
}

let etcd: TestEtcd;
let client: Etcd3;
let directory: string;
beforeAll(async () => {
  etcd = await startEtcd({ extraArgs: ["--quota-backend-bytes", String(2 * 1024 ** 3)] });
  client = new Etcd3({ hosts: etcd.endpoint });
  directory = mkdtempSync(join(tmpdir(), "etcdscope-demo-audit-"));
});
afterAll(async () => {
  client?.close();
  await etcd?.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** Puts and deletes of the watch that a request is behind, as an etcdctl beside it would count them. */
async function countWrites(fromRevision: number, toRevision: number): Promise<Map<string, number>> {
  const writes = new Map<string, number>();
  const watcher = await client.watch().prefix("/registry/").startRevision(String(fromRevision)).create();
  await new Promise<void>((resolve) => {
    const end = `/registry/end-of-test-${toRevision}`;
    watcher.on("put", ({ key }) => {
      if (key.toString() === end) return resolve();
      count(key.toString(), "put");
    });
    watcher.on("delete", ({ key }) => count(key.toString(), "delete"));
    void client.put(end).value("").exec();
  });
  await watcher.cancel();
  return writes;

  function count(key: string, kind: string) {
    if (/^\/registry\/(ranges|masterleases)\//.test(key)) return; // the apiserver's own, without a request
    writes.set(`${kind} ${key.split("/").at(-1)}`, (writes.get(`${kind} ${key.split("/").at(-1)}`) ?? 0) + 1);
  }
}

test("every put and delete has its one event, the reads are marked as simulated, and the offenders are there", async () => {
  const audit = new AuditFile(directory);
  const around = await prepareDemo(client, () => undefined, audit);
  const before = Number((await client.get("compact_rev_key").exec()).header.revision);
  const stop = new AbortController();
  const running = runDemo(client, around, stop.signal);
  await expect.poll(() => readEvents().filter(({ verb }) => verb === "list").length).toBeGreaterThan(3);
  await expect
    .poll(() => readEvents().filter(({ objectRef }) => objectRef?.resource === "pods").length)
    .toBeGreaterThan(60);
  await expect.poll(() => readEvents().some(({ verb }) => verb === "delete")).toBe(true);
  stop.abort();
  await running;
  audit.close();
  const events = readEvents();
  const writes = events.filter(({ annotations }) => annotations["demo.etcdscope.io/simulated"] === undefined);
  const logged = new Map<string, number>();
  for (const { verb, objectRef } of writes) {
    const write = `${verb === "delete" ? "delete" : "put"} ${objectRef?.name}`;
    logged.set(write, (logged.get(write) ?? 0) + 1);
  }
  const truth = await countWrites(before + 1, before);
  expect([...logged].sort()).toEqual([...truth].sort());

  expect(new Set(events.map(({ auditID }) => auditID)).size).toBe(events.length);
  for (const event of events) {
    expect(event).toMatchObject({ kind: "Event", stage: "ResponseComplete", level: "Metadata" });
    expect(Date.parse(event.stageTimestamp)).toBeGreaterThanOrEqual(Date.parse(event.requestReceivedTimestamp));
    expect(event.stageTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
  }
  const relists = events.filter(({ userAgent, verb }) => userAgent.startsWith("OpenAPI-Generator") && verb === "list");
  expect(relists[0]).toMatchObject({
    requestURI: "/api/v1/pods",
    user: { username: "system:serviceaccount:analytics-prod:inventory-sync" },
  });
  const conflicts = events.filter(({ responseStatus }) => responseStatus.code === 409);
  expect(conflicts[0]).toMatchObject({
    verb: "update",
    requestURI: "/api/v1/namespaces/payments-prod/configmaps/ledger-operator-state",
  });
});

test.each([
  {
    write: { key: "/registry/leases/kube-node-lease/worker-a-000", operation: "update" as const },
    said: { verb: "update", path: "leases/worker-a-000", user: "system:node:worker-a-000" },
  },
  {
    write: { key: "/registry/minions/worker-b-001", operation: "update" as const },
    said: { verb: "patch", path: "nodes/worker-b-001/status", user: "system:node:worker-b-001" },
  },
  {
    write: { key: "/registry/pods/shop/api-1", operation: "create" as const },
    said: { verb: "create", path: "pods/api-1", user: "system:serviceaccount:kube-system:replicaset-controller" },
  },
  {
    write: { key: "/registry/services/endpoints/shop/api", operation: "update" as const },
    said: {
      verb: "update",
      path: "endpoints/api",
      user: "system:serviceaccount:kube-system:endpoint-controller",
    },
  },
])("$write.operation of $write.key is $said.verb by $said.user", ({ write, said }) => {
  const request = toAuditedRequest({ ...write, tookMs: 3 }, 1_000);
  const { resource, name, subresource } = request?.object ?? {};
  expect(request?.verb).toBe(said.verb);
  expect([resource, name, subresource].filter(Boolean).join("/")).toBe(said.path);
  expect(request?.actor.username).toBe(said.user);
  expect(request).toMatchObject({ fromMs: 997, toMs: 1_000 });
});

test("what an apiserver writes by itself is no request", () => {
  const write = { key: "/registry/masterleases/10.0.0.10", operation: "update" as const, tookMs: 1 };
  expect(toAuditedRequest(write, 1_000)).toBeNull();
});

function readEvents(): LoggedEvent[] {
  const lines = readFileSync(join(directory, "audit/audit.log"), "utf8").split("\n");
  return lines.filter((line) => line.endsWith("}")).map((line) => JSON.parse(line));
}
