import { expect, test } from "vitest";
import { consistencySentence, hashCostWords } from "@/components/members/consistency-words";
import type { ConsistencyMember, HashCheckRow } from "@/lib/api/consistency";

function member(name: string, more: Partial<ConsistencyMember> = {}): ConsistencyMember {
  const place = { revision: 9, revisionsBehind: 0, raftBehind: 0, keys: 5, keysApart: 0 };
  const row = { memberId: name, name, isLeader: name === "m0", isLearner: false, failure: null, at: null };
  return { ...row, ...place, ...more };
}

const check = (verdict: HashCheckRow["verdict"]): HashCheckRow => {
  return { at: "2026-03-01T12:00:00Z", revision: 9, verdict, text: `It is ${verdict}.`, results: [] };
};

test.each([
  { items: [], checks: [], text: "No member is known yet." },
  { items: [member("m0")], checks: [], text: "There is one member, and nothing to compare it with." },
  {
    items: [member("m0"), member("m1")],
    checks: [check("equal")],
    text: "No member is behind the leader by more than the time between two samples explains.",
  },
  {
    items: [member("m0"), member("m1", { revisionsBehind: 1, raftBehind: 2, keysApart: -3 })],
    checks: [],
    text: "m1 is at least 1 revision behind, is at least 2 raft entries behind, has 3 keys fewer.",
  },
  {
    items: [member("m0"), member("m1", { revisionsBehind: null, raftBehind: null })],
    checks: [],
    text: "m1 cannot be compared with the leader now.",
  },
  { items: [member("m0"), member("m1")], checks: [check("different")], text: "It is different." },
])("$text", ({ items, checks, text }) => {
  expect(consistencySentence({ items, checks })).toBe(text);
});

test("what a comparison costs is said before it is asked for", () => {
  const items = [member("m0"), member("m1"), member("m2", { isLearner: true })];
  expect(hashCostWords({ items, largestDbBytes: 1.5 * 1024 ** 3 })).toContain(
    "With 1.50 GiB in use that is about 3.0 s at each of 2.",
  );
  expect(hashCostWords({ items, largestDbBytes: null })).toContain("2 s of CPU a GiB");
});
