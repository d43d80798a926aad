import { expect, test } from "vitest";
import { keysApart } from "@/lib/queries/triage/keys-apart";

test.each([
  ["the same", [5, 5, 5, 5, 5], [5, 5, 5, 5, 5], 0],
  ["a reading later while keys are added", [30, 40, 50, 60, 70], [20, 30, 40, 50, 60], 0],
  ["two readings earlier, which is more than sampling explains", [0, 10, 20, 30, 40], [20, 30, 40, 50, 60], 10],
  ["fewer keys all the time", [3, 3, 3, 3, 3], [9, 9, 9, 9, 9], 6],
  ["more keys all the time", [9, 9, 9, 9, 9], [3, 3, 4, 3, 3], 5],
  ["apart but for a moment", [3, 3, 9, 3, 3], [9, 9, 9, 9, 9], 0],
  ["too little is known", [3, null, null, 3, 3], [9, 9, 9, 9, 9], null],
  ["nothing is known of the leader", [3, 3, 3, 3, 3], [null, null, null, null, null], null],
])("Keys of a member and the leader: %s", (_, keys, leaderKeys, expected) => {
  expect(keysApart(keys, leaderKeys)).toBe(expected);
});
