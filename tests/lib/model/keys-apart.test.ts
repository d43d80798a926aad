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

test.each([
  ["the same", [5, 5, 5, 5, 5], [5, 5, 5, 5, 5], 0],
  ["a reading later while keys are added", [30, 40, 50, 60, 70], [20, 30, 40, 50, 60], 0],
  ["two readings earlier, which is more than sampling explains", [0, 10, 20, 30, 40], [20, 30, 40, 50, 60], -10],
  ["fewer keys all the time", [3, 3, 3, 3, 3], [9, 9, 9, 9, 9], -6],
  ["more keys all the time", [9, 9, 9, 9, 9], [3, 3, 4, 3, 3], 5],
  ["apart but for a moment", [3, 3, 9, 3, 3], [9, 9, 9, 9, 9], 0],
  ["too little is known", [3, null, null, 3, 3], [9, 9, 9, 9, 9], null],
  ["nothing is known of the leader", [3, 3, 3, 3, 3], [null, null, null, null, null], null],
])("readings somewhere in steps of 10 s, three at least: %s", (_, keys, leaderKeys, expected) => {
  const stepped = (list: readonly (number | null)[]) =>
    list.flatMap((value, step) => (value === null ? [] : [{ atMs: step * 10_000, keys: value }]));
  expect(keysApart(stepped(keys), stepped(leaderKeys), { slackMs: 10_000, fewestReadings: 3 })).toBe(expected);
});
