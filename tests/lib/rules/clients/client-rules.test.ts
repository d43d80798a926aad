import { describe, expect, test } from "vitest";
import type { ClientAction, ClientFacts } from "@/lib/rules/clients/client-facts";
import { CLIENT_RULES, findClientPatterns } from "@/lib/rules/clients/client-rules";
import { conflictStorm } from "@/lib/rules/clients/conflict-storm";
import { deniedStorm } from "@/lib/rules/clients/denied-storm";
import { dominant } from "@/lib/rules/clients/dominant";
import { relistLoop } from "@/lib/rules/clients/relist-loop";
import { throttledStorm } from "@/lib/rules/clients/throttled-storm";
import { tightGetLoop } from "@/lib/rules/clients/tight-get-loop";
import { tightUpdateLoop } from "@/lib/rules/clients/tight-update-loop";
import { uncachedLists } from "@/lib/rules/clients/uncached-lists";
import { unpagedLists } from "@/lib/rules/clients/unpaged-lists";
import { watchChurn } from "@/lib/rules/clients/watch-churn";

const MINUTE = 60;

function action(given: Partial<ClientAction>): ClientAction {
  return {
    ...{ verb: "get", resource: "pods", namespace: "shop", requests: 1, activeSeconds: MINUTE, statuses: new Map() },
    ...{ unpagedLists: 0, uncachedLists: 0, busySeconds: null, responseBytes: null },
    ...given,
  };
}

/** One client that did this, on a cluster where much else is done. */
function facts(actions: readonly ClientAction[], more: Partial<ClientFacts> = {}): ClientFacts {
  const requests = actions.reduce((sum, one) => sum + one.requests, 0);
  const activeSeconds = Math.max(0, ...actions.map((one) => one.activeSeconds));
  const all = { requests: 1_000_000, observedSeconds: 3_600, busySeconds: null };
  return { requests, activeSeconds, busySeconds: null, actions, all, ...more };
}

/** `requests` lists in `minutes`. */
function lists(requests: number, minutes: number, given: Partial<ClientAction> = {}): ClientAction {
  const all = { unpagedLists: requests, uncachedLists: requests };
  return action({ verb: "list", namespace: "", requests, activeSeconds: minutes * MINUTE, ...all, ...given });
}

function answered(status: number, count: number, given: Partial<ClientAction> = {}): ClientAction {
  return action({ requests: count, statuses: new Map([[status, count]]), ...given });
}

describe("unpaged lists", () => {
  test.each([
    { what: "5 in 2.5 minutes", of: lists(5, 2.5), found: true },
    { what: "4 in 2 minutes", of: lists(4, 2), found: false },
    { what: "5 in 3 minutes", of: lists(5, 3), found: false },
    { what: "a page at a time", of: lists(50, 1, { unpagedLists: 0 }), found: false },
    { what: "of one namespace", of: lists(50, 1, { namespace: "shop" }), found: false },
    { what: "of a namespace that is not told", of: lists(50, 1, { namespace: null }), found: false },
    { what: "all refused", of: lists(50, 1, { statuses: new Map([[403, 50]]) }), found: false },
    { what: "no lists", of: lists(50, 1, { verb: "get" }), found: false },
  ])("$what: $found", ({ of, found }) => {
    expect(unpagedLists.check(facts([of]))?.pattern ?? null).toBe(found ? "unpaged-lists" : null);
  });

  test("the worst is told, with its numbers", () => {
    const worst = lists(40, 2, { resource: "pods", busySeconds: 108, responseBytes: 40 * 2 ** 20 });
    const finding = unpagedLists.check(facts([lists(10, 1, { resource: "secrets" }), worst]));
    expect(finding?.title).toBe("lists all pods 20 times a minute, unpaged");
    expect(finding?.evidence).toBe("40 lists of all pods without a limit, each 2.7 s and 1.00 MiB on average.");
  });
});

describe("lists past the watch cache", () => {
  test.each([
    { what: "8 in 2 minutes", of: lists(8, 2), found: true },
    { what: "8 in 2 minutes of a namespace", of: lists(8, 2, { namespace: "shop" }), found: true },
    { what: "7 in a minute", of: lists(7, 1), found: false },
    { what: "11 in 3 minutes", of: lists(11, 3), found: false },
    { what: "with resourceVersion=0", of: lists(50, 1, { uncachedLists: 0 }), found: false },
    { what: "in pages", of: lists(50, 1, { unpagedLists: 0 }), found: false },
    { what: "refused", of: lists(50, 1, { statuses: new Map([[403, 50]]) }), found: false },
  ])("$what: $found", ({ of, found }) => {
    expect(uncachedLists.check(facts([of]))?.pattern ?? null).toBe(found ? "uncached-lists" : null);
  });

  test("many namespaces once each are no habit", () => {
    const each = Array.from({ length: 100 }, (_, i) => lists(1, 1, { namespace: `ns-${i}` }));
    expect(findClientPatterns(facts(each))).toEqual([]);
  });
});

