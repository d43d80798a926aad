import { expect, test } from "vitest";
import { keyShares, leaseSentences, remainingShares, ttlShares } from "@/components/leases/lease-words";
import type { LeasesAnswer } from "@/lib/api/leases";

const ANSWER: LeasesAnswer = {
  leases: 1_204,
  leasedKeys: 39_120,
  sampledLeases: 200,
  grantedTtls: [
    { ttlSeconds: 60, leases: 20 },
    { ttlSeconds: 3_660, leases: 170 },
  ],
  otherTtlLeases: 10,
  remainingTenths: [1, 2, 3, 4, 5, 6, 7, 8, 9, 155],
  keysPerLease: [
    { upTo: 0, leases: 12 },
    { upTo: 1, leases: 8 },
    { upTo: 10, leases: 20 },
    { upTo: null, leases: 160 },
  ],
  meanKeysPerLease: 32.5,
  orphans: 12,
  estimatedOrphans: { leases: 72, low: 42, high: 121 },
  prefixes: [],
  series: { atMs: [], leases: [], stepSeconds: 60 },
  at: "2026-01-01T00:00:00Z",
  reason: null,
  range: { from: "2026-01-01T00:00:00Z", to: "2026-01-01T01:00:00Z", observedSeconds: 3_600 },
  origin: "sampled",
};

test.each<{ change: Partial<LeasesAnswer>; title: string; lede: string }>([
  {
    change: {},
    title: "1,204 leases, with 39,120 keys attached",
    lede: "Of 200 asked 12 hold no key: about 72 of all, between 42 and 121.",
  },
  {
    change: { leasedKeys: null, orphans: 0, estimatedOrphans: { leases: 0, low: 0, high: 18 } },
    title: "1,204 leases",
    lede: "Of 200 asked every one holds a key; at most 18 of all hold none.",
  },
  {
    change: {
      leases: 1,
      leasedKeys: 1,
      sampledLeases: 1,
      orphans: 0,
      estimatedOrphans: { leases: 0, low: 0, high: 0 },
    },
    title: "1 lease, with 1 key attached",
    lede: "Every one of them holds a key.",
  },
  {
    change: {
      leases: 3,
      leasedKeys: 9,
      sampledLeases: 3,
      orphans: 1,
      estimatedOrphans: { leases: 1, low: 1, high: 1 },
    },
    title: "3 leases, with 9 keys attached",
    lede: "1 lease of them holds no key.",
  },
  { change: { leases: 0 }, title: "There is no lease", lede: "No key goes away by itself here." },
  {
    change: { orphans: null, estimatedOrphans: null },
    title: "1,204 leases, with 39,120 keys attached",
    lede: "Which of them hold no key is not known: no lease told its keys.",
  },
  {
    change: { leases: null, reason: "nobody looked" },
    title: "How many leases there are is not known",
    lede: "Nobody looked.",
  },
])("$title. $lede", ({ change, title, lede }) => {
  expect(leaseSentences({ ...ANSWER, ...change })).toEqual({ title, lede });
});

test("the bars are named by what they count", () => {
  expect(ttlShares(ANSWER)).toEqual([
    { label: "60 s", leases: 20 },
    { label: "61 min", leases: 170 },
    { label: "others", leases: 10 },
  ]);
  expect(remainingShares(ANSWER)[9]).toEqual({ label: "90–100 %", leases: 155 });
  expect(keyShares(ANSWER).map(({ label }) => label)).toEqual(["no key", "1 key", "2–10", "over 10"]);
});
