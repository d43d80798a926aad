import { expect, test } from "vitest";
import { bucketSizeMs, PRESET_MS, type TimePreset, toTimeRange } from "@/lib/model/time-range";

const NOW_MS = Date.parse("2026-03-01T12:00:00Z");
const HOUR_MS = 3_600_000;

test("without parameters the range is the last hour", () => {
  expect(toTimeRange({}, NOW_MS)).toEqual({ fromMs: NOW_MS - HOUR_MS, toMs: NOW_MS });
});

test.each(Object.entries(PRESET_MS) as [TimePreset, number][])("the preset %s reaches back from now", (range, ms) => {
  expect(toTimeRange({ range }, NOW_MS)).toEqual({ fromMs: NOW_MS - ms, toMs: NOW_MS });
});

test("two instants win over a preset, whatever zone they are written in", () => {
  const range = toTimeRange({ range: "7d", from: "2026-02-28T12:00:00+02:00", to: "2026-02-28T11:00:00Z" }, NOW_MS);
  expect(range).toEqual({ fromMs: Date.parse("2026-02-28T10:00:00Z"), toMs: Date.parse("2026-02-28T11:00:00Z") });
});

test("one instant is completed by now or by the preset", () => {
  expect(toTimeRange({ from: "2026-03-01T11:30:00Z" }, NOW_MS)).toEqual({ fromMs: NOW_MS - HOUR_MS / 2, toMs: NOW_MS });
  expect(toTimeRange({ range: "6h", to: "2026-03-01T06:00:00Z" }, NOW_MS)).toEqual({
    fromMs: NOW_MS - 12 * HOUR_MS,
    toMs: NOW_MS - 6 * HOUR_MS,
  });
});

test.each([
  { why: "empty", from: "2026-03-01T11:00:00Z", to: "2026-03-01T11:00:00Z" },
  { why: "turned around", from: "2026-03-01T11:00:00Z", to: "2026-03-01T10:00:00Z" },
  { why: "in the future", from: "2026-03-01T13:00:00Z", to: undefined },
  { why: "unreadable", from: "yesterday", to: undefined },
])("a range that is $why is refused, naming the field", ({ from, to }) => {
  expect(() => toTimeRange({ from, to }, NOW_MS)).toThrow(/^from: /);
});

test.each([
  { range: "15m", stepSeconds: 10 },
  { range: "1h", stepSeconds: 30 },
  { range: "6h", stepSeconds: 300 },
  { range: "24h", stepSeconds: 900 },
  { range: "7d", stepSeconds: 3_600 },
  { range: "30d", stepSeconds: 10_800 },
] as const)("$range is cut into buckets of $stepSeconds s", ({ range, stepSeconds }) => {
  const span = toTimeRange({ range }, NOW_MS);
  expect(bucketSizeMs(span)).toBe(stepSeconds * 1_000);
  expect((span.toMs - span.fromMs) / bucketSizeMs(span)).toBeLessThanOrEqual(240);
});

test("a range of years gets whole days", () => {
  const step = bucketSizeMs({ fromMs: NOW_MS - 3 * 365 * 24 * HOUR_MS, toMs: NOW_MS });
  expect(step % (24 * HOUR_MS)).toBe(0);
  expect((3 * 365 * 24 * HOUR_MS) / step).toBeLessThanOrEqual(240);
});
