import { describe, expect, test } from "vitest";
import { compareClocks } from "@/lib/queries/member-clocks";
import { listImbalances, type MemberLoad } from "@/lib/queries/member-imbalance";

function load(name: string, change: Partial<MemberLoad> = {}): MemberLoad {
  return { name, isLeader: false, requestsPerSecond: null, connections: null, ...change };
}

describe("imbalance", () => {
  const requests = (...each: (number | null)[]) =>
    each.map((requestsPerSecond, i) => load(`m${i}`, { requestsPerSecond, isLeader: i === 0 }));

  test.each([
    { members: requests(100, 100, 100), found: 0 },
    { members: requests(200, 50, 50), found: 0 }, // twice the mean, just
    { members: requests(201, 50, 50), found: 1 },
    { members: requests(9, 0, 0), found: 0 }, // few are not uneven
    { members: requests(100), found: 0 },
    { members: requests(100, null, null), found: 0 },
    { members: requests(100, 20), found: 0 },
    { members: requests(100, 5), found: 1 },
    {
      members: [load("a", { connections: 198 }), load("b", { connections: 1 }), load("c", { connections: 1 })],
      found: 1,
    },
  ])("$found in $members", ({ members, found }) => {
    expect(listImbalances(members)).toHaveLength(found);
  });

  test("is told with its numbers", () => {
    expect(listImbalances(requests(300, 20, 20))[0]).toBe(
      "m0 answers 300 requests a second, 2.6 times the mean of the members, and leads besides.",
    );
    expect(listImbalances(requests(300, 1, 1))[0]).toContain("leads and answers nearly all requests");
    const [sentence] = listImbalances([1, 1, 198].map((connections, i) => load(`m${i}`, { connections })));
    expect(sentence).toContain("m2 holds 198 connections, 3.0 times the mean");
  });
});

describe("clocks", () => {
  const clock = (name: string, leastMs: number, mostMs: number) => ({ name, leastMs, mostMs });

  test("that agree as far as is known differ by no more than their bounds", () => {
    expect(compareClocks([clock("a", -20, 30), clock("b", -10, 40)])).toMatchObject({
      ...{ atLeastMs: 0, atMostMs: 60, isWarning: false },
      text: "The members' clocks differ by no more than 60 ms.",
    });
  });

  test("that are apart for certain are named", () => {
    expect(compareClocks([clock("a", -20, 30), clock("b", 1_030, 1_080), clock("c", 0, 40)])).toMatchObject({
      ...{ atLeastMs: 1_000, atMostMs: 1_100, isWarning: true },
      text: "The clock of b is at least 1,000 ms ahead of a's.",
    });
    expect(compareClocks([clock("a", 0, 30), clock("b", 1_029, 1_080)])?.isWarning).toBe(false);
  });

  test("of fewer than two nothing is said", () => {
    expect(compareClocks([])).toBeNull();
    expect(compareClocks([clock("a", 0, 1)])).toBeNull();
  });
});
