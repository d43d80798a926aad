import { expect, test } from "vitest";
import { defaultColor, findDominant, type TileQuestion, toTiles } from "@/components/keyspace/tiles";
import { prefixesAnswer, prefixRow } from "./rows";

const parent = prefixRow("/registry/", { liveBytes: 10_000, keys: 100, writesPerSecond: 20 });

function ask(rows: TileQuestion["rows"], more: Partial<TileQuestion> = {}) {
  const { at, clockSince } = prefixesAnswer(parent, []);
  const question = { parent, rows, area: "liveBytes", color: "writes", at, clockSince, seenThrough: null } as const;
  return toTiles({ ...question, ...more });
}

test("tiles and the rest add up to the parent", () => {
  const { tiles } = ask([
    prefixRow("/registry/pods/", { liveBytes: 6_000 }),
    prefixRow("/registry/secrets/", { liveBytes: 3_000 }),
  ]);
  expect(tiles.map(({ name, weight }) => [name, weight])).toEqual([
    ["pods/", 6_000],
    ["secrets/", 3_000],
    ["smaller ones", 1_000],
  ]);
  expect(tiles[0]?.words).toBe("pods/: 5.86 KiB live, 60.0 % of the whole; 0 writes per second");
});

test("what cannot be seen shares one tile", () => {
  const rows = Array.from({ length: 300 }, (_, i) => prefixRow(`/registry/${i}/`, { liveBytes: 33 }));
  const { tiles } = ask(rows);
  expect(tiles).toHaveLength(91);
  expect(tiles.at(-1)?.row).toBeNull();
  expect(tiles.reduce((sum, { weight }) => sum + weight, 0)).toBe(10_000);
});

test("growth counts either way, and says which in words", () => {
  const { tiles, without } = ask(
    [
      prefixRow("/registry/pods/", { growthBytes: -4_096 }),
      prefixRow("/registry/events/", { growthBytes: 1_024 }),
      prefixRow("/registry/leases/", { growthBytes: 0 }),
      prefixRow("/registry/new/", { growthBytes: null }),
    ],
    { area: "growth", color: "growth" },
  );
  expect(tiles.map(({ words }) => words)).toEqual(["pods/: shrank by 4.00 KiB", "events/: grew by 1.00 KiB"]);
  expect(without).toBe(2);
});

test("a child listed as grown and as shrunk is drawn once", () => {
  const row = prefixRow("/registry/pods/", { growthBytes: 100 });
  expect(ask([row, { ...row }], { area: "growth", color: "growth" }).tiles).toHaveLength(1);
});

test("an unknown rate is grey and not the colour of zero", () => {
  const key = prefixRow("/registry/a", { kind: "key", writesPerSecond: null, liveBytes: 5_000 });
  const { tiles } = ask([key, prefixRow("/registry/b/", { liveBytes: 5_000 })]);
  expect(tiles[0]?.fill).not.toBe(tiles[1]?.fill);
  expect(tiles[0]?.words).toBe("a: 4.88 KiB live, 50.0 % of the whole");
});

test("control characters of a name are made visible in its words", () => {
  const { tiles } = ask([prefixRow("/registry/a\u0000\u202eb/", { liveBytes: 10_000 })]);
  expect(tiles[0]?.words).toMatch(/^a␀⟨202E⟩b\//);
});

test("children seen through are named below the child they belong to", () => {
  const { tiles } = ask([prefixRow("/registry/pods/a/", { liveBytes: 9_990 })], { seenThrough: "/registry/pods/" });
  expect(tiles[0]?.name).toBe("a/");
});

test.each([
  { share: 0.89, found: false },
  { share: 0.9, found: true },
])("a child with $share of the area is seen through: $found", ({ share, found }) => {
  const row = prefixRow("/registry/pods/", { liveBytes: 10_000 * share });
  expect(findDominant(prefixesAnswer(parent, [row]), "liveBytes") !== null).toBe(found);
});

test("a key is never seen through, and nothing is in a growth map", () => {
  const key = prefixRow("/registry/a", { kind: "key", hasChildren: false, liveBytes: 10_000 });
  expect(findDominant(prefixesAnswer(parent, [key]), "liveBytes")).toBeNull();
  const all = prefixRow("/registry/a/", { liveBytes: 10_000 });
  expect(findDominant(prefixesAnswer(parent, [all]), "growth")).toBeNull();
  expect(findDominant(undefined, "keys")).toBeNull();
});

test("without a choice the colour is what is known of most of the area", () => {
  const key = prefixRow("/registry/a", { kind: "key", writesPerSecond: null, liveBytes: 5_000 });
  expect(defaultColor([key, prefixRow("/registry/b/", { liveBytes: 4_999 })], "liveBytes")).toBe("largestValue");
  expect(defaultColor([key, prefixRow("/registry/b/", { liveBytes: 5_000 })], "liveBytes")).toBe("writes");
  expect(defaultColor([key], "growth")).toBe("growth");
});

test("the colour of the last write is brighter the more recent it is, and darkest before there are dates", () => {
  const rows = [
    prefixRow("/registry/now/", { liveBytes: 4_000, newestModAt: "2026-11-21T12:00:00.000Z" }),
    prefixRow("/registry/hour/", { liveBytes: 3_000, newestModAt: "2026-11-21T11:00:00.000Z" }),
    prefixRow("/registry/old/", { liveBytes: 2_000, newestModAt: null }),
    prefixRow("/registry/unknown/", { liveBytes: 1_000, newestModAt: null, newestModRevision: null }),
  ];
  const { tiles, scale } = ask(rows, { color: "lastWrite" });
  expect(tiles.map(({ words }) => words.split("; ")[1])).toEqual([
    "last written 10 s before",
    "last written 60 min before",
    "last written before the revision clock begins",
    undefined,
  ]);
  expect(new Set(tiles.map(({ fill }) => fill)).size).toBe(4);
  expect(scale.marks.map(({ words }) => words)).toEqual(["24.0 h", "15 min", "< 10 s"]);
});
