import { describe, expect, test } from "vitest";
import { factorWords, fileWords, ledgerWords, partWords } from "@/components/keyspace/ledger-words";
import { toSizeLines } from "@/components/keyspace/size-lines";
import type { LedgerRow } from "@/lib/api/ledger";
import type { MemberSeriesAnswer } from "@/lib/api/member-series";

const MIB = 1024 ** 2;
const member: LedgerRow = {
  ...{
    memberId: "8e9e05c52164694d",
    name: "etcd-1",
    isLeader: true,
    dbSizeBytes: 100 * MIB,
    dbSizeInUseBytes: 60 * MIB,
  },
  ...{ quotaBackendBytes: null, liveBytes: 30 * MIB, historyBytes: null, overheadBytes: null, freeBytes: 40 * MIB },
  parts: [
    { covers: ["live"], bytes: 30 * MIB },
    { covers: ["history", "overhead"], bytes: 30 * MIB },
    { covers: ["free"], bytes: 40 * MIB },
  ],
  ...{ factor: null, notes: [], sampledAt: null, failure: null },
};

describe("a ledger in words", () => {
  test("names every part, and those together that cannot be told apart", () => {
    expect(ledgerWords(member)).toBe(
      "File of etcd-1, 100 MiB: live 30.0 MiB; history and pages and index 30.0 MiB; free, given back by defragmentation 40.0 MiB",
    );
    expect(partWords({ covers: ["history"] })).toBe("History, freed by compaction");
    expect(ledgerWords({ ...member, name: "" })).toContain("8e9e05c52164694d");
  });

  test("says how full the file is where the quota is known, and why k is not", () => {
    expect(fileWords(member)).toBe("100 MiB");
    expect(fileWords({ ...member, quotaBackendBytes: 200 * MIB })).toBe("100 MiB, 50.0 % of the quota of 200 MiB");
    expect(fileWords({ ...member, dbSizeBytes: null })).toBe("size not told yet");
    expect(factorWords({ ...member, factor: 1.178 }, null)).toBe("k 1.18");
    expect(factorWords(member, "the replay has not begun")).toBe("k not known: history is not measured");
  });
});

describe("lines over the sizes", () => {
  const buckets = { atMs: [60_000, 120_000, 180_000], stepSeconds: 60 };
  const whole = { measure: "dbSize" as const, split: null, whole: null };
  const sampled: MemberSeriesAnswer = {
    measures: [{ measure: "dbSize", label: "db size", unit: "bytes" }],
    ...{ stepSeconds: 30, atMs: [60_000, 90_000, 120_000, 150_000, 180_000, 210_000] },
    series: [
      { ...whole, memberId: "a", name: "a", values: [10, 20, null, null, 5, null] },
      { ...whole, memberId: "b", name: "b", values: [15, null, null, null, 9, 8] },
    ],
    ...{ range: { from: "", to: "", observedSeconds: 60 }, origin: "sampled" },
  };

  test("are the largest member's, whatever the steps; without a sample there is none", () => {
    expect(toSizeLines(buckets, sampled, null).map(({ values }) => values)).toEqual([[20, null, 9]]);
  });

  test.each([
    { quota: 100, lines: ["file", "quota"] },
    { quota: 101, lines: ["file"] },
  ])("a quota of $quota over a file of 20 draws $lines", ({ quota, lines }) => {
    expect(toSizeLines(buckets, sampled, quota).map(({ id }) => id)).toEqual(lines);
  });

  test("before anything is answered there are none", () => {
    expect(toSizeLines(undefined, sampled, 9)).toEqual([]);
    expect(toSizeLines(buckets, undefined, 9)).toEqual([]);
  });
});
