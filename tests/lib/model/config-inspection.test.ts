import { describe, expect, test } from "vitest";
import type { ConfigFacts, ConfigMember } from "@/lib/model/config-facts";
import { inspectConfiguration } from "@/lib/model/config-inspection";

const GIB = 1024 ** 3;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

function member(name: string, change: Partial<ConfigMember> = {}): ConfigMember {
  return {
    ...{ name, version: "3.6.8", isLearner: false, quotaBytes: 8 * GIB, logged: null, peerRttMs: 1 },
    ...{ entriesPerSnapshot: null, knownBugs: [] },
    ...change,
  };
}

function three(change: Partial<ConfigMember> = {}): ConfigMember[] {
  return ["a", "b", "c"].map((name) => member(name, change));
}

function rowOf(id: string, facts: Partial<ConfigFacts>) {
  const all = inspectConfiguration({ members: three(), compactionsMs: [], watchedMs: 24 * HOUR_MS, ...facts });
  const row = all.find((one) => one.id === id);
  if (row === undefined) throw new Error(`no row ${id}`);
  return row;
}

const logged = (settings: Record<string, string>) => new Map(Object.entries(settings));
const timeouts = (heartbeat: string, election: string) =>
  logged({ "heartbeat-interval": heartbeat, "election-timeout": election });

test("without members there is nothing to inspect", () => {
  expect(inspectConfiguration({ members: [], compactionsMs: [], watchedMs: 0 })).toEqual([]);
});

