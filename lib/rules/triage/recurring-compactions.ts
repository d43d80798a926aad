import type { TriageFacts } from "@/lib/rules/triage/triage-facts";

/** A spike so soon after a compaction goes with it. */
const FOLLOWS_WITHIN_MS = 20_000;

/** How many earlier compactions a spike of latency followed within 20 s. The apiserver compacts every five minutes. */
export function recurringCompactions({ earlierTimeline, timeline, window }: TriageFacts): number {
  const before = [...earlierTimeline, ...timeline].filter(({ atMs }) => atMs < window.fromMs);
  const spikes = before.filter(({ kind }) => kind === "spike").map(({ atMs }) => atMs);
  const followed = before
    .filter(({ kind }) => kind === "compaction")
    .filter(({ atMs }) => spikes.some((spikeMs) => Math.abs(spikeMs - atMs) <= FOLLOWS_WITHIN_MS));
  return new Set(followed.map(({ atMs }) => atMs)).size;
}
