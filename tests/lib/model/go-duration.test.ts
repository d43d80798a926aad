import { expect, test } from "vitest";
import { parseGoDurationMicros } from "@/lib/model/go-duration";
import { parseTimestampMicros } from "@/lib/model/timestamp";

test.each([
  ["78.56µs", 79],
  ["78.56μs", 79],
  ["100us", 100],
  ["996ns", 1],
  ["1.2s", 1_200_000],
  ["1m2.5s", 62_500_000],
  ["8h59m59.161586822s", 32_399_161_587],
  ["0s", 0],
  ["0", 0],
  ["", null],
  ["5", null],
  ["-1s", null],
  ["1s x", null],
  ["1d", null],
  ["1e9s", null],
  [7, null],
  [null, null],
  [`${"9".repeat(38)}h`, null],
])("the duration %j is %j µs", (text, micros) => {
  expect(parseGoDurationMicros(text)).toBe(micros);
});

test.each([
  ["2026-11-21T08:00:30.042467Z", "2026-11-21T08:00:30.042Z", 467],
  ["2026-11-21T08:00:30Z", "2026-11-21T08:00:30Z", 0],
  ["2026-11-21T08:00:30.5Z", "2026-11-21T08:00:30.5Z", 0],
  ["2026-11-21T08:00:30.123456789Z", "2026-11-21T08:00:30.123Z", 456],
  ["2022-04-07T16:25:14.635+0800", "2022-04-07T08:25:14.635Z", 0],
  ["2022-04-07T16:25:14.635-05:30", "2022-04-07T21:55:14.635Z", 0],
])("the time %s", (text, same, micros) => {
  expect(parseTimestampMicros(text)).toBe(Date.parse(same) * 1_000 + micros);
});

test.each([
  ...["", "yesterday", "2026-11-21", "2026-13-01T00:00:00Z", "2026-02-31T00:00:00Z", "2026-01-01T25:00:00Z"],
  ...["2026-01-01T00:61:00Z", "2026-01-01T00:00:00", "9999-12-31T23:59:59Z", 1_700_000_000, null, undefined],
])("%j is no time", (text) => {
  expect(parseTimestampMicros(text)).toBeNull();
});
