import { expect, test } from "vitest";
import { placeTiles } from "@/components/keyspace/tile-layout";

const tiles = [50, 20, 10, 10, 5, 5].map((weight, index) => ({ id: index, weight }));

test.each([
  { width: 1_180, height: 340 },
  { width: 335, height: 285 },
])("areas are weights at $width × $height", (size) => {
  const placed = placeTiles(tiles, size);
  expect(placed).toHaveLength(6);
  for (const { tile, width, height } of placed) expect(width * height).toBeCloseTo(tile.weight / 100, 6);
});

test("tiles come in reading order", () => {
  const tops = placeTiles(tiles, { width: 1_000, height: 500 }).map(({ top, left }) => [top, left]);
  expect(tops).toEqual([...tops].sort(([a = 0, b = 0], [c = 0, d = 0]) => a - c || b - d));
});

test("no tiles, no places", () => expect(placeTiles([], { width: 10, height: 10 })).toEqual([]));
