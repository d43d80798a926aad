import { beforeAll, describe, expect, test } from "vitest";
import { ensurePartitions } from "@/lib/db/partitions";
import * as schema from "@/lib/db/schema";
import * as health from "@/lib/db/schema-health";
import { formatExposition } from "@/lib/model/prometheus-exposition";
import { readExport } from "@/lib/queries/export-metrics";
import { useTestDb } from "@/tests/support/db";
import { type ExposedSample, parseExposition } from "@/tests/support/exposition";
import { promtool } from "@/tests/support/prometheus";
import { Books, HOUR_MS, seedCluster, seedKeyspace } from "./seed";

const testDb = useTestDb();
const DAY_MS = Date.UTC(2026, 2, 3);
const NOW = DAY_MS + 2.5 * HOUR_MS;
const MIB = 1_048_576;
const books = new Books(11);
let page = "";
let samples: ExposedSample[] = [];

beforeAll(async () => {
  const { db } = testDb();
  for (let atMs = NOW - 5 * HOUR_MS; atMs < NOW; atMs += 20_000) books.write(atMs);
  const clusterId = await seedCluster(testDb(), 'pr"od\\eu');
  await seedKeyspace(testDb(), clusterId, books, { fromMs: NOW - 5 * HOUR_MS, nowMs: NOW });
  await seedHealth(clusterId);
  await db.update(schema.keyspaceStatus).set({ at: new Date(NOW - 3_000), updatedAt: new Date(NOW) });
  const stale = await seedCluster(testDb(), "stale");
  await db.insert(schema.member).values(memberRow(stale, "ff", { checkedAt: new Date(NOW - 600_000) }));
  await seedCluster(testDb(), "paused", { paused: true });
  await read();
});

async function read(change: { prefixes?: number; nowMs?: number } = {}) {
  const families = await readExport(testDb().db, { nowMs: NOW, prefixes: 50, version: "1.2.3", ...change });
  page = formatExposition(families);
  samples = parseExposition(page).samples;
}

function memberRow(clusterId: number, memberId: string, more: Partial<typeof schema.member.$inferInsert> = {}) {
  return {
    ...{ clusterId, memberId, name: `m-${memberId}`, clientUrls: [], peerUrls: [], isLearner: false, isLeader: false },
    ...{ version: "3.6.1", dbSizeBytes: 90 * MIB, dbSizeInUseBytes: 40 * MIB, quotaBackendBytes: 2_048 * MIB },
    ...{ revision: 500, raftIndex: 900, raftAppliedIndex: 900, alarms: [], errors: [], statusMs: 2, failure: null },
    ...{ at: new Date(NOW - 5_000), checkedAt: new Date(NOW - 5_000), ...more },
  };
}

