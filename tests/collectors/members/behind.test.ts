import fc from "fast-check";
import { expect, test } from "vitest";
import { judgeBehind, type PlaceSample } from "@/collectors/members/behind";

const at = (memberId: string, revision: number, raftIndex = revision * 2): PlaceSample => {
  return { memberId, revision, raftIndex };
};

test("what the leader wrote between two samples is no lag", () => {
  const behind = judgeBehind([at("a", 90), at("L", 100), at("b", 110), at("b", 115), at("L", 120), at("a", 125)], "L");
  expect([...behind.values()]).toEqual(Array(3).fill({ revisionsBehind: 0, raftBehind: 0 }));
});

test("a member below an earlier place of the leader is behind by that much, the least of all pairs", () => {
  const behind = judgeBehind([at("L", 100), at("a", 60), at("b", 99), at("b", 101), at("a", 70), at("L", 140)], "L");
  expect(behind.get("a")).toEqual({ revisionsBehind: 30, raftBehind: 60 });
  expect(behind.get("b")).toEqual({ revisionsBehind: 0, raftBehind: 0 });
});

test("who was never asked after the leader is not known, nor anybody without a leader", () => {
  expect([...judgeBehind([at("a", 1), at("L", 100)], "L").keys()]).toEqual(["L"]);
  expect(judgeBehind([at("a", 1), at("b", 100)], "L").size).toBe(0);
});

test("never more than the member really was behind, whatever is written meanwhile", () => {
  const steps = fc.array(fc.record({ who: fc.constantFrom("L", "a", "b"), wrote: fc.nat(50), lag: fc.nat(30) }));
  fc.assert(
    fc.property(steps, (list) => {
      let leader = 1_000;
      const largest = new Map<string, number>();
      const samples = list.map(({ who, wrote, lag }) => {
        leader += wrote;
        if (who === "L") return at("L", leader);
        largest.set(who, Math.max(largest.get(who) ?? 0, lag));
        return at(who, leader - lag);
      });
      for (const [who, { revisionsBehind }] of judgeBehind(samples, "L")) {
        expect(revisionsBehind).toBeLessThanOrEqual(largest.get(who) ?? 0);
      }
    }),
  );
});
