import { beforeAll, describe, expect, test } from "vitest";
import { ConnectionsAnswer, LeasesAnswer } from "@/lib/api/leases";
import { LogSignalsAnswer } from "@/lib/api/traffic";
import { ensurePartitions } from "@/lib/db/partitions";
import { collectorState } from "@/lib/db/schema";
import { connectionSample, leaseSample } from "@/lib/db/schema-metrics";
import { clusterSource } from "@/lib/db/schema-sources";
import type { LeaseDistribution } from "@/lib/model/leases";
import { readConnections } from "@/lib/queries/connections";
import { estimateOrphans } from "@/lib/queries/lease-orphans";
import { readLeases } from "@/lib/queries/leases";
import { listLogSignals } from "@/lib/queries/log-signals";
import { useTestDb } from "../../support/db";
import { seedTraffic, trafficEvent } from "../../support/traffic-seed";
import { Books, isLeased, seedCluster, seedKeyspace } from "./seed";

const MINUTE_MS = 60_000;
const NOW = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
const testDb = useTestDb();
const ago = (minutes: number) => new Date(NOW - minutes * MINUTE_MS);
const books = new Books(5);
let clusterId: number;
let emptyId: number;

beforeAll(async () => {
  clusterId = await seedCluster(testDb(), "prod");
  emptyId = await seedCluster(testDb(), "empty");
  await ensurePartitions(testDb().db, NOW, NOW - 86_400_000);
  for (let atMs = NOW - 15 * MINUTE_MS; atMs < NOW; atMs += 5_000) books.write(atMs);
  await seedKeyspace(testDb(), clusterId, books, { fromMs: NOW - 15 * MINUTE_MS, nowMs: NOW });
});

const DISTRIBUTION: LeaseDistribution = {
  grantedTtls: [{ ttlSeconds: 3_660, leases: 200 }],
  otherTtlLeases: 3,
  remainingTenths: [0, 0, 0, 0, 0, 0, 0, 0, 100, 98],
  keysPerLease: [
    { upTo: 0, leases: 30 },
    { upTo: null, leases: 160 },
  ],
  keys: 760,
  orphans: 30,
  expired: 5,
  withheld: 5,
};

describe("leases", () => {
  const read = async (id: number, params: object = { range: "15m" }) => {
    const answer = await readLeases(testDb().db, id, params, NOW);
    expect(LeasesAnswer.strict().safeParse(answer).error).toBeUndefined();
    return answer;
  };

  beforeAll(async () => {
    const look = (minutes: number, leases: number) => ({
      clusterId,
      at: ago(minutes),
      leases,
      sampledLeases: 200,
      distribution: DISTRIBUTION,
    });
    await testDb()
      .db.insert(leaseSample)
      .values([look(14, 900), look(13, 910), look(12, 920), look(5, 1_000), look(4, 1_010)]);
  });

  test("are those of the newest look, with what its sample said of keys", async () => {
    const answer = await read(clusterId);
    expect(answer).toMatchObject({
      leases: 1_010,
      sampledLeases: 200,
      orphans: 30,
      at: ago(4).toISOString(),
      reason: null,
    });
    expect(answer.meanKeysPerLease).toBeCloseTo(760 / 190, 9);
    expect(answer.estimatedOrphans).toEqual(estimateOrphans({ leases: 1_010, sampled: 190, orphans: 30 }));
  });

  test("a look stands for twice the usual time between two; then there is a gap", async () => {
    const { series, range } = await read(clusterId);
    expect(series.stepSeconds).toBe(60);
    expect(series.leases.slice(1, 6)).toEqual([900, 910, 920, 920, null]);
    expect(series.leases.slice(-5)).toEqual([1_000, 1_010, 1_010, null, null].slice(0, 5));
    expect(range.observedSeconds).toBe((1 + 1 + 2 + 1 + 2) * 60);
  });

  test("leased keys are those of the model, by the prefixes that hold most of them", async () => {
    const { leasedKeys, prefixes } = await read(clusterId);
    expect(leasedKeys).toBe(books.keys().filter(isLeased).length);
    const under = (prefix: string) => books.keys().filter((key) => isLeased(key) && key.key.startsWith(prefix)).length;
    for (const { prefix, leasedKeys: told } of prefixes) expect(told, prefix).toBe(under(prefix));
    expect(prefixes.map(({ prefix }) => prefix)).toContain("/registry/leases/");
    expect(prefixes.map(({ prefix }) => prefix)).not.toContain("");
  });

  test("without a look the reason is told", async () => {
    expect(await read(emptyId)).toMatchObject({ leases: null, leasedKeys: null, estimatedOrphans: null });
    expect((await read(emptyId)).reason).toContain("Nobody looked at the leases");
    const { db } = testDb();
    await db.insert(collectorState).values({
      ...{ clusterId: emptyId, collector: "leases", health: "failed", reason: "Not allowed.", remedy: "Grant it." },
      ...{ since: ago(1), at: ago(0) },
    });
    expect((await read(emptyId)).reason).toBe("Not allowed. Grant it.");
    await db.insert(clusterSource).values({ clusterId: emptyId, source: "leases", enabled: false, settings: {} });
    expect((await read(emptyId)).reason).toContain("switched off");
  });
});