async function seedHealth(clusterId: number) {
  const { db } = testDb();
  await ensurePartitions(db, NOW, NOW - 40 * 24 * HOUR_MS);
  await db
    .insert(schema.member)
    .values([
      memberRow(clusterId, "aa", { isLeader: true, alarms: ["NOSPACE"] }),
      memberRow(clusterId, "bb", { dbSizeBytes: 100 * MIB, raftIndex: 880, revision: 490 }),
      memberRow(clusterId, "cc", { failure: "does not answer" }),
    ]);
  const sizes = Array.from({ length: 360 }, (_, i) => ({ at: NOW - i * 40_000 - 10_000, i }));
  await db.insert(schema.memberSample).values(
    sizes.map(({ at, i }) => ({
      ...{ clusterId, at: new Date(at), memberId: "bb", dbSizeBytes: 100 * MIB - i * 10_000, dbSizeInUseBytes: 1 },
      ...{ revision: 1, raftIndex: 1, raftAppliedIndex: 1, isLeader: false, statusMs: 1 },
    })),
  );
  const since = new Date(NOW - HOUR_MS);
  await db.insert(schema.collectorState).values([
    { clusterId, collector: "keyspace", health: "ok", since, at: new Date(NOW - 4_000) },
    { clusterId, collector: "metrics", health: "degraded", since, at: new Date(NOW - 4_000) },
    { clusterId, collector: "leases", health: "failed", since, at: new Date(NOW - 4_000) },
  ]);
  const cost = { requests: 7, keys: 1, receivedBytes: 1_000, requestSeconds: 0.5, events: 0 };
  await db.insert(schema.collectorCost).values([
    { clusterId, hour: new Date(DAY_MS - HOUR_MS), purpose: "scan", ...cost },
    { clusterId, hour: new Date(DAY_MS), purpose: "scan", ...cost },
    { clusterId, hour: new Date(DAY_MS + HOUR_MS), purpose: "scan", ...cost },
  ]);
  const finding = { clusterId, severity: "warning", title: "t", text: "t", next: "n" } as const;
  const times = { openedAt: since, checkedAt: since };
  await db.insert(health.finding).values([
    { ...finding, ...times, rule: "L01", scope: "aa" },
    { ...finding, ...times, rule: "L01", scope: "bb" },
    { ...finding, ...times, rule: "L06", scope: "", severity: "critical" },
    { ...finding, ...times, rule: "L09", scope: "", closedAt: since },
  ]);
  const band = { peak: 9, peakAt: since, median: 1, mad: 0, baseline: "recent", checkedAt: since };
  await db.insert(health.spike).values([
    { clusterId, onset: since, signal: "fsyncP99", subject: "aa", label: "m-aa", ...band },
    { clusterId, onset: since, signal: "fsyncP99", subject: "bb", label: "m-bb", ...band, endedAt: since },
  ]);
  const micros = (slots: (number | null)[]) => Array.from({ length: 12 }, (_, i) => slots[i] ?? null);
  await db.insert(health.probeMinute).values([
    {
      ...{ clusterId, minute: new Date(NOW - 60_000), memberId: "aa", failures: [] },
      ...{ serializableMicros: micros([700, 900, 800]), linearizableMicros: micros([4_000, -1, 2_000]) },
    },
  ]);
  const result = { clusterId, revision: 1, results: [] };
  await db.insert(health.hashCheck).values([
    { ...result, at: new Date(NOW - 2 * HOUR_MS), verdict: "different" },
    { ...result, at: new Date(NOW - HOUR_MS), verdict: "incomparable" },
  ]);
}

const MINE = { cluster: 'pr"od\\eu' };
function value(name: string, labels: Record<string, string> = {}): number | undefined {
  const wanted = { ...MINE, ...labels };
  const found = samples.filter(
    (sample) => sample.name === name && Object.entries(wanted).every(([label, text]) => sample.labels[label] === text),
  );
  if (found.length > 1) throw new Error(`${found.length} samples of ${name}`);
  return found[0]?.value;
}

describe("the page", () => {
  test("promtool finds nothing to object to", async () => {
    expect(await promtool(["check", "metrics"], page)).toBe("");
  });

  test("every sample has a type, and no two have the same labels", () => {
    const { types } = parseExposition(page);
    expect(samples.filter(({ name }) => !types.has(name))).toEqual([]);
    expect(new Set(samples.map(({ name, labels }) => JSON.stringify([name, labels]))).size).toBe(samples.length);
    for (const [name, type] of types) expect(name.endsWith("_total"), name).toBe(type === "counter");
  });
});

