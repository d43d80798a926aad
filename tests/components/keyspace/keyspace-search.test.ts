import { expect, test } from "vitest";
import { readKeyspace, tableParams, tileParams } from "@/components/keyspace/keyspace-search";
import { keySearch, prefixSearch, readKeyParams, readPrefix, readRange } from "@/components/keyspace/view-search";
import { PrefixesParams } from "@/lib/api/prefixes";

const search = (text: string) => new URLSearchParams(text);

test("an empty query string is the whole keyspace by live bytes", () => {
  expect(readKeyspace(search(""))).toEqual({
    chosen: { prefix: "" },
    area: "liveBytes",
    color: null,
    sort: "liveBytes",
    order: "desc",
    range: {},
    compare: null,
  });
});

test.each([
  { text: "area=writes", sort: "writesPerSecond", order: "desc" },
  { text: "sort=prefix", sort: "prefix", order: "asc" },
  { text: "sort=prefix&order=desc", sort: "prefix", order: "desc" },
  { text: "sort=__proto__&order=up&area=nonsense", sort: "liveBytes", order: "desc" },
])("$text sorts by $sort $order", ({ text, sort, order }) => {
  expect(readKeyspace(search(text))).toMatchObject({ sort, order });
});

test("whatever the URL says, the API is asked something it takes", () => {
  for (const text of ["", "range=9y&from=yesterday&to=", "from=2026-11-21T10:00:00%2B01:00", "prefix=%00%5Cxff"]) {
    const state = readKeyspace(search(text));
    for (const params of [tableParams(state), ...tileParams(state)]) {
      expect(PrefixesParams.safeParse(params).success, text).toBe(true);
    }
  }
});

test("growth is asked for from both ends", () => {
  expect(tileParams(readKeyspace(search("area=growth"))).map(({ order }) => order)).toEqual(["desc", "asc"]);
});

test("a range that is none is left out", () => {
  expect(readRange(search("range=6h"))).toEqual({ range: "6h" });
  expect(readRange(search("range=5h&from=nonsense"))).toEqual({});
  expect(readRange(search("from=2026-11-21T10:00:00%2B01:00"))).toEqual({ from: "2026-11-21T09:00:00.000Z" });
});

test("a long key with escapes travels as base64, any other as its text", () => {
  expect(prefixSearch("/a/", null)).toEqual({ prefix: "/a/", prefixBase64: null });
  expect(prefixSearch("\\xff", "/w==")).toEqual({ prefix: "\\xff", prefixBase64: null });
  expect(keySearch("\\xff".repeat(500), "AAAA")).toEqual({ key: null, keyBase64: "AAAA" });
  expect(readPrefix(search("prefixBase64=AAAA"))).toEqual({ prefix: "", prefixBase64: "AAAA" });
});

test("without a key there is nothing to ask", () => {
  expect(readKeyParams(search(""))).toBeNull();
  expect(readKeyParams(search("key=%00"))).toEqual({ key: "\0" });
  expect(readKeyParams(search("keyBase64=AA%3D%3D"))).toEqual({ key: "", keyBase64: "AA==" });
});