describe("relists", () => {
  test.each([
    { what: "10 in a minute", of: lists(10, 1), found: true },
    { what: "10 from the cache in a minute", of: lists(10, 1, { uncachedLists: 0 }), found: true },
    { what: "9 in a minute", of: lists(9, 1), found: false },
    { what: "19 in 2 minutes", of: lists(19, 2), found: false },
    { what: "100 pages", of: lists(100, 1, { unpagedLists: 0 }), found: false },
    { what: "in a moment, once", of: lists(9, 0.01), found: false },
  ])("$what: $found", ({ of, found }) => {
    expect(relistLoop.check(facts([of]))?.pattern ?? null).toBe(found ? "relist-loop" : null);
  });
});

describe("gets in a loop", () => {
  const gets = (requests: number, minutes: number, given: Partial<ClientAction> = {}) =>
    action({ requests, activeSeconds: minutes * MINUTE, ...given });
  test.each([
    { what: "60 a minute", of: [gets(60, 1)], found: true },
    { what: "59 a minute", of: [gets(59, 1)], found: false },
    { what: "over two namespaces together", of: [gets(30, 1), gets(30, 1, { namespace: "b" })], found: false },
    { what: "60 a minute of two namespaces", of: [gets(60, 1), gets(60, 1, { namespace: "b" })], found: true },
    { what: "half of what it does", of: [gets(60, 1), action({ verb: "create", requests: 60 })], found: true },
    { what: "less than half", of: [gets(60, 1), action({ verb: "create", requests: 61 })], found: false },
    { what: "40 misses, 30 a minute", of: [gets(40, 4 / 3, { statuses: new Map([[404, 40]]) })], found: true },
    { what: "39 misses", of: [gets(39, 1, { statuses: new Map([[404, 39]]) })], found: false },
    { what: "29 misses a minute", of: [gets(58, 2, { statuses: new Map([[404, 58]]) })], found: false },
    { what: "40 of which 31 are misses", of: [gets(40, 1, { statuses: new Map([[404, 31]]) })], found: false },
  ])("$what: $found", ({ what, of, found }) => {
    const client = facts(of, what.includes("together") ? { activeSeconds: 2 * MINUTE } : {});
    expect(tightGetLoop.check(client)?.pattern ?? null).toBe(found ? "tight-get-loop" : null);
  });

  test("what is not there is said to be missing", () => {
    const finding = tightGetLoop.check(facts([gets(60, 1, { statuses: new Map([[404, 60]]) })]));
    expect(finding?.evidence).toContain("100 % of them answered 404 (not found)");
  });
});

describe("writes in a loop", () => {
  const updates = (requests: number, minutes: number, given: Partial<ClientAction> = {}) =>
    action({ verb: "update", requests, activeSeconds: minutes * MINUTE, ...given });
  test.each([
    { what: "60 updates a minute", of: [updates(60, 1)], found: true },
    { what: "60 patches a minute", of: [updates(60, 1, { verb: "patch" })], found: true },
    { what: "59 a minute", of: [updates(59, 1)], found: false },
    { what: "119 in two minutes", of: [updates(119, 2)], found: false },
    { what: "of leases", of: [updates(600, 1, { resource: "leases.coordination.k8s.io" })], found: false },
    { what: "of events", of: [updates(600, 1, { resource: "events" })], found: false },
    { what: "creates", of: [updates(600, 1, { verb: "create" })], found: false },
    { what: "less than half of what it does", of: [updates(60, 1), action({ requests: 61 })], found: false },
    {
      what: "spread over namespaces",
      of: Array.from({ length: 9 }, (_, i) => updates(60, 1, { namespace: `ns-${i}` })),
      found: false,
    },
  ])("$what: $found", ({ of, found }) => {
    expect(tightUpdateLoop.check(facts(of))?.pattern ?? null).toBe(found ? "tight-update-loop" : null);
  });
});

describe("watches", () => {
  const watches = (requests: number, minutes: number) =>
    action({ verb: "watch", requests, activeSeconds: minutes * MINUTE });
  test.each([
    { what: "60 ended in 2 minutes", of: watches(60, 2), found: true },
    { what: "59 in a minute", of: watches(59, 1), found: false },
    { what: "89 in 3 minutes", of: watches(89, 3), found: false },
  ])("$what: $found", ({ of, found }) => {
    expect(watchChurn.check(facts([of]))?.pattern ?? null).toBe(found ? "watch-churn" : null);
  });
});

