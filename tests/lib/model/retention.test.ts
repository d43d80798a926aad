import { expect, test } from "vitest";
import { DEFAULT_RETENTION, findRetentionFault, formatHours, RETENTION, RETENTION_LEVELS } from "@/lib/model/retention";

test("the defaults are a day, two weeks, thirteen months and five years, and can be kept", () => {
  expect(RETENTION_LEVELS.map((level) => formatHours(DEFAULT_RETENTION[level]))).toEqual([
    ...["1 day", "14 days", "13 months", "5 years"],
  ]);
  expect(findRetentionFault(DEFAULT_RETENTION)).toBeNull();
});

test.each(RETENTION_LEVELS)("%s can be chosen from what is within their bounds, their default among it", (level) => {
  const { choices, minHours, maxHours, defaultHours } = RETENTION[level];
  expect(choices).toContain(defaultHours);
  expect(Math.min(...choices)).toBe(minHours);
  expect(Math.max(...choices)).toBe(maxHours);
});

test.each([
  { change: { frames: 6 }, fault: null },
  { change: { frames: 5 }, fault: "frames" },
  { change: { frames: 6.5 }, fault: "frames" },
  { change: { frames: 14 * 24 + 1 }, fault: "frames" },
  { change: { frames: 14 * 24 }, fault: null },
  { change: { frames: 14 * 24, minutes: 14 * 24 - 1 }, fault: "minutes" },
  { change: { days: 13 * 31 * 24 }, fault: null },
  { change: { hours: 2 * 366 * 24, days: 13 * 31 * 24 }, fault: "days" },
])("$change is a fault of $fault", ({ change, fault }) => {
  expect(findRetentionFault({ ...DEFAULT_RETENTION, ...change })?.level ?? null).toBe(fault);
});