test("every row has a value or a reason for every member, and a source", () => {
  const members = [member("a"), member("b", { version: null, quotaBytes: null, peerRttMs: null }), member("c")];
  for (const row of inspectConfiguration({ members, compactionsMs: [], watchedMs: 0 })) {
    expect(row.values.map(({ member }) => member)).toEqual(["a", "b", "c"]);
    for (const { value, why } of row.values) expect((value === null) === (why !== null)).toBe(true);
    expect(row.source.url).toMatch(/^https:\/\/(etcd\.io|github\.com)\//);
    expect(row.sentence).toMatch(/\.$/);
  }
});

test.each([
  { quotas: [8 * GIB, 8 * GIB], verdict: "ok" },
  { quotas: [8 * GIB + 1, 8 * GIB + 1], verdict: "warn" },
  { quotas: [2 * GIB, 2 * GIB], verdict: "ok" },
  { quotas: [2 * GIB, 8 * GIB], verdict: "warn" },
  { quotas: [null, null], verdict: "unknown" },
  { quotas: [null, 4 * GIB], verdict: "ok" },
])("quotas of $quotas are $verdict", ({ quotas, verdict }) => {
  const members = quotas.map((quotaBytes, i) => member(`m${i}`, { quotaBytes }));
  expect(rowOf("quota", { members }).verdict).toBe(verdict);
});

test("a quota that neither metrics nor Status tell is taken from the log", () => {
  const members = [member("a", { quotaBytes: null, logged: logged({ "quota-backend-bytes": String(4 * GIB) }) })];
  expect(rowOf("quota", { members }).values[0]?.value).toBe("4.00 GiB");
});

describe("compaction", () => {
  const every = (ms: number, times: number) => Array.from({ length: times }, (_, i) => i * ms);
  test.each([
    { compactionsMs: every(5 * MINUTE_MS, 20), verdict: "ok", words: "as kube-apiserver does it" },
    { compactionsMs: every(30 * MINUTE_MS, 20), verdict: "ok", words: "by a client" },
    { compactionsMs: every(13 * HOUR_MS, 2), verdict: "warn", words: "seldom" },
    { compactionsMs: [5], verdict: "ok", words: "One compaction" },
    { compactionsMs: [], verdict: "warn", words: "Nobody has compacted" },
  ])("$words: $verdict", ({ compactionsMs, verdict, words }) => {
    const row = rowOf("compaction", { compactionsMs });
    expect(row.verdict).toBe(verdict);
    expect(row.sentence).toContain(words);
  });

  test("nothing is said after less than an hour", () => {
    expect(rowOf("compaction", { watchedMs: HOUR_MS - 1 }).verdict).toBe("unknown");
  });

  test("etcd's own is named where it was logged", () => {
    const settings = logged({ "auto-compaction-mode": "periodic", "auto-compaction-retention": "1h0m0s" });
    const row = rowOf("compaction", { members: three({ logged: settings }), compactionsMs: every(6 * MINUTE_MS, 9) });
    expect(row.sentence).toContain("by etcd itself");
    expect(row.values[0]?.value).toBe("by itself, periodic 1h0m0s");
    const off = logged({ "auto-compaction-mode": "periodic", "auto-compaction-retention": "0s" });
    expect(rowOf("compaction", { members: three({ logged: off }) }).values[0]?.value).toBe("not by itself");
  });
});

describe("heartbeat and election", () => {
  test.each([
    { rttMs: 1, settings: timeouts("100ms", "1s"), verdict: "ok" },
    { rttMs: 100, settings: timeouts("100ms", "1s"), verdict: "ok" }, // ten round trips, just
    { rttMs: 101, settings: timeouts("100ms", "1s"), verdict: "warn" },
    { rttMs: 200, settings: timeouts("100ms", "2s"), verdict: "ok" }, // half a round trip, just
    { rttMs: 201, settings: timeouts("100ms", "5s"), verdict: "warn" },
    { rttMs: 1, settings: timeouts("500ms", "5s"), verdict: "warn" }, // far longer than needed
    { rttMs: 1, settings: null, verdict: "unknown" },
    { rttMs: null, settings: timeouts("100ms", "1s"), verdict: "unknown" },
  ])("a round trip of $rttMs ms: $verdict", ({ rttMs, settings, verdict }) => {
    expect(rowOf("timeouts", { members: three({ peerRttMs: rttMs, logged: settings }) }).verdict).toBe(verdict);
  });

  test("where they are not logged, what would be right is said", () => {
    expect(rowOf("timeouts", { members: three({ peerRttMs: 0.6 }) }).sentence).toContain(
      "the defaults, 100 ms and 1000 ms",
    );
    expect(rowOf("timeouts", { members: three({ peerRttMs: 148 }) }).sentence).toContain("150 ms and 1500 ms");
  });

  test("members that differ, and a member alone", () => {
    const members = [
      member("a", { logged: timeouts("100ms", "1s") }),
      member("b", { logged: timeouts("100ms", "2s") }),
      member("c"),
    ];
    expect(rowOf("timeouts", { members }).verdict).toBe("warn");
    expect(rowOf("timeouts", { members: [member("a", { peerRttMs: null })] }).verdict).toBe("ok");
  });
});

test.each([
  { change: { logged: logged({ "snapshot-count": "10000" }) }, verdict: "ok", value: "10,000 entries" },
  { change: { entriesPerSnapshot: 9_980 }, verdict: "ok", value: "about 9,980 entries, as counted" },
  { change: { logged: logged({ "snapshot-count": "1000000" }) }, verdict: "warn", value: "1,000,000 entries" },
  { change: { logged: logged({ "snapshot-count": "many" }) }, verdict: "unknown", value: null },
  { change: {}, verdict: "unknown", value: null },
])("a snapshot after $value: $verdict", ({ change, verdict, value }) => {
  const row = rowOf("snapshot-count", { members: three(change) });
  expect([row.verdict, row.values[0]?.value]).toEqual([verdict, value]);
});

test.each([
  { versions: ["3.6.8", "3.6.8", "3.6.8"], verdict: "ok", words: "the same" },
  { versions: ["3.5.21", "3.6.8", "3.6.8"], verdict: "warn", words: "Finish the upgrade" },
  { versions: ["3.6.7", "3.6.8", "3.6.8"], verdict: "warn", words: "bring all to the newest" },
  { versions: [null, null, null], verdict: "unknown", words: "No member" },
])("versions $versions: $verdict", ({ versions, verdict, words }) => {
  const row = rowOf("versions", { members: versions.map((version, i) => member(`m${i}`, { version })) });
  expect(row.verdict).toBe(verdict);
  expect(row.sentence).toContain(words);
});

test.each([
  { voters: 3, learners: 0, verdict: "ok", words: "bear the loss of 1" },
  { voters: 5, learners: 0, verdict: "ok", words: "bear the loss of 2" },
  { voters: 4, learners: 0, verdict: "warn", words: "bear the loss of 1, no more than 3" },
  { voters: 2, learners: 0, verdict: "warn", words: "bear the loss of 0, no more than 1" },
  { voters: 1, learners: 0, verdict: "warn", words: "so is the cluster" },
  { voters: 3, learners: 1, verdict: "warn", words: "has no vote" },
])("$voters voters and $learners learners: $verdict", ({ voters, learners, verdict, words }) => {
  const members = Array.from({ length: voters + learners }, (_, i) => member(`m${i}`, { isLearner: i >= voters }));
  const row = rowOf("voters", { members });
  expect(row.verdict).toBe(verdict);
  expect(row.sentence).toContain(words);
});

test("known bugs that matter are counted once, whoever has them", () => {
  const bug = { problem: "Something breaks", severity: "critical" } as const;
  expect(rowOf("known-bugs", { members: three({ knownBugs: [bug] }) })).toMatchObject({
    verdict: "warn",
    sentence: expect.stringContaining("One bug is known"),
  });
  expect(rowOf("known-bugs", { members: three({ knownBugs: [{ ...bug, severity: "info" }] }) }).verdict).toBe("ok");
});
