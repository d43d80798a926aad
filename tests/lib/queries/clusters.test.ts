import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ensurePartitions } from "@/lib/db/partitions";
import { cluster, collectorState, keyspaceStatus, member, worker } from "@/lib/db/schema";
import { listClusters, readCluster, resolveClusterId } from "@/lib/queries/clusters";
import { listMembers } from "@/lib/queries/members";
import { useTestDb } from "@/tests/support/db";
import { Books, historyOf, seedCluster, seedKeyspace } from "./seed";

const FROM = Date.parse("2026-03-01T12:30:00Z");
const NOW = Date.parse("2026-03-01T13:00:00Z");

const testDb = useTestDb();
const workerId = randomUUID();

beforeAll(async () => {
  const at = new Date(Date.now() + 3_600_000);
  await testDb().db.insert(worker).values({ id: workerId, pid: 1, startedAt: at, at });
  await ensurePartitions(testDb().db, NOW, FROM);
});
beforeEach(async () => {
  await testDb().db.delete(cluster);
});
afterAll(async () => {
  await testDb().db.delete(worker);
});

async function addMember(clusterId: number, memberId: string, more: Partial<typeof member.$inferInsert> = {}) {
  const at = new Date(NOW - 3_000);
  await testDb()
    .db.insert(member)
    .values({
      ...{ clusterId, memberId, name: `etcd-${memberId}`, clientUrls: [], peerUrls: [], isLearner: false },
      ...{ isLeader: false, version: "3.5.12", alarms: [], errors: [], at, checkedAt: at, ...more },
    });
}

async function report(clusterId: number, collector: string, health: "ok" | "degraded" | "failed") {
  const at = new Date(NOW);
  const reason = health === "ok" ? null : `${collector} is ${health}`;
  await testDb()
    .db.insert(collectorState)
    .values({ clusterId, collector, health, reason, remedy: null, since: at, at });
}

describe("the fleet", () => {
  test("is sorted by risk: failed, degraded, the fullest, then by name", async () => {
    const ids: Record<string, number> = {};
    for (const name of ["zeta", "alpha", "full", "bad", "weak", "idle"]) ids[name] = await seedCluster(testDb(), name);
    await report(ids.bad as number, "keyspace", "ok");
    await report(ids.bad as number, "members", "failed");
    await report(ids.weak as number, "members", "degraded");
    for (const name of ["zeta", "alpha", "full"]) await report(ids[name] as number, "members", "ok");
    await addMember(ids.full as number, "1", { dbSizeBytes: 90, quotaBackendBytes: 100 });
    await addMember(ids.zeta as number, "1", { dbSizeBytes: 10, quotaBackendBytes: 100 });
    const { items } = await listClusters(testDb().db, NOW);
    expect(items.map(({ name }) => name)).toEqual(["bad", "weak", "full", "zeta", "alpha", "idle"]);
    expect(items.map(({ health }) => health)).toEqual(["failed", "degraded", "ok", "ok", "ok", "unknown"]);
    expect(items[0]?.collectors.map(({ reason }) => reason)).toEqual([null, "members is failed"]);
  });

  test("has what is known of a live cluster, and the busiest resource", async () => {
    const id = await seedCluster(testDb(), "prod", { endpoints: ["https://a:2379"], username: "reader" });
    const books = new Books(5);
    for (let atMs = FROM; atMs < NOW; atMs += 2_000) books.write(atMs);
    await seedKeyspace(testDb(), id, books, { fromMs: FROM, nowMs: NOW, compactRevision: 1_100 });
    const drift = { driftCheckedAt: new Date(NOW - 60_000), driftCheckedKeys: 400, driftKeys: 0 };
    await testDb().db.update(keyspaceStatus).set(drift).where(eq(keyspaceStatus.clusterId, id));
    await addMember(id, "1", { isLeader: true, version: "3.5.13", dbSizeBytes: 50, dbSizeInUseBytes: 20 });
    await addMember(id, "2", { dbSizeBytes: 70, dbSizeInUseBytes: 30, alarms: ["NOSPACE"], failure: "refused" });
    const summary = await readCluster(testDb().db, "prod", NOW);
    const { keys, keyBytes, valueBytes } = books.gauge(0, NOW);
    expect(summary).toMatchObject({
      ...{ usesTls: true, username: "reader", version: "3.5.13", memberCount: 2, membersAnswering: 1 },
      ...{ alarms: ["NOSPACE"], dbSizeBytes: 70, dbSizeInUseBytes: 30, keys, liveBytes: keyBytes + valueBytes },
      historyBytes: historyOf(books, { slot: 0 }, 1_100).historyBytes,
      keyspace: {
        ...{ phase: "live", revision: books.revision, lagMs: 500, historyReason: null, compactRevision: 1_100 },
        ...{ driftKeys: 0, driftCheckedKeys: 400, driftCheckedAt: new Date(NOW - 60_000).toISOString() },
      },
    });
    const lastMinute = books.counts(0, { fromMs: NOW - 70_000, toMs: NOW });
    expect(summary?.writesPerSecond).toBeCloseTo((lastMinute.puts + lastMinute.deletes) / 70, 9);
    expect(summary?.writesSparkline).toHaveLength(60);
    for (const [i, value] of (summary?.writesSparkline ?? []).entries()) {
      const fromMs = NOW - (60 - i) * 60_000;
      const { puts, deletes } = books.counts(0, { fromMs, toMs: fromMs + 60_000 });
      expect(value).toBe(fromMs < FROM ? null : (puts + deletes) / 60);
    }
    const busiest = [2, 5]
      .map((slot) => books.counts(slot, { fromMs: FROM, toMs: NOW }))
      .map((c) => c.puts + c.deletes);
    expect(summary?.hottestPrefix).toMatchObject({
      prefix: (busiest[0] ?? 0) >= (busiest[1] ?? 0) ? "/registry/pods/" : "/registry/leases/",
      writesPerSecond: Math.max(...busiest) / 1_800,
    });
  });

  test("says that no worker runs, on every cluster that is not paused", async () => {
    await seedCluster(testDb(), "one");
    await seedCluster(testDb(), "two", { paused: true });
    const { db } = testDb();
    await db.update(worker).set({ at: new Date(Date.now() - 60_000) });
    const { items } = await listClusters(db, NOW);
    await db.update(worker).set({ at: new Date(Date.now() + 3_600_000) });
    expect(items.map(({ health }) => health)).toEqual(["failed", "paused"]);
    expect(items[0]?.collectors[0]).toMatchObject({
      collector: "worker",
      reason: expect.stringContaining("not running"),
    });
  });

  test("takes name or id; digits are an id first", async () => {
    const id = await seedCluster(testDb(), "prod");
    const namedLikeId = await seedCluster(testDb(), "77000");
    const { db } = testDb();
    expect(await resolveClusterId(db, "prod")).toBe(id);
    expect(await resolveClusterId(db, String(id))).toBe(id);
    expect(await resolveClusterId(db, "77000")).toBe(namedLikeId);
    for (const unknown of ["", "nope", "99999999999999999999", "a\0b"])
      expect(await resolveClusterId(db, unknown)).toBeNull();
  });
});

describe("members", () => {
  test("are listed by name with their last figures", async () => {
    const id = await seedCluster(testDb(), "prod");
    await addMember(id, "b", { failure: "connection refused" });
    await addMember(id, "a", { isLeader: true });
    const { items } = await listMembers(testDb().db, id);
    expect(items.map(({ name, failure, origin }) => [name, failure, origin])).toEqual([
      ["etcd-a", null, "sampled"],
      ["etcd-b", "connection refused", "sampled"],
    ]);
  });
});