describe("refusals", () => {
  test.each([
    { what: "20 conflicts in 2 minutes", of: answered(409, 20, { verb: "update", activeSeconds: 120 }), found: true },
    { what: "19 conflicts", of: answered(409, 19, { verb: "update" }), found: false },
    { what: "20 in more than 2 minutes", of: answered(409, 20, { verb: "update", activeSeconds: 121 }), found: false },
    { what: "half", of: answered(409, 20, { verb: "update", requests: 40 }), found: true },
    { what: "less than half", of: answered(409, 20, { verb: "update", requests: 41 }), found: false },
  ])("$what of conflicts: $found", ({ of, found }) => {
    expect(conflictStorm.check(facts([of]))?.pattern ?? null).toBe(found ? "conflict-storm" : null);
  });

  test.each([
    { what: "20 times 403", of: answered(403, 20), found: true },
    { what: "20 times 401", of: answered(401, 20), found: true },
    { what: "19 times", of: answered(403, 19), found: false },
    { what: "9 a minute", of: answered(403, 27, { activeSeconds: 180 }), found: false },
    { what: "less than half of its requests", of: answered(403, 20, { requests: 41 }), found: false },
    { what: "404", of: answered(404, 200), found: false },
  ])("$what of denials: $found", ({ of, found }) => {
    expect(deniedStorm.check(facts([of]))?.pattern ?? null).toBe(found ? "denied-storm" : null);
  });

  test("who is not known is told apart from who may not", () => {
    expect(deniedStorm.check(facts([answered(401, 20)]))?.remedy).toContain("credentials");
    expect(deniedStorm.check(facts([answered(403, 20)]))?.remedy).toContain("role");
  });

  test.each([
    { what: "20 in 2 minutes", of: [answered(429, 20, { activeSeconds: 120 })], found: true },
    { what: "19", of: [answered(429, 19)], found: false },
    { what: "one in 20 requests", of: [answered(429, 20, { requests: 400 })], found: true },
    { what: "fewer than one in 20", of: [answered(429, 20, { requests: 401 })], found: false },
    { what: "over two resources", of: [answered(429, 10), answered(429, 10, { resource: "nodes" })], found: true },
  ])("$what of 429: $found", ({ of, found }) => {
    expect(throttledStorm.check(facts(of))?.pattern ?? null).toBe(found ? "throttled-storm" : null);
  });
});

describe("one client's share", () => {
  const of = (requests: number, all: number, observedSeconds = 60) =>
    facts([action({ requests })], { all: { requests: all, observedSeconds, busySeconds: null } });
  const busy = (busySeconds: number, all: number) =>
    facts([action({})], { busySeconds, all: { requests: 1_000, observedSeconds: 60, busySeconds: all } });
  test.each([
    { what: "301 of 1,000 requests", client: of(301, 1_000), found: true },
    { what: "300 of 1,000", client: of(300, 1_000), found: false },
    { what: "all of an idle cluster", client: of(59, 59), found: false },
    { what: "31 of 100 s", client: busy(31, 100), found: true },
    { what: "30 of 100 s", client: busy(30, 100), found: false },
    { what: "all of 11 s in a minute", client: busy(11, 11), found: false },
  ])("$what: $found", ({ client, found }) => {
    expect(dominant.check(client)?.pattern ?? null).toBe(found ? "dominant" : null);
  });
});

test("every finding shows its numbers, one step and its source", () => {
  const client = facts([
    lists(40, 1),
    answered(429, 40),
    answered(409, 40, { verb: "update" }),
    answered(403, 40, { resource: "nodes" }),
  ]);
  const findings = findClientPatterns(client);
  expect(findings.map(({ pattern }) => pattern)).toEqual([
    ...["unpaged-lists", "relist-loop", "uncached-lists", "throttled-storm", "conflict-storm", "denied-storm"],
  ]);
  for (const { title, evidence, remedy, sourceUrl } of findings) {
    expect(title).toMatch(/^[a-z]/);
    expect(evidence).toMatch(/\d.*\.$/);
    expect(remedy).toMatch(/\.$/);
    expect(sourceUrl).toMatch(/^https:\/\/(kubernetes\.io|github\.com)\//);
  }
});

test("each rule is there once, and a quiet client shows none", () => {
  expect(new Set(CLIENT_RULES.map(({ id }) => id)).size).toBe(CLIENT_RULES.length);
  expect(findClientPatterns(facts([action({ requests: 3 })]))).toEqual([]);
  expect(findClientPatterns(facts([]))).toEqual([]);
});
