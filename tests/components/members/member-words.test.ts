import { expect, test } from "vitest";
import { againstMeanWords, connectionRows, membersSentence } from "@/components/members/member-words";
import type { ConnectionsAnswer } from "@/lib/api/leases";
import type { MemberRow } from "@/lib/api/members";

function member(name: string, change: Partial<MemberRow> = {}): MemberRow {
  return { name, memberId: `id of ${name}`, failure: null, isLeader: false, ...change } as MemberRow;
}

test.each([
  { members: [], sentence: "No member has been listed yet" },
  { members: [member("a", { isLeader: true })], sentence: "a is the only member" },
  {
    members: [member("a"), member("b", { isLeader: true }), member("c")],
    sentence: "3 members, all answer; b leads",
  },
  {
    members: [member("a", { isLeader: true }), member("b", { failure: "refused" }), member("c")],
    sentence: "b does not answer, of 3 members",
  },
  {
    members: [member("", { failure: "never started" }), member("b", { failure: "refused" })],
    sentence: "id of , b do not answer, of 2 members",
  },
  { members: [member("a"), member("b")], sentence: "2 members, and no leader: the cluster takes no writes" },
])("$sentence", ({ members, sentence }) => {
  expect(membersSentence(members)).toBe(sentence);
});

test("every client address is a line, and those not kept apart are one", () => {
  const item = { connections: 10, otherConnections: 4, at: "2026-01-01T00:00:00Z", againstMean: null };
  const clients = [{ address: "10.0.0.1", resolvedName: "node a", connections: 6 }];
  const rows = connectionRows({ items: [{ ...item, reporter: "m0", clients }] } as unknown as ConnectionsAnswer);
  expect(rows).toEqual([
    { reporter: "m0", address: "10.0.0.1", resolvedName: "node a", connections: 6, share: 0.6 },
    { reporter: "m0", address: null, resolvedName: null, connections: 4, share: 0.4 },
  ]);
});

test.each([
  { againstMean: null, words: "the only member that reports" },
  { againstMean: 1.04, words: "as many as the mean" },
  { againstMean: 2.44, words: "2.4 times the mean" },
  { againstMean: 0.5, words: "0.5 times the mean" },
])("$againstMean: $words", ({ againstMean, words }) => {
  expect(againstMeanWords(againstMean)).toBe(words);
});
