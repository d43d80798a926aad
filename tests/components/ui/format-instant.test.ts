import { expect, test } from "vitest";
import { formatInstant } from "@/components/ui/format-instant";

const AT_MS = Date.parse("2026-11-21T23:02:11Z");

test.each([
  { style: "instant", zone: "UTC", text: "21 Nov 2026, 23:02:11 UTC" },
  { style: "instant", zone: "Europe/Berlin", text: "22 Nov 2026, 00:02:11 CET" },
  { style: "minute", zone: "UTC", text: "21 Nov, 23:02 UTC" },
  { style: "time", zone: "Asia/Kolkata", text: "04:32:11 GMT+5:30" },
  { style: "clock", zone: "UTC", text: "23:02" },
  { style: "day", zone: "Europe/Berlin", text: "22 Nov 2026" },
] as const)("$style in $zone: $text", ({ style, zone, text }) => {
  expect(formatInstant(AT_MS, zone, style)).toBe(text);
});
