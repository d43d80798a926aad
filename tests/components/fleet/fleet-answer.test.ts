import { describe, expect, test } from "vitest";
import { fleetAnswer } from "@/components/fleet/fleet-answer";
import { sizeWords } from "@/components/fleet/size-bar";
import type { ClusterSummary } from "@/lib/api/clusters";

const GIB = 1024 ** 3;

function cluster(changes: Partial<ClusterSummary>): ClusterSummary {
  return {
    id: 1,
    name: "prod-eu-1",
    source: "settings",
    isDemo: false,
    paused: false,
    isManaged: false,
    endpoints: ["http://10.0.0.3:2379"],
    etcdClusterId: null,
    usesTls: false,
    username: null,
    createdAt: "2026-11-21T12:00:00Z",
    health: "ok",
    collectors: [],
    keyspace: {
      phase: "live",
      revision: 10,
      at: "2026-11-21T14:00:00Z",
      lagMs: 1_000,
      reason: null,
      since: null,
      scannedKeys: null,
      expectedKeys: null,
      endpoint: null,
      historyReason: null,
      compactRevision: null,
      driftCheckedAt: null,
      driftCheckedKeys: null,
      driftKeys: null,
    },
    version: "3.5.30",
    memberCount: 3,
    membersAnswering: 3,
    alarms: [],
    dbSizeBytes: 2 * GIB,
    dbSizeInUseBytes: GIB,
    quotaBackendBytes: null,
    sampledAt: "2026-11-21T14:00:00Z",
    keys: 1_000,
    liveBytes: GIB,
    historyBytes: null,
    writesPerSecond: 40,
    writesSparkline: [],
    hottestPrefix: null,
    ...changes,
  };
}

const refused = cluster({
  health: "failed",
  collectors: [
    {
      collector: "keyspace",
      health: "failed",
      reason: "connection refused by 10.0.0.3:2379",
      remedy: "Check that etcd runs there.",
      since: "2026-11-21T13:00:00Z",
      at: "2026-11-21T14:00:00Z",
    },
  ],
});
const calm = (name: string) => cluster({ name });

describe("the fleet in a sentence", () => {
  test.each([
    { title: "No cluster yet", clusters: [] },
    { title: "prod-eu-1 is fine", clusters: [cluster({})] },
    { title: "You are looking at a demo", clusters: [cluster({ isDemo: true, name: "demo" })] },
    { title: "prod-eu-1 is paused", clusters: [cluster({ paused: true, health: "paused" })] },
    { title: "prod-eu-1 needs you", clusters: [refused] },
    { title: "All 2 clusters are fine", clusters: [calm("a"), calm("b")] },
    { title: "The one cluster at work is fine", clusters: [calm("a"), cluster({ paused: true })] },
    { title: "2 of 3 clusters are fine; prod-eu-1 needs you", clusters: [refused, calm("a"), calm("b")] },
    { title: "1 of 3 clusters is fine; 2 need you", clusters: [refused, cluster({ alarms: ["NOSPACE"] }), calm("b")] },
  ])("$title", ({ title, clusters }) => {
    expect(fleetAnswer(clusters).title).toBe(title);
  });

  test("the reason and what to do stand below", () => {
    expect(fleetAnswer([refused, calm("a")]).lede).toBe(
      "Connection refused by 10.0.0.3:2379. Check that etcd runs there.",
    );
  });

  test.each([
    { dbSizeGiB: 6.39, title: "prod-eu-1 is fine" },
    { dbSizeGiB: 6.4, title: "prod-eu-1 needs you" },
  ])("$dbSizeGiB GiB of an 8 GiB quota: $title", ({ dbSizeGiB, title }) => {
    const full = cluster({ dbSizeBytes: dbSizeGiB * GIB, quotaBackendBytes: 8 * GIB });
    expect(fleetAnswer([full]).title).toBe(title);
  });

  test("unknown figures are left out, not counted as zero", () => {
    const unknown = cluster({ keys: null, liveBytes: null, writesPerSecond: null });
    expect(fleetAnswer([unknown]).lede).toBe("No figures yet.");
  });
});

describe("the size bar in words", () => {
  test("with a quota", () => {
    expect(sizeWords({ dbSizeBytes: 2 * GIB, dbSizeInUseBytes: GIB, quotaBackendBytes: 8 * GIB })).toBe(
      "1.00 GiB in use in a file of 2.00 GiB (2,147,483,648 bytes), 25.0 % of the quota of 8.00 GiB",
    );
  });

  test("without one it says why", () => {
    expect(sizeWords({ dbSizeBytes: 2 * GIB, dbSizeInUseBytes: null, quotaBackendBytes: null })).toBe(
      "a file of 2.00 GiB (2,147,483,648 bytes). Quota not known: etcd up to 3.5 does not report it",
    );
  });
});
