import { contributing, likelyCause, NEEDS, noData, ruledOut } from "@/lib/rules/triage/findings";
import { happenings, isNearOnset, logLines } from "@/lib/rules/triage/happenings";
import { alertAt, etcdIssue, kubernetesIssue, outOfSpec, SAYS } from "@/lib/rules/triage/limits";
import { earliest, firstStepAt, known, readingsOf, sumMoved, windowSeconds } from "@/lib/rules/triage/readings";
import { recurringCompactions } from "@/lib/rules/triage/recurring-compactions";
import type { TriageFacts } from "@/lib/rules/triage/triage-facts";
import type { TriageFinding, TriageRule } from "@/lib/rules/triage/triage-rule";
import { countWords, formatFigure, formatMilliseconds } from "@/lib/rules/triage/triage-words";

/** 330,000 revisions took 38 s (kubernetes #66785): a third of that is felt. */
const LARGE_ROUND = 100_000;
const PAUSE_MS = 100;
const THRESHOLDS = [
  outOfSpec(LARGE_ROUND, "count", kubernetesIssue(66785)),
  alertAt(PAUSE_MS, "milliseconds", etcdIssue(19406)),
  outOfSpec(0.2, "ratio", SAYS.ours), // of each second, held by pauses
] as const;
const MOVED_TIMES = 3;
/** A round that the log says took so long. */
const LONG_MS = 1_000;
/** As much of each second the store was held by pauses. */
const HELD_MS_PER_SECOND = 200;

/** A compaction takes the store for a moment, batch by batch: the more revisions, the longer it goes on. */
export const compaction: TriageRule = {
  id: "L11",
  name: "COMPACTION_PAUSE",
  title: "Compaction held the store",
  stage: "maintenance",
  explainedBy: [],
  isStanding: false,
  check(facts) {
    const events = happenings(facts, "compaction");
    const log = logLines(facts, "compaction");
    const round = measureRound(facts, events.length);
    if (events.length === 0 && (round === null || round.revisions < 1) && (log?.windowLines ?? 0) === 0) {
      return round === null && facts.prefixes === null && log === null
        ? noData("Nothing tells of compactions.", facts.members.length === 0 ? NEEDS.access : NEEDS.metrics, {
            thresholds: THRESHOLDS,
          })
        : ruledOut({ text: "Nothing was compacted.", thresholds: THRESHOLDS });
    }
    return tell(facts, { round, tookMs: known(log?.worstMs), eventAtMs: events[0]?.atMs ?? null });
  },
};

interface Round {
  /** Revisions of a round: of the window's, of the calm time's. Null: no such figure. */
  revisions: number;
  calm: number | null;
  startedAtMs: number | null;
}

/** How many revisions a round took away, of the member that tells the most: all do the same work. */
function measureRound(facts: TriageFacts, events: number): Round | null {
  const [most] = readingsOf(facts, "compactedKeysPerSecond").sort(
    (a, b) => (known(b.moved.window) ?? 0) - (known(a.moved.window) ?? 0),
  );
  const rate = known(most?.moved.window);
  if (most === undefined || rate === null) return null;
  const calm = known(most.moved.calm);
  const seconds = windowSeconds(facts);
  const startedAtMs = firstStepAt(facts, most.moved, (value) => value > 0);
  return {
    revisions: (rate * seconds) / Math.max(1, events),
    calm: calm === null ? null : calm * seconds,
    startedAtMs,
  };
}

function tell(
  facts: TriageFacts,
  { round, tookMs, eventAtMs }: { round: Round | null; tookMs: number | null; eventAtMs: number | null },
): TriageFinding {
  const startedAtMs = earliest(eventAtMs, round?.startedAtMs);
  const pause = sumMoved(readingsOf(facts, "compactionPauseP99").map(({ moved }) => moved));
  const pauseMs = pause === null ? null : highest(facts, "compactionPauseP99");
  const heldMs = highest(facts, "compactionPauseMsPerSecond");
  const revisions = round?.revisions ?? null;
  const isLarge = revisions !== null && revisions >= LARGE_ROUND && revisions >= (round?.calm ?? 0) * MOVED_TIMES;
  const isAtOnset = isNearOnset(facts, startedAtMs);
  const isHeavy = (pauseMs ?? 0) > PAUSE_MS || (tookMs ?? 0) > LONG_MS || (heldMs ?? 0) > HELD_MS_PER_SECOND;
  const recurring = recurringCompactions(facts);
  const isCause = isLarge || (isAtOnset && (isHeavy || recurring >= 2 || (revisions ?? 0) >= LARGE_ROUND));
  const parts = {
    title: isCause ? "A compaction held the store" : "Compaction",
    text: words({ revisions, calm: round?.calm ?? null, pauseMs, tookMs, isAtOnset, recurring }),
    because: isLarge ? `a compaction of ${formatFigure(revisions as number, "count")} revisions` : "compaction",
    figure:
      revisions === null
        ? null
        : { label: "Revisions compacted", value: revisions, calm: round?.calm ?? null, unit: "count" as const },
    thresholds: THRESHOLDS,
    startedAtMs,
    chart: { kind: "signal" as const, signal: "compactedKeysPerSecond" as const, memberId: null },
    weight: isLarge ? 0.88 : 0.75,
  };
  const next = [
    "Fewer revisions a round: look at what is overwritten most (Top keys, by writes), or compact more often.",
    "Smaller batches with a pause between: --experimental-compaction-batch-limit=1000 --experimental-compaction-sleep-interval=10ms (3.5), without experimental from 3.6 on.",
    "Versions 3.5.16 to 3.5.18 do not pause between batches: upgrade.",
  ];
  if (isCause) return likelyCause({ ...parts, next });
  return isHeavy && isAtOnset ? contributing({ ...parts, next }) : ruledOut({ ...parts, startedAtMs: null });
}

function highest(facts: TriageFacts, signal: "compactionPauseP99" | "compactionPauseMsPerSecond"): number | null {
  const worst = readingsOf(facts, signal).map(({ moved }) => known(moved.worst) ?? known(moved.window) ?? 0);
  return worst.length === 0 ? null : worst.reduce((a, b) => Math.max(a, b));
}

function words(told: {
  revisions: number | null;
  calm: number | null;
  pauseMs: number | null;
  tookMs: number | null;
  isAtOnset: boolean;
  recurring: number;
}): string {
  const { revisions, calm, pauseMs, tookMs } = told;
  const what =
    revisions === null || revisions < 1
      ? "A compaction"
      : `A compaction of ${countWords(Math.round(revisions), "revision")}`;
  const usual = calm !== null && calm >= 1 ? ` (${formatFigure(calm, "count")} in as much calm time)` : "";
  const pauses = pauseMs === null ? "" : `, with pauses of up to ${formatMilliseconds(pauseMs)}`;
  const took = tookMs === null ? "" : `, which took ${formatMilliseconds(tookMs)}`;
  const when = told.isAtOnset ? " Latency rose as it ran." : "";
  const again = told.recurring >= 2 ? ` Latency rose after ${told.recurring} earlier compactions, too.` : "";
  return `${what}${usual} ran${took}${pauses}.${when}${again}`;
}
