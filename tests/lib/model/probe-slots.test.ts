import { expect, test } from "vitest";
import { slotAt, untilNextSlotMs } from "@/lib/model/probe-slots";

const MINUTE = Date.UTC(2026, 2, 1, 12);

test.each([
  { ms: 0, slot: 0, nextMs: 5_000 },
  { ms: 4_999, slot: 0, nextMs: 1 },
  { ms: 5_000, slot: 1, nextMs: 5_000 },
  { ms: 59_999, slot: 11, nextMs: 1 },
])("$ms ms into a minute is slot $slot", ({ ms, slot, nextMs }) => {
  expect(slotAt(MINUTE + ms)).toEqual({ minuteMs: MINUTE, slot });
  expect(untilNextSlotMs(MINUTE + ms)).toBe(nextMs);
});
