import { expect, test } from "vitest";
import { keysApart } from "@/lib/model/keys-apart";

const readings = (...list: [number, number][]) => list.map(([atMs, keys]) => ({ atMs, keys }));

test("what the leader wrote between two of its readings explains a difference", () => {
  expect(keysApart(readings([5, 130]), readings([0, 100], [10, 150]))).toBe(0);
  expect(keysApart(readings([5, 100]), readings([5, 100]))).toBe(0);
});

test("what lies beyond is the least difference seen, with its sign", () => {
  const leader = readings([0, 100], [10, 150], [20, 150]);
  expect(keysApart(readings([5, 90], [15, 143]), leader)).toBe(-7);
  expect(keysApart(readings([5, 160]), leader)).toBe(10);
});

test("without a reading of the leader on both sides nothing is known", () => {
  expect(keysApart(readings([25, 90]), readings([0, 100], [10, 150]))).toBeNull();
  expect(keysApart([], readings([0, 1]))).toBeNull();
  expect(keysApart(readings([0, 1]), [])).toBeNull();
});
