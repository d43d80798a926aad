import { expect, test } from "vitest";
import { type HashResult, hashWords, judgeHashes } from "@/lib/model/consistency";

function result(name: string, hash: string | null, compactRevision: number | null = 5): HashResult {
  return { memberId: name, name, hash, compactRevision, tookMs: 1, failure: hash === null ? "No answer." : null };
}

test.each([
  {
    results: [result("a", "1"), result("b", "1"), result("c", "1")],
    verdict: "equal",
    text: "All 3 members have the same data at revision 9.",
  },
  {
    results: [result("c", "1"), result("a", "1"), result("b", "2")],
    verdict: "different",
    text: "The members' data differ at revision 9: a, c against b.",
  },
  {
    results: [result("b", "2"), result("a", "1")],
    verdict: "different",
    text: "The members' data differ at revision 9: a against b.",
  },
  {
    results: [result("a", "1"), result("b", "1", 7)],
    verdict: "incomparable",
    text: "The members had compacted up to different revisions, so their hashes cannot be compared.",
  },
  {
    results: [result("a", "1"), result("b", null, null)],
    verdict: "incomparable",
    text: "Fewer than two members answered, so nothing could be compared.",
  },
  {
    results: [result("a", "1"), result("b", null, null), result("c", "1")],
    verdict: "equal",
    text: "All 2 members have the same data at revision 9.",
  },
  { results: [], verdict: "incomparable", text: "Fewer than two members answered, so nothing could be compared." },
] as const)("$text", ({ results, verdict, text }) => {
  expect(judgeHashes(results)).toBe(verdict);
  expect(hashWords({ revision: 9, verdict, results })).toBe(text);
});
