import { expect, test } from "vitest";
import { Tally } from "@/collectors/traffic/aggregate";
import { MINUTE_CELLS } from "@/collectors/traffic/limits";
import type { TrafficEvent } from "@/lib/model/traffic";

const NOW_MS = Date.UTC(2026, 10, 21, 8);
const EVENTS = 200_000;

const event: TrafficEvent = {
  ...{ atMs: NOW_MS, verb: "get", resource: "pods", namespace: "a", user: "u", userAgent: "a", sourceAddress: "::1" },
  ...{ code: 200, durationMicros: 1_000, responseBytes: null, etcdMicros: null, queueMicros: null },
  ...{ isUnpaged: false, isUncached: false, isClusterWide: false },
};

test("identities without end: never more cells than twice the bound, and every event in the sum", () => {
  const tally = new Tally(NOW_MS);
  let most = 0;
  for (let index = 0; index < EVENTS; index++) {
    const isLoud = index % 10 === 0;
    tally.addEvent({ ...event, userAgent: isLoud ? "loud" : `agent-${index}`, code: index % 4 === 0 ? 500 : 200 });
    if (index % 997 === 0) most = Math.max(most, tally.minutes.get(NOW_MS)?.cells.size ?? 0);
  }
  const minute = tally.minutes.get(NOW_MS);
  expect(tally.minutes.size).toBe(1);
  expect(most).toBeLessThanOrEqual(2 * MINUTE_CELLS);
  expect(minute?.events).toBe(EVENTS);
  const sum = (is: (cell: { code: number | null; userAgent: string | null }) => boolean) =>
    [...(minute?.cells.values() ?? [])]
      .filter(({ identity }) => is(identity))
      .reduce((all, { figures }) => all + figures.requests, 0);
  expect(sum(({ code }) => code === 500)).toBe(EVENTS / 4);
  expect(sum(({ code }) => code === 200)).toBe((EVENTS / 4) * 3);
  expect(sum(({ userAgent }) => userAgent === "loud")).toBe(EVENTS / 10);
});

test("verbs without end: bounded all the same", () => {
  const tally = new Tally(NOW_MS);
  for (let index = 0; index < 30_000; index++) tally.addEvent({ ...event, verb: `verb-${index}` });
  const cells = [...(tally.minutes.get(NOW_MS)?.cells.values() ?? [])];
  expect(cells.length).toBeLessThanOrEqual(2 * MINUTE_CELLS);
  expect(cells.reduce((all, { figures }) => all + figures.requests, 0)).toBe(30_000);
});

test("an event belongs to the minute it ended in; one without a time to none", () => {
  const tally = new Tally(NOW_MS);
  for (const atMs of [NOW_MS - 1, NOW_MS, NOW_MS + 59_999, NOW_MS + 60_000, Number.NaN, Number.NEGATIVE_INFINITY]) {
    tally.addEvent({ ...event, atMs });
  }
  expect([...tally.minutes].map(([minuteMs, { events }]) => [(minuteMs - NOW_MS) / 60_000, events])).toEqual([
    [-1, 1],
    [0, 2],
    [1, 1],
  ]);
  expect(tally.faults).toEqual(new Map([["too-old", 2]]));
});
