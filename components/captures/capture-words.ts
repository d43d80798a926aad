import type { CaptureItem } from "@/lib/api/captures";
import { formatBytes, formatCount, formatDuration, formatPerSecond } from "@/lib/model/units";

type Capture = Pick<CaptureItem, "state" | "seconds" | "startedAt" | "endedAt" | "reason" | "summary">;

/** The state of a capture as a reader calls it. */
export const STATE_WORDS: Record<CaptureItem["state"], string> = {
  waiting: "Waiting",
  running: "Running",
  done: "Done",
  failed: "Failed",
};

/** How much of a running capture is over, 0 to 1; a waiting one has not begun. */
export function progressOf({ state, startedAt, seconds }: Capture, nowMs: number): number {
  if (state === "done" || state === "failed") return 1;
  if (startedAt === null) return 0;
  return Math.max(0, Math.min(1, (nowMs - Date.parse(startedAt)) / (seconds * 1_000)));
}

/** How long it really was, in seconds: to its end where it has one. */
export function capturedSeconds({ startedAt, endedAt, seconds }: Capture): number {
  if (startedAt === null || endedAt === null) return seconds;
  return Math.max(1, Math.min(seconds, (Date.parse(endedAt) - Date.parse(startedAt)) / 1_000));
}

/** What a capture found, in a sentence. */
export function captureSentence(capture: Capture): string {
  const { summary, state } = capture;
  if (state === "waiting") return "The capture is about to begin";
  if (state === "running") return `Counting every write for ${formatDuration(capture.seconds * 1_000)}`;
  if (summary === null || state === "failed") return "The capture has failed";
  const seconds = capturedSeconds(capture);
  const writes = summary.puts + summary.deletes;
  if (writes === 0) return `Nothing was written in ${formatDuration(seconds * 1_000)}`;
  return `${formatCount(writes)} ${writes === 1 ? "write" : "writes"} to ${formatCount(summary.keys)} ${
    summary.keys === 1 ? "key" : "keys"
  } in ${formatDuration(seconds * 1_000)}, ${formatPerSecond(writes / seconds)} a second`;
}

/** What else there is to say of it. */
export function captureLede({ state, summary, reason }: Capture): string {
  if (state === "failed") return reason ?? "It gave no reason.";
  if (summary === null) return "Every write is counted on the watch that is open already. This page follows.";
  const parts = [
    summary.isInterrupted
      ? "The watch broke meanwhile: what came in between is missing, so these are the least there were."
      : "Counted one by one; nothing was missed.",
    `${formatBytes(summary.writtenBytes)} were written in ${formatCount(summary.revisions)} revisions`,
  ];
  if (summary.largestRevisionEvents > 1) {
    parts[1] += `, the largest of them with ${formatCount(summary.largestRevisionEvents)} events`;
  }
  return `${parts.join(" ")}.${reason === null ? "" : ` ${reason}`}`;
}