describe("the keyspace", () => {
  test("the whole equals the books", () => {
    const gauge = books.gauge(0, NOW);
    expect(value("etcdscope_keyspace_keys")).toBe(gauge.keys);
    expect(value("etcdscope_keyspace_live_bytes")).toBe(gauge.keyBytes + gauge.valueBytes);
    const counts = books.counts(0, { fromMs: DAY_MS, toMs: NOW });
    expect(value("etcdscope_keyspace_puts_total")).toBe(counts.puts);
    expect(value("etcdscope_keyspace_deletes_total")).toBe(counts.deletes);
    expect(value("etcdscope_keyspace_written_bytes_total")).toBe(counts.writtenBytes);
  });

  test("prefixes equal the books, and are a cut: they add up to the whole", () => {
    for (const [slot, prefix] of [
      [3, "/registry/pods/ns-1/"],
      [5, "/registry/leases/"],
    ] as const) {
      expect(value("etcdscope_prefix_keys", { prefix, part: "all" })).toBe(books.gauge(slot, NOW).keys);
      const counts = books.counts(slot, { fromMs: DAY_MS, toMs: NOW });
      expect(value("etcdscope_prefix_puts_total", { prefix })).toBe(counts.puts);
      expect(value("etcdscope_prefix_written_bytes_total", { prefix })).toBe(counts.writtenBytes);
    }
    const sum = (name: string) => samples.filter((one) => one.name === name).reduce((all, one) => all + one.value, 0);
    expect(sum("etcdscope_prefix_keys")).toBe(value("etcdscope_keyspace_keys"));
    expect(sum("etcdscope_prefix_live_bytes")).toBe(value("etcdscope_keyspace_live_bytes"));
    const rest = books.gauge(2, NOW).keys - books.gauge(3, NOW).keys - books.gauge(4, NOW).keys;
    expect(value("etcdscope_prefix_keys", { prefix: "/registry/pods/", part: "rest" })).toBe(rest);
  });

  test("history that was not measured is absent", () => {
    expect(page).not.toContain("etcdscope_keyspace_history_bytes");
    expect(page).not.toContain("etcdscope_prefix_history_bytes");
  });

  test("of an old model no size is told, but its phase and how far it lags", async () => {
    await testDb()
      .db.update(schema.keyspaceStatus)
      .set({ at: new Date(NOW - 300_000), phase: "resync" });
    await read();
    expect(value("etcdscope_keyspace_keys")).toBeUndefined();
    expect(page).not.toContain("etcdscope_prefix_keys");
    expect(value("etcdscope_model_phase", { phase: "resync" })).toBe(1);
    expect(value("etcdscope_model_lag_seconds")).toBe(300);
    await testDb()
      .db.update(schema.keyspaceStatus)
      .set({ at: new Date(NOW - 3_000), phase: "live" });
    await read();
  });

  test("no more lines than asked for", async () => {
    await read({ prefixes: 1 });
    const lines = samples.filter(({ name }) => name === "etcdscope_prefix_keys");
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.length).toBeLessThanOrEqual(2);
    await read({ prefixes: 0 });
    expect(page).not.toContain("etcdscope_prefix_");
    expect(value("etcdscope_keyspace_keys")).toBeGreaterThan(0);
    await read();
  });
});

describe("members", () => {
  test("one that does not answer is down, and tells nothing else", () => {
    expect(value("etcdscope_cluster_members")).toBe(3);
    expect(value("etcdscope_cluster_members_up")).toBe(2);
    expect(value("etcdscope_member_up", { member: "m-cc" })).toBe(0);
    expect(value("etcdscope_member_db_size_bytes", { member: "m-cc" })).toBeUndefined();
    expect(value("etcdscope_cluster_has_leader")).toBe(1);
    expect(value("etcdscope_cluster_alarm", { alarm: "NOSPACE" })).toBe(1);
    expect(value("etcdscope_cluster_alarm", { alarm: "CORRUPT" })).toBe(0);
    expect(value("etcdscope_member_raft_behind_entries", { member: "m-bb" })).toBe(20);
  });

  test("the store is that of the largest file", () => {
    expect(value("etcdscope_db_size_bytes")).toBe(100 * MIB);
    expect(value("etcdscope_quota_bytes")).toBe(2_048 * MIB);
    expect(value("etcdscope_cluster_revision")).toBe(500);
  });

  test("a straight line leads to the predicted size", () => {
    // 10,000 bytes each 40 s, and the newest sample is 10 s old.
    const predicted = 100 * MIB + ((4 * 3_600 + 10) / 40) * 10_000;
    expect(value("etcdscope_db_size_predicted_bytes", { horizon: "4h" })).toBeCloseTo(predicted, 0);
  });

  test("what was read long ago is absent, and so is what a paused cluster never told", () => {
    expect(value("etcdscope_cluster_members", { cluster: "stale" })).toBeUndefined();
    expect(value("etcdscope_member_up", { cluster: "stale" })).toBeUndefined();
    expect(value("etcdscope_cluster_paused", { cluster: "paused" })).toBe(1);
    expect(value("etcdscope_open_findings", { cluster: "paused", severity: "critical" })).toBeUndefined();
  });
});

