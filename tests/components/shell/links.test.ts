import { describe, expect, test } from "vitest";
import { captureHref, clusterHref, rangeSearch } from "@/components/shell/cluster-href";
import { pageOf } from "@/components/shell/here";
import { patchSearch } from "@/components/shell/patch-search";
import { parseChosenRange, rangeWords } from "@/components/shell/range-words";

describe("links to the pages of a cluster", () => {
  test("a key comes back from the URL as it was, whatever is in it", () => {
    for (const key of ["/registry/pods/a b", "<script>&=+#?%", "a\\xff\\x00b", "\u0000\n\u202e", "=1+1"]) {
      const href = clusterHref("prod", "key", { key });
      expect(new URL(href, "http://localhost").searchParams.get("key")).toBe(key);
    }
  });

  test("the time range goes along", () => {
    const range = rangeSearch(new URLSearchParams("range=6h&sort=keys"));
    expect(clusterHref("prod", "keyspace", { prefix: "/registry/", ...range })).toBe(
      "/clusters/prod/keyspace?prefix=%2Fregistry%2F&range=6h",
    );
  });

  test("a capture is found by its id, whatever is in it", () => {
    expect(captureHref("p d", "a/b")).toBe("/clusters/p%20d/triage/captures/a%2Fb");
  });

  test("what is not given is left out", () => {
    expect(clusterHref("prod", "overview", { prefix: null, key: "" })).toBe("/clusters/prod");
  });

  test.each([
    { path: "/clusters/prod", page: "overview" },
    { path: "/clusters/prod/keyspace", page: "keyspace" },
    { path: "/clusters/prod/keyspace/prefix", page: "prefix" },
    { path: "/clusters/prod/keyspace/key", page: "key" },
    { path: "/clusters/keys/keys", page: "keys" },
    { path: "/clusters/prod/triage", page: "triage" },
    { path: "/clusters/prod/triage/captures/5", page: "capture" },
  ])("$path is the page $page", ({ path, page }) => {
    expect(pageOf(path)).toBe(page);
  });

  test("a patch changes what it names and leaves the rest", () => {
    expect(patchSearch("?a=1&b=2", { b: null, c: 3 })).toBe("?a=1&c=3");
    expect(patchSearch("?a=1", { a: "" })).toBe("");
  });
});

describe("the time range of a URL", () => {
  test.each([
    { search: "", words: "Last hour" },
    { search: "range=6h", words: "Last 6 hours" },
    { search: "range=toString", words: "Last hour" },
    { search: "range=9y", words: "Last hour" },
    {
      search: "from=2026-11-21T12:00:00Z&to=2026-11-21T14:00:00Z",
      words: "21 Nov, 12:00 – 21 Nov, 14:00",
    },
    { search: "from=2026-11-21T12:00:00Z", words: "21 Nov, 12:00 – now" },
    { search: "from=nonsense", words: "start – now" },
  ])('"$search" reads $words', ({ search, words }) => {
    expect(rangeWords(parseChosenRange(new URLSearchParams(search)), "UTC")).toBe(words);
  });
});
