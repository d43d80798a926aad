import { randomBytes } from "node:crypto";
import { beforeEach, expect, test } from "vitest";
import { clusterSource } from "@/lib/db/schema-sources";
import { readSources, writeSource } from "@/lib/db/sources";
import { useTestDb } from "@/tests/support/db";

const testDb = useTestDb();
const secretKey = randomBytes(32);
const CLUSTER = 7;

beforeEach(async () => {
  await testDb().db.delete(clusterSource);
});

const read = async (source: "metrics" | "apiserver" | "audit", key = secretKey) =>
  (await readSources(testDb().db, CLUSTER, key)).get(source);
const write = (change: Parameters<typeof writeSource>[3], key = secretKey) =>
  writeSource(testDb().db, CLUSTER, "apiserver", change, key);

test("a source nobody set has its default", async () => {
  const sources = await readSources(testDb().db, CLUSTER, secretKey);
  expect([...sources.keys()]).toEqual(["metrics", "apiserver", "audit", "etcd-log", "connections", "leases"]);
  expect(sources.get("metrics")).toEqual({ enabled: true, settings: {}, secrets: {}, secretsFault: null });
  expect(sources.get("apiserver")?.enabled).toBe(false);
});

test("what is given replaces what was; secrets stay until they are replaced or emptied, and lie sealed", async () => {
  const settings = { urls: ["https://10.0.0.1:6443"] };
  await write({ enabled: true, settings, secrets: { bearerToken: "very-secret" } });
  expect(await read("apiserver")).toMatchObject({ enabled: true, settings, secrets: { bearerToken: "very-secret" } });
  await write({ enabled: false });
  await write({ secrets: { keyPem: "key" } });
  expect(await read("apiserver")).toMatchObject({
    ...{ enabled: false, settings, secrets: { bearerToken: "very-secret", keyPem: "key" } },
  });
  const rows = await testDb().sql`select s::text as row from cluster_source s`;
  expect(JSON.stringify(rows)).not.toContain("very-secret");
  expect(JSON.stringify(rows)).not.toContain(Buffer.from("very-secret").toString("hex"));
  await write({ secrets: { bearerToken: "", keyPem: "" } });
  expect((await read("apiserver"))?.secrets).toEqual({});
  expect((await testDb().db.select().from(clusterSource))[0]?.secretsSealed).toBeNull();
});

test("with another secret key the source is still known, and says why its secrets are not", async () => {
  await write({ enabled: true, secrets: { bearerToken: "lost" } });
  const other = randomBytes(32);
  expect(await read("apiserver", other)).toMatchObject({
    enabled: true,
    secrets: {},
    secretsFault: expect.any(String),
  });
  // Switching it off with the wrong key leaves the secret to the right one.
  await write({ enabled: false }, other);
  expect((await read("apiserver"))?.secrets).toEqual({ bearerToken: "lost" });
  await write({ secrets: { bearerToken: "anew" } }, other);
  expect(await read("apiserver", other)).toMatchObject({ secrets: { bearerToken: "anew" }, secretsFault: null });
});

test("writing the same once more changes no row, and a change is told to the worker", async () => {
  const told: string[] = [];
  const { unlisten } = await testDb().sql.listen("cluster", (payload) => told.push(payload));
  const version = async () => (await testDb().sql`select xmin::text from cluster_source`)[0]?.xmin;
  await write({ enabled: true, settings: { urls: ["https://a.example"] }, secrets: { bearerToken: "t" } });
  const before = await version();
  await write({ enabled: true, settings: { urls: ["https://a.example"] }, secrets: { bearerToken: "t" } });
  expect(await version()).toBe(before);
  await write({ enabled: false });
  expect(await version()).not.toBe(before);
  await expect.poll(() => told.length).toBe(2);
  await unlisten();
});