describe("health", () => {
  test("findings and spikes that go on", () => {
    expect(value("etcdscope_open_findings", { severity: "warning" })).toBe(2);
    expect(value("etcdscope_open_findings", { severity: "critical" })).toBe(1);
    expect(value("etcdscope_open_findings", { severity: "info" })).toBe(0);
    expect(value("etcdscope_open_findings_by_rule", { rule: "L01", severity: "warning" })).toBe(2);
    expect(value("etcdscope_open_findings_by_rule", { rule: "L09" })).toBeUndefined();
    expect(value("etcdscope_open_spikes", { signal: "fsyncP99" })).toBe(1);
    expect(value("etcdscope_open_spikes", { signal: "commitP99" })).toBe(0);
  });

  test("probes of the last minute", () => {
    const labels = { member: "m-aa", read: "serializable" };
    expect(value("etcdscope_probe_median_seconds", labels)).toBe(0.0008);
    expect(value("etcdscope_probe_max_seconds", labels)).toBe(0.0009);
    expect(value("etcdscope_probe_failures", labels)).toBe(0);
    expect(value("etcdscope_probe_median_seconds", { ...labels, read: "linearizable" })).toBe(0.003);
    expect(value("etcdscope_probe_failures", { ...labels, read: "linearizable" })).toBe(1);
  });

  test("the last hash check that could compare, and when the last one was", () => {
    expect(value("etcdscope_hash_check_equal")).toBe(0);
    expect(value("etcdscope_hash_check_timestamp_seconds")).toBe((NOW - HOUR_MS) / 1_000);
  });

  test("what collecting cost since midnight", () => {
    expect(value("etcdscope_collection_requests_total", { purpose: "scan" })).toBe(14);
    expect(value("etcdscope_collection_received_bytes_total", { purpose: "scan" })).toBe(2_000);
    expect(value("etcdscope_collection_request_seconds_total", { purpose: "scan" })).toBe(1);
  });

  test("without a worker no collector works; with one each does as it says", async () => {
    expect(samples.find(({ name }) => name === "etcdscope_worker_up")?.value).toBe(0);
    expect(value("etcdscope_collector_up", { collector: "keyspace" })).toBe(0);
    const at = new Date();
    const sign = {
      id: "00000000-0000-4000-8000-000000000001",
      pid: 1,
      startedAt: at,
      at: new Date(Date.now() + 3_600_000),
    };
    await testDb().db.insert(schema.worker).values(sign);
    await read();
    expect(value("etcdscope_collector_up", { collector: "keyspace" })).toBe(1);
    expect(value("etcdscope_collector_up", { collector: "metrics" })).toBe(1);
    expect(value("etcdscope_collector_degraded", { collector: "metrics" })).toBe(1);
    expect(value("etcdscope_collector_up", { collector: "leases" })).toBe(0);
    const success = "etcdscope_collector_last_success_timestamp_seconds";
    expect(value(success, { collector: "keyspace" })).toBe((NOW - 4_000) / 1_000);
    expect(value(success, { collector: "leases" })).toBeUndefined();
  });
});
