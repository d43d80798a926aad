import { describe, expect, test } from "vitest";
import { compareParams, readCompare, readStatus } from "@/components/keyspace/compare-search";
import { findDominantChange, toCompareTiles } from "@/components/keyspace/compare-tiles";
import { instantWords } from "@/components/keyspace/compare-words";
import { type CompareAnswer, CompareParams, type CompareRow } from "@/lib/api/compare";

const search = (text: string) => new URLSearchParams(text);

test.each([
  { text: "", compare: null },
  { text: "compare=1d", compare: "1d" },
  { text: "compare=2d", compare: null },
  { text: "compare=nonsense", compare: null },
  { text: "compare=1960-01-01T00:00:00Z", compare: null },
  { text: "compare=2026-11-20T14:00:00%2B01:00", compare: "2026-11-20T13:00:00.000Z" },
])("$text compares with $compare, which the API takes", ({ text, compare }) => {
  expect(readCompare(search(text))).toBe(compare);
  const params = compareParams({ parent: "/a/" }, { compare: compare ?? "1h", to: undefined });
  expect(CompareParams.safeParse(params).success).toBe(true);
});

test("a status that does not exist narrows nothing", () => {
  expect(readStatus(search("change=gone"))).toBe("gone");
  expect(readStatus(search("change=__proto__"))).toBeNull();
});

const NOW = Date.parse("2026-11-21T14:30:00Z");
test.each([
  { at: "2026-11-21T02:00:00Z", words: "02:00 UTC" },
  { at: "2026-11-20T23:59:00Z", words: "yesterday 23:59 UTC" },
  { at: "2026-11-16T14:00:00Z", words: "Monday 14:00 UTC" },
  { at: "2026-11-14T14:00:00Z", words: "14 Nov, 14:00 UTC" },
  { at: "2020-01-01T00:00:00Z", words: "1 Jan 2020, 00:00 UTC" },
])("$at is said as $words", ({ at, words }) => {
  expect(instantWords(Date.parse(at), NOW, "UTC")).toBe(words);
});

function row(prefix: string, before: number, after: number, more: Partial<CompareRow> = {}): CompareRow {
  const side = (liveBytes: number) => ({ keys: liveBytes > 0 ? 1 : 0, liveBytes, historyBytes: null });
  const status = before === 0 ? "new" : after === 0 ? "gone" : after > before ? "grown" : "shrunk";
  return {
    ...{ prefix, prefixBase64: null, kind: "prefix", status, before: side(before), after: side(after) },
    ...{ changeBytes: after - before, changeKeys: 0, changeHistoryBytes: null, hasChildren: true, ...more },
  };
}

describe("tiles of a comparison", () => {
  const rows = [
    row("/r/grown/", 1_024, 5_120),
    row("/r/shrunk/", 4_096, 2_048),
    row("/r/new/", 0, 3_072),
    row("/r/gone/", 900, 0),
  ];
  const { tiles, gone, scale } = toCompareTiles(rows, { parent: "/r/", seenThrough: null });

  test("are as large as what is there, and leave out what is gone", () => {
    expect(tiles.map(({ name, weight }) => [name, weight])).toEqual([
      ["grown/", 5_120],
      ["new/", 3_072],
      ["shrunk/", 2_048],
    ]);
    expect(gone.map(({ prefix }) => prefix)).toEqual(["/r/gone/"]);
  });

  test("say in words what their colour says", () => {
    expect(tiles.map(({ words }) => words)).toEqual([
      "grown/: 5.00 KiB live, 50.0 % of the whole; grew by 4.00 KiB, from 1.00 KiB",
      "new/: 3.00 KiB live, 30.0 % of the whole; new",
      "shrunk/: 2.00 KiB live, 20.0 % of the whole; shrank by 2.00 KiB, from 4.00 KiB",
    ]);
    expect(new Set(tiles.map(({ fill }) => fill)).size).toBe(3);
    expect(scale.marks.map(({ words }) => words)).toEqual(["−4.00 KiB", "0", "+4.00 KiB"]);
  });

  test("a child that holds nearly all of both instants is looked through; one that has only now come to is not", () => {
    const answer = (items: CompareRow[]) => ({ parent: row("", 1_000, 1_000), items }) as unknown as CompareAnswer;
    expect(findDominantChange(answer([row("/r/", 950, 950)]))?.prefix).toBe("/r/");
    expect(findDominantChange(answer([row("/r/", 100, 950)]))).toBeNull();
    expect(findDominantChange(answer([row("/r/", 950, 950, { hasChildren: false })]))).toBeNull();
    expect(findDominantChange(undefined)).toBeNull();
  });
});
