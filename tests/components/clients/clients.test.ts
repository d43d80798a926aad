import { describe, expect, test } from "vitest";
import { clientName, shortAgent, shortUser } from "@/components/clients/agent-words";
import { changeFactor, changeOf, factorWords } from "@/components/clients/client-change";
import { clientKey, clientsQuestion, findChosen, readClientsState } from "@/components/clients/clients-search";
import type { ClientRow } from "@/lib/api/clients";
import { row as trafficRow } from "../traffic/answers";

function client(given: Partial<ClientRow> = {}): ClientRow {
  return {
    ...trafficRow({ userAgent: "cart/v1", user: "cart", sourceAddress: "10.0.0.1" }),
    ...{ resolvedName: null, topVerbs: [], topResources: [], requestsPerSecondBefore: 1, isNew: false },
    ...{ firstSeenAt: null, lastSeenAt: null, perMinute: [], findings: [] },
    ...given,
  };
}

describe("a user agent in short", () => {
  test.each([
    { agent: "kubectl/v1.33.1 (darwin/arm64) kubernetes/abc", is: "kubectl v1.33.1" },
    {
      agent:
        "kube-controller-manager/v1.36.2 (linux/amd64) kubernetes/9f1/system:serviceaccount:kube-system:job-controller",
      is: "kube-controller-manager job-controller",
    },
    {
      agent: "kube-scheduler/v1.36.2 (linux/amd64) kubernetes/9f1/leader-election",
      is: "kube-scheduler leader-election",
    },
    { agent: "python-requests/2.32", is: "python-requests 2.32" },
    { agent: "operator/v0.0.0-20260101120000-abcdefabcdef (linux/amd64) kubernetes/$Format", is: "operator" },
    { agent: "Go-http-client", is: "Go-http-client" },
    { agent: "(nothing)", is: "(nothing)" },
    { agent: "=cmd()", is: "=cmd" },
  ])("$is", ({ agent, is }) => {
    expect(shortAgent(agent)).toBe(is);
  });

  test("is short whatever is sent, and quick", () => {
    for (const agent of [
      "x".repeat(10_000),
      `${"a/".repeat(5_000)}`,
      "(".repeat(10_000),
      " ".repeat(10_000),
      "😀".repeat(5_000),
    ]) {
      expect([...shortAgent(agent)].length).toBeLessThanOrEqual(60);
    }
  });
});

test("a service account is its namespace and name, a node its name", () => {
  expect(shortUser("system:serviceaccount:shop:cart").name).toBe("shop/cart");
  expect(shortUser("system:node:ip-10-0-0-1")).toEqual({ kind: "node", name: "ip-10-0-0-1" });
  expect(shortUser("anna").name).toBe("anna");
});

test("a client is named by what there is", () => {
  expect(clientName({ userAgent: null, user: "system:node:a", sourceAddress: "10.0.0.1" })).toBe("a");
  expect(clientName({ userAgent: null, user: null, sourceAddress: "10.0.0.1" })).toBe("10.0.0.1");
  expect(clientName({ userAgent: null, user: null, sourceAddress: null })).toBeNull();
});

describe("change", () => {
  test.each([
    { row: client({ requestsPerSecond: 5, requestsPerSecondBefore: 1 }), is: "louder" },
    { row: client({ requestsPerSecond: 1.9, requestsPerSecondBefore: 1 }), is: null },
    { row: client({ requestsPerSecond: 0.01, requestsPerSecondBefore: 0.001 }), is: null },
    { row: client({ requestsPerSecond: 5, requestsPerSecondBefore: null }), is: null },
    { row: client({ isNew: true, requestsPerSecondBefore: 0 }), is: "new" },
  ])("is $is", ({ row, is }) => {
    expect(changeOf(row)).toBe(is);
  });

  test("where the time before was not watched there is no factor", () => {
    expect(changeFactor(client({ requestsPerSecondBefore: null }))).toBeNull();
    expect(changeFactor(client({ requestsPerSecondBefore: 0 }))).toBeNull();
  });

  test.each([
    { factor: 5, is: "× 5.0" },
    { factor: 120, is: "× 120" },
    { factor: 1.12, is: "+12 %" },
    { factor: 0.5, is: "−50 %" },
    { factor: 1.001, is: "same" },
  ])("$is", ({ factor, is }) => {
    expect(factorWords(factor)).toBe(is);
  });
});

describe("the query string", () => {
  test("groups and opens a client", () => {
    const state = readClientsState(new URLSearchParams("groupBy=user&user=anna&range=6h"));
    expect(state).toEqual({ range: { range: "6h" }, group: "user", chosen: { user: "anna" } });
    expect(clientsQuestion(state)).toMatchObject({ groupBy: "user", range: "6h" });
  });

  test("a grouping that does not exist is the first", () => {
    expect(readClientsState(new URLSearchParams("groupBy=__proto__")).group).toBe("userAgent,user,sourceAddress");
  });

  test("the opened row is found by all its names", () => {
    const rows = [
      client({ isOther: true, userAgent: null, user: null, sourceAddress: null }),
      client(),
      client({ user: "b" }),
    ];
    expect(findChosen(rows, { userAgent: "cart/v1", user: "b", sourceAddress: "10.0.0.1" })).toBe(rows[2]);
    expect(findChosen(rows, { user: "b" })).toBeUndefined();
    expect(findChosen(rows, {})).toBeUndefined();
    expect(new Set(rows.map(clientKey)).size).toBe(3);
  });
});
