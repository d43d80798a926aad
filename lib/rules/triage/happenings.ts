import type { LogSignalKind } from "@/lib/model/log-signals";
import type { TimelineKind } from "@/lib/model/timeline";
import { known } from "@/lib/rules/triage/readings";
import type { LogFact, TimelineFact, TriageFacts } from "@/lib/rules/triage/triage-facts";

/** A cause may come this long before what it causes is felt. */
export const LEAD_MS = 120_000;
/** Where nothing is felt there is nothing to come before: only how late an event is seen. */
const SEEN_LATE_MS = 30_000;

/**
 * What stands on the timeline of these kinds in the window, or shortly before it: two minutes where latency moved. The
 * earliest first.
 */
export function happenings(facts: TriageFacts, ...kinds: readonly TimelineKind[]): TimelineFact[] {
  const { fromMs, toMs } = facts.window;
  const sinceMs = fromMs - (known(facts.onsetMs) === null ? SEEN_LATE_MS : LEAD_MS);
  return facts.timeline
    .filter((event) => kinds.includes(event.kind) && known(event.atMs) !== null)
    .filter(({ atMs, untilMs }) => Math.max(atMs, known(untilMs) ?? atMs) >= sinceMs && atMs < toMs)
    .sort((a, b) => a.atMs - b.atMs);
}

/** Lines of the log of a kind; null: the log does not come. None of them is zero lines. */
export function logLines({ log }: TriageFacts, kind: LogSignalKind): LogFact | null {
  if (log === null) return null;
  const lines = log.find((line) => line.kind === kind);
  if (lines === undefined) return { kind, windowLines: 0, calmLines: 0, worstMs: null, example: "" };
  return { ...lines, worstMs: known(lines.worstMs) };
}

/** Whether latency left its band within so long of an instant: a cause shows within a minute. */
export function isNearOnset({ onsetMs }: TriageFacts, atMs: number | null, withinMs = 60_000): boolean {
  const onset = known(onsetMs);
  return onset !== null && atMs !== null && Math.abs(onset - atMs) <= withinMs;
}