describe("the estimate of orphans", () => {
  test("is exact when every lease was asked", () => {
    expect(estimateOrphans({ leases: 200, sampled: 200, orphans: 12 })).toEqual({ leases: 12, low: 12, high: 12 });
  });

  test("is Wilson's interval on a small share of very many", () => {
    // 10 of 100: 5.52 % to 17.44 %, as tables have it.
    const { leases, low, high } = estimateOrphans({ leases: 10_000_000, sampled: 100, orphans: 10 });
    expect(leases).toBe(1_000_000);
    expect(low / 10_000_000).toBeCloseTo(0.0552, 3);
    expect(high / 10_000_000).toBeCloseTo(0.1744, 3);
  });

  test("none seen is not none there; what was seen is there", () => {
    expect(estimateOrphans({ leases: 100_000, sampled: 400, orphans: 0 })).toMatchObject({ leases: 0, low: 0 });
    expect(estimateOrphans({ leases: 100_000, sampled: 400, orphans: 0 }).high).toBeGreaterThan(500);
    for (const orphans of [1, 7, 380, 400]) {
      const { low, high } = estimateOrphans({ leases: 410, sampled: 400, orphans });
      expect(low).toBeGreaterThanOrEqual(orphans);
      expect(high).toBeLessThanOrEqual(410 - (400 - orphans));
    }
  });

  test("holds the truth in about 95 of 100 draws", () => {
    let random = 1;
    const next = () => {
      random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0;
      return random / 2 ** 32;
    };
    let held = 0;
    for (let draw = 0; draw < 500; draw++) {
      const all = Array.from({ length: 2_000 }, (_, i) => i < 300);
      for (let i = 0; i < 400; i++) {
        const other = i + Math.floor(next() * (all.length - i));
        [all[i], all[other]] = [all[other] as boolean, all[i] as boolean];
      }
      const orphans = all.slice(0, 400).filter(Boolean).length;
      const { low, high } = estimateOrphans({ leases: 2_000, sampled: 400, orphans });
      if (low <= 300 && 300 <= high) held++;
    }
    expect(held).toBeGreaterThan(460);
  });
});

