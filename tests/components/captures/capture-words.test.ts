import { describe, expect, test } from "vitest";
import { capturedSeconds, captureLede, captureSentence, progressOf } from "@/components/captures/capture-words";
import type { CaptureItem } from "@/lib/api/captures";

const START = Date.parse("2026-11-21T12:00:00Z");
const running = {
  id: "a",
  state: "running",
  seconds: 60,
  askedAt: "2026-11-21T11:59:59Z",
  startedAt: "2026-11-21T12:00:00Z",
  endedAt: null,
  reason: null,
  summary: null,
} as CaptureItem;
const done = {
  ...running,
  state: "done",
  endedAt: "2026-11-21T12:01:00Z",
  summary: {
    firstRevision: 5,
    lastRevision: 64,
    puts: 110,
    deletes: 10,
    writtenBytes: 2_048,
    keys: 3,
    revisions: 60,
    largestRevisionEvents: 4,
    largestPutBytes: 99,
    requests: null,
    isInterrupted: false,
  },
} as CaptureItem;

describe("a capture in words", () => {
  test("how far it is", () => {
    expect(progressOf({ ...running, state: "waiting", startedAt: null }, START)).toBe(0);
    expect(progressOf(running, START + 15_000)).toBe(0.25);
    expect(progressOf(running, START + 600_000)).toBe(1);
    expect(progressOf(running, START - 5_000)).toBe(0);
    expect(progressOf(done, START)).toBe(1);
  });

  test("what it found", () => {
    expect(captureSentence(done)).toBe("120 writes to 3 keys in 60 s, 2.0 a second");
    expect(captureLede(done)).toBe(
      "Counted one by one; nothing was missed. 2.00 KiB were written in 60 revisions, the largest of them with 4 events.",
    );
    const summary = { ...(done.summary as NonNullable<CaptureItem["summary"]>), puts: 0, deletes: 0 };
    expect(captureSentence({ ...done, summary })).toBe("Nothing was written in 60 s");
  });

  test("one that ended early is as long as it was", () => {
    expect(capturedSeconds({ ...done, endedAt: "2026-11-21T12:00:30Z" })).toBe(30);
    expect(capturedSeconds(running)).toBe(60);
  });

  test("one that broke or failed says so", () => {
    const summary = { ...(done.summary as NonNullable<CaptureItem["summary"]>), isInterrupted: true };
    expect(captureLede({ ...done, summary, reason: "The watch was lost." })).toMatch(/the least there were.*lost\.$/);
    const failed = { ...running, state: "failed" as const, reason: "No worker took it up." };
    expect(captureSentence(failed)).toBe("The capture has failed");
    expect(captureLede(failed)).toBe("No worker took it up.");
  });
});
