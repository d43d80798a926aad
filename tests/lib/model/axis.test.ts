import { expect, test } from "vitest";
import { timeTicks, valueTicks } from "@/lib/model/axis";

const MIB = 1024 ** 2;
const HOUR_MS = 3_600_000;

test.each([
  { largest: 0, ticks: [0, 1] },
  { largest: 0.9, ticks: [0, 0.5, 1] },
  { largest: 1, ticks: [0, 0.5, 1] },
  { largest: 151, ticks: [0, 50, 100, 150, 200] },
  { largest: 31_204, ticks: [0, 10_000, 20_000, 30_000, 40_000] },
  { largest: 0.03, ticks: [0, 0.01, 0.02, 0.03] },
])("up to $largest: $ticks", ({ largest, ticks }) => expect(valueTicks(largest)).toEqual(ticks));

test.each([
  { mib: 148, ticks: [0, 50, 100, 150] },
  { mib: 3, ticks: [0, 1, 2, 3] },
  { mib: 900, ticks: [0, 256, 512, 768, 1024] },
])("up to $mib MiB: $ticks MiB", ({ mib, ticks }) => {
  expect(valueTicks(mib * MIB, { isBytes: true }).map((tick) => tick / MIB)).toEqual(ticks);
});

test("ticks of time are round in the reader's zone and lie in the range", () => {
  const fromMs = Date.parse("2026-11-21T10:07:00Z");
  const ticks = timeTicks(fromMs, fromMs + HOUR_MS, { offsetMs: 5.5 * HOUR_MS });
  expect(ticks.map((at) => new Date(at).toISOString().slice(11, 16))).toEqual([
    "10:10",
    "10:20",
    "10:30",
    "10:40",
    "10:50",
    "11:00",
  ]);
  const days = timeTicks(fromMs, fromMs + 30 * 24 * HOUR_MS, { offsetMs: HOUR_MS });
  expect(new Date(days[0] as number).toISOString()).toContain("T23:00");
  expect(days.length).toBeLessThanOrEqual(6);
});