describe("connections", () => {
  const report = (reporter: string, minutes: number, connections: number, clients: [string, number][]) => ({
    ...{ clusterId, at: ago(minutes), reporter, connections, otherConnections: 0 },
    clients: clients.map(([address, count]) => ({ address, connections: count })),
  });
  const read = async (id: number) => {
    const answer = await readConnections(testDb().db, id, { range: "15m" }, NOW);
    expect(ConnectionsAnswer.strict().safeParse(answer).error).toBeUndefined();
    return answer;
  };

  beforeAll(async () => {
    await testDb()
      .db.insert(connectionSample)
      .values([
        report("m1", 3, 10, [["10.0.0.9", 10]]),
        report("m1", 1, 90, [
          ["10.0.0.9", 50],
          ["10.0.0.8", 40],
        ]),
        report("m2", 1, 10, [["10.0.0.9", 10]]),
        report("m3", 1, 8, [["10.0.0.7", 8]]),
        report("gone", 14, 500, [["10.0.0.7", 500]]),
      ]);
    const kubelet = { user: "system:node:n7", userAgent: "kubelet/v1", sourceAddress: "10.0.0.7" };
    await seedTraffic(testDb().db, clusterId, {
      source: "audit",
      events: [trafficEvent({ ...kubelet, atMs: NOW - MINUTE_MS })],
    });
  });

  test("are those of each member's newest report; who has stopped reporting is left out", async () => {
    const { items } = await read(clusterId);
    expect(items.map(({ reporter, connections }) => [reporter, connections])).toEqual([
      ["m1", 90],
      ["m2", 10],
      ["m3", 8],
    ]);
    expect(items[0]?.againstMean).toBeCloseTo(90 / 36, 9);
    expect(items[2]?.clients).toEqual([{ address: "10.0.0.7", connections: 8, resolvedName: "node n7" }]);
  });

  test("one member with more than twice the mean is named", async () => {
    const { imbalance, series } = await read(clusterId);
    expect(imbalance).toContain("m1 holds 90 of 108 connections");
    expect(series.series.map(({ name }) => name)).toEqual(["gone", "m1", "m2", "m3"]);
    const m1 = series.series.find(({ name }) => name === "m1")?.values ?? [];
    expect(m1.filter((value) => value !== null)).toEqual([10, 90]);
  });

  test("without an agent it is said how to start one", async () => {
    const { items, imbalance, reason } = await read(emptyId);
    expect({ items, imbalance }).toEqual({ items: [], imbalance: null });
    expect(reason).toContain("agent");
  });
});

describe("signals of the log", () => {
  const signal = (kind: "slow-fdatasync" | "election", minutes: number, micros: number | null, example: string) => ({
    ...{ kind, micros, example, atMs: NOW - minutes * MINUTE_MS + 1_000 },
  });

  beforeAll(async () => {
    const signals = [
      signal("slow-fdatasync", 5, 2_000_000, "slower"),
      signal("slow-fdatasync", 5, 1_000_000, "slow"),
      signal("slow-fdatasync", 3, 3_000_000, "slowest"),
      signal("election", 4, null, "elected"),
    ];
    await seedTraffic(testDb().db, clusterId, { source: "etcd-log", events: [], signals });
  });

  test("are told by kind, most lines first, with the worst line's words", async () => {
    const answer = await listLogSignals(testDb().db, clusterId, { range: "15m" }, NOW);
    expect(LogSignalsAnswer.strict().safeParse(answer).error).toBeUndefined();
    expect(answer.items).toMatchObject([
      {
        kind: "slow-fdatasync",
        lines: 3,
        worstMs: 3_000,
        meanMs: 2_000,
        example: "slowest",
        lastAt: ago(3).toISOString(),
      },
      { kind: "election", lines: 1, worstMs: null, meanMs: null, example: "elected" },
    ]);
    expect(answer.items[0]?.label).toBe("Slow syncs of the write-ahead log to the disk");
    const told = answer.items[0]?.perMinute.filter((value) => value !== null && value > 0);
    expect(told).toHaveLength(2);
  });

  test("none came where no log is read", async () => {
    const { items, range } = await listLogSignals(testDb().db, emptyId, { range: "15m" }, NOW);
    expect({ items, observedSeconds: range.observedSeconds }).toEqual({ items: [], observedSeconds: 0 });
  });
});
