import { describe, expect, test } from "vitest";
import { driftWords, freshnessText, freshnessWords } from "@/components/shell/freshness";
import type { ClusterSummary, CollectorReport } from "@/lib/api/clusters";

const NOW_MS = Date.parse("2026-11-21T14:03:00.000Z");

type Facts = Parameters<typeof freshnessWords>[0];

function facts(keyspace: Partial<ClusterSummary["keyspace"]>, collectors: CollectorReport[] = []): Facts {
  return {
    paused: false,
    isManaged: false,
    collectors,
    keyspace: {
      phase: "live",
      revision: 1,
      at: new Date(NOW_MS - 1_200).toISOString(),
      lagMs: 1_200,
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
      ...keyspace,
    },
  };
}

function report(health: "degraded" | "failed", reason: string): CollectorReport {
  return {
    collector: "keyspace",
    health,
    reason,
    remedy: null,
    since: "2026-11-21T14:02:00Z",
    at: "2026-11-21T14:03:00Z",
  };
}

const at = (ageMs: number) => new Date(NOW_MS - ageMs).toISOString();
const scanned = { scannedKeys: 340_000, expectedKeys: 1_000_000 };
const refused = "connection refused by 10.0.0.3:2379";

describe("freshness in words", () => {
  test.each([
    {
      title: "registered without access to etcd",
      of: { ...facts({ phase: "unknown", at: null }), isManaged: true },
      text: "No etcd access: known by its apiservers",
      tone: "idle",
    },
    { title: "live", of: facts({}), text: "Exact, 1.2 s behind", tone: "good" },
    {
      title: "the first reading, with an estimate",
      of: facts({ phase: "baseline", at: null, ...scanned }),
      text: "Baseline: 340,000 of about 1,000,000 keys",
      tone: "warn",
    },
    {
      title: "the first reading, without an estimate",
      of: facts({ phase: "baseline", at: null, scannedKeys: 12 }),
      text: "Baseline: 12 keys",
      tone: "warn",
    },
    {
      title: "reading again",
      of: facts({ phase: "resync", at: at(4_000), ...scanned }),
      text: "Resync: 340,000 of about 1,000,000 keys",
      tone: "warn",
    },
    {
      title: "reading again, before the first page",
      of: facts({ phase: "resync", at: at(4_000), reason: "the watch was compacted" }),
      text: "Resync: the watch was compacted",
      tone: "warn",
    },
    {
      title: "a lost connection",
      of: facts({ at: at(60_000) }, [report("failed", refused)]),
      text: `No data since 14:02: ${refused}`,
      tone: "bad",
    },
    {
      title: "a connection that never was",
      of: facts({ phase: "unknown", at: null }, [report("failed", refused)]),
      text: `No data yet: ${refused}`,
      tone: "bad",
    },
    {
      title: "a worker that is gone",
      of: facts({ at: at(60_000) }),
      text: "No data since 14:02: the worker has not reported since",
      tone: "bad",
    },
    {
      title: "a trouble too young to have made figures old",
      of: facts({}, [report("degraded", "one endpoint is down")]),
      text: "Exact, 1.2 s behind",
      tone: "warn",
    },
    {
      title: "before anything is known",
      of: facts({ phase: "unknown", at: null }),
      text: "Connecting: no figures yet",
      tone: "idle",
    },
    {
      title: "paused",
      of: { ...facts({ at: at(60_000) }), paused: true },
      text: "Paused: figures are from 21 Nov, 14:02 UTC",
      tone: "idle",
    },
  ])("$title: $text", ({ of, text, tone }) => {
    const freshness = freshnessWords(of, NOW_MS);
    expect(freshnessText(freshness)).toBe(text);
    expect(freshness.tone).toBe(tone);
  });

  test.each([
    { ageMs: 30_000, headline: "Exact" },
    { ageMs: 30_001, headline: "No data since 14:02" },
  ])("$ageMs ms behind: $headline", ({ ageMs, headline }) => {
    expect(freshnessWords(facts({ at: at(ageMs) }), NOW_MS).headline).toBe(headline);
  });

  test("times of day are in the reader's zone", () => {
    expect(freshnessWords(facts({ at: at(60_000) }), NOW_MS, "Europe/Berlin").headline).toBe("No data since 15:02");
  });
});

test.each([
  { driftKeys: 0, driftCheckedKeys: 41_230, words: "0 of 41,230 keys compared differ" },
  { driftKeys: 1, driftCheckedKeys: 1, words: "1 of 1 key compared differs" },
  { driftKeys: null, driftCheckedKeys: null, words: null },
  { driftKeys: 0, driftCheckedKeys: 0, words: null },
])("a comparison with etcd is said: $words", ({ words, ...found }) => {
  expect(driftWords(facts(found).keyspace)).toBe(words);
});
