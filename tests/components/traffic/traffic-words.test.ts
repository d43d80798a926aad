import { describe, expect, test } from "vitest";
import { findResourcePrefix, resourceNeedle } from "@/components/traffic/resource-prefix";
import {
  errorRatio,
  formatLatency,
  formatSeconds,
  formatShare,
  responseBytesPerSecond,
} from "@/components/traffic/traffic-measures";
import { readSort, readTrafficState, trafficQuestions } from "@/components/traffic/traffic-search";
import { codeName, cutText, failureWords, isFailure, verbPlural } from "@/components/traffic/traffic-words";
import { sortRows } from "@/components/traffic/use-url-sort";
import { figures } from "./answers";

describe("figures", () => {
  test("what is not told is not zero", () => {
    expect(errorRatio(figures({ errors: null }))).toBeNull();
    expect(responseBytesPerSecond(figures({ responseBytes: null }))).toBeNull();
    expect(responseBytesPerSecond(figures({ responseBytes: 6_000, requests: 60, requestsPerSecond: 2 }))).toBe(200);
    expect(responseBytesPerSecond(figures({ responseBytes: 0, requests: 0 }))).toBeNull();
  });

  test.each([
    { text: formatLatency(0.42), is: "0.42 ms" },
    { text: formatLatency(12.4), is: "12 ms" },
    { text: formatLatency(2_400), is: "2.4 s" },
    { text: formatSeconds(0), is: "0 s" },
    { text: formatSeconds(0.12), is: "120 ms" },
    { text: formatShare(0.0001), is: "<0.1 %" },
    { text: formatShare(0), is: "0.0 %" },
  ])("$is", ({ text, is }) => {
    expect(text).toBe(is);
  });
});

describe("codes", () => {
  test.each([
    { code: 409, name: "Conflict", failed: true, words: "409 conflicts" },
    { code: 200, name: "OK", failed: false, words: "200 ok" },
    { code: 0, name: "OK", failed: false, words: "ok (gRPC 0)" },
    { code: 14, name: "Unavailable", failed: true, words: "unavailable (gRPC 14)" },
    { code: 777, name: "", failed: true, words: "777" },
  ])("$code", ({ code, name, failed, words }) => {
    expect(codeName(code)).toBe(name);
    expect(isFailure(code)).toBe(failed);
    expect(failureWords(code)).toBe(words);
  });
});

test("a verb nobody knows is a subject all the same, and a hostile one is cut and shown", () => {
  expect(verbPlural("update")).toBe("updates");
  expect(verbPlural("constructor")).toBe("constructor requests");
  expect(verbPlural(`\u202e${"x".repeat(10_000)}`).length).toBeLessThan(80);
  expect(verbPlural("\u202e")).toContain("202E");
});

test("a text is cut at whole characters", () => {
  expect(cutText("😀😀😀😀", 3)).toBe("😀😀…");
  expect(cutText("abc", 3)).toBe("abc");
});

describe("the query string", () => {
  test("chooses resource, verb, tab and measure; what it does not know is the first choice", () => {
    const search = new URLSearchParams(
      "resource=pods&verb=list&tab=codes&measure=nonsense&by=code&source=audit&range=6h",
    );
    expect(readTrafficState(search)).toEqual({
      ...{ range: { range: "6h" }, measure: "rate", tab: "codes", by: "code", source: "audit" },
      chosen: { resource: "pods", verb: "list" },
    });
  });

  test("what is drilled into narrows lists, not the matrix", () => {
    const questions = trafficQuestions(readTrafficState(new URLSearchParams("resource=pods")));
    expect(questions.cells).not.toHaveProperty("resource");
    expect(questions.drill).toMatchObject({ resource: "pods", groupBy: "userAgent,user" });
    expect(questions.failures).toMatchObject({ resource: "pods", sort: "errors" });
  });

  test("orders a table, the unknown last either way", () => {
    const columns = [{ id: "n", header: "N", value: (row: { n: number | null }) => row.n }];
    const rows = [{ n: 1 }, { n: null }, { n: 3 }];
    const order = (search: string) =>
      sortRows(rows, columns, readSort(new URLSearchParams(search), { column: "n", order: "desc" })).map(({ n }) => n);
    expect(order("")).toEqual([3, 1, null]);
    expect(order("sort=n&order=asc")).toEqual([1, 3, null]);
    expect(order("sort=gone")).toEqual([1, null, 3]);
  });
});

describe("the prefix of a resource", () => {
  const found = (...prefixes: string[]) =>
    prefixes.map((prefix) => ({ prefix, prefixBase64: null, keys: 1, liveBytes: 1 }));

  test.each([
    {
      resource: "pods",
      needle: "/pods/",
      prefixes: ["/registry/pods/", "/registry/pods/shop/"],
      is: "/registry/pods/",
    },
    { resource: "pods/status", needle: "/pods/", prefixes: ["/registry/pods/"], is: "/registry/pods/" },
    { resource: "nodes", needle: "/minions/", prefixes: ["/registry/minions/"], is: "/registry/minions/" },
    {
      resource: "widgets.acme.example.com",
      needle: "/widgets/",
      prefixes: ["/registry/widgets/", "/registry/acme.example.com/widgets/"],
      is: "/registry/acme.example.com/widgets/",
    },
    {
      resource: "leases.coordination.k8s.io",
      needle: "/leases/",
      prefixes: ["/kubernetes.io/leases/"],
      is: "/kubernetes.io/leases/",
    },
    {
      resource: "endpoints",
      needle: "/services/endpoints/",
      prefixes: ["/registry/services/endpoints/"],
      is: "/registry/services/endpoints/",
    },
    { resource: "secrets", needle: "/secrets/", prefixes: ["/elsewhere/secrets/"], is: null },
  ])("$resource", ({ resource, needle, prefixes, is }) => {
    expect(resourceNeedle(resource)).toBe(needle);
    expect(findResourcePrefix(resource, found(...prefixes))).toBe(is);
  });

  test("a path has none", () => {
    expect(resourceNeedle("/livez")).toBeNull();
    expect(resourceNeedle("")).toBeNull();
  });
});
