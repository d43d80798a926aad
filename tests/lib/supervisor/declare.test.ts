import { randomBytes } from "node:crypto";
import { beforeEach, expect, test } from "vitest";
import { addCluster } from "@/lib/db/clusters";
import { cluster } from "@/lib/db/schema";
import { readSources } from "@/lib/db/sources";
import { declareStartClusters } from "@/lib/supervisor/declare";
import type { DeclaredSource } from "@/lib/supervisor/source-file";
import { useTestDb } from "@/tests/support/db";

const key = randomBytes(32);
const testDb = useTestDb();
const access = (...endpoints: string[]) => ({ endpoints });

beforeEach(() => testDb().db.delete(cluster));

test("a cluster of the command line is registered once, under its host's name", async () => {
  const given = {
    cluster: { name: null, access: access("http://etcd-1.lan:2379", "http://etcd-2.lan:2379") },
    fileClusters: null,
  };
  const first = await declareStartClusters(testDb().db, given, key);
  expect(first).toMatchObject([{ name: "etcd-1.lan" }]);
  expect(await declareStartClusters(testDb().db, given, key)).toEqual(first);
});

test("another cluster on the same host gets the port into its name", async () => {
  await declare("http://[::1]:2379");
  await declare("http://[::1]:3379");
  await declare("http://h:2379");
  await declare("http://h:3379");
  expect((await names()).sort()).toEqual(["1", "1-3379", "h", "h-3379"]);
});

test("a renamed cluster is known again by its endpoints", async () => {
  await addCluster(testDb().db, { name: "renamed", source: "settings", access: access("http://a:2379") }, key);
  await declare("http://a:2379");
  expect(await names()).toEqual(["renamed"]);
});

test("a name that the file uses, too, is refused", async () => {
  const fileClusters = [{ name: "prod", access: access("http://a:2379") }];
  const given = { name: "prod", access: access("http://b:2379") };
  await expect(declareStartClusters(testDb().db, { cluster: given, fileClusters }, key)).rejects.toThrow(
    /"prod" is in the configuration file already/,
  );
});

test("a start without a file lets its clusters go on, editable", async () => {
  await declareStartClusters(
    testDb().db,
    { cluster: null, fileClusters: [{ name: "prod", access: access("http://a:2379") }] },
    key,
  );
  expect(await declareStartClusters(testDb().db, { cluster: null, fileClusters: null }, key)).toEqual([]);
  const [row] = await testDb().db.select().from(cluster);
  expect(row).toMatchObject({ name: "prod", source: "settings", paused: false });
});

test("the sources of a file are set whole, and set back when the file names them no more", async () => {
  const { db } = testDb();
  const audit: DeclaredSource = {
    source: "audit",
    enabled: true,
    settings: { paths: ["/var/log/audit.log"] },
    secrets: { bearerToken: "", keyPem: "" },
  };
  const apiserver: DeclaredSource = {
    source: "apiserver",
    enabled: true,
    settings: { urls: ["https://b:6443"] },
    secrets: { bearerToken: "secret", keyPem: "" },
  };
  const declareWith = (sources: DeclaredSource[]) =>
    declareStartClusters(
      db,
      { cluster: null, fileClusters: [{ name: "prod", access: access("http://a:2379"), sources }] },
      key,
    );
  const [prod] = await declareWith([audit, apiserver]);
  const first = await readSources(db, prod?.id ?? 0, key);
  expect(first.get("audit")).toMatchObject({ enabled: true, settings: { paths: ["/var/log/audit.log"] } });
  expect(first.get("apiserver")).toMatchObject({
    enabled: true,
    settings: { urls: ["https://b:6443"] },
    secrets: { bearerToken: "secret" },
  });
  await declareWith([{ ...audit, enabled: false }]);
  const second = await readSources(db, prod?.id ?? 0, key);
  expect(second.get("audit")).toMatchObject({ enabled: false });
  expect(second.get("apiserver")).toMatchObject({ enabled: false, settings: {}, secrets: {} });
  expect(second.get("metrics")).toMatchObject({ enabled: true, settings: {} });
});

test("a managed cluster of the file has no endpoints", async () => {
  const fileClusters = [{ name: "eks", access: { endpoints: [] }, sources: [] }];
  await declareStartClusters(testDb().db, { cluster: null, fileClusters }, key);
  const [row] = await testDb().db.select().from(cluster);
  expect(row).toMatchObject({ name: "eks", source: "file", endpoints: [] });
});

function declare(endpoint: string) {
  return declareStartClusters(
    testDb().db,
    { cluster: { name: null, access: access(endpoint) }, fileClusters: null },
    key,
  );
}

async function names(): Promise<string[]> {
  const rows = await testDb().db.select({ name: cluster.name }).from(cluster);
  return rows.map((row) => row.name);
}
