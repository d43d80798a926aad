import { contributing, likelyCause, NEEDS, noData, ruledOut } from "@/lib/rules/triage/findings";
import { alertAt, etcdIssue, outOfSpec } from "@/lib/rules/triage/limits";
import { firstStepAt, known, readingsOf } from "@/lib/rules/triage/readings";
import type { TriageRule } from "@/lib/rules/triage/triage-rule";
import { formatFigure, plainName } from "@/lib/rules/triage/triage-words";

const SLOW_WATCHERS = 0;
const PENDING = 10_000;
const THRESHOLDS = [
  outOfSpec(SLOW_WATCHERS, "count", etcdIssue(17529)),
  alertAt(PENDING, "count", etcdIssue(15402)),
] as const;
const MOVED_TIMES = 2;

/** Watchers that are served too slowly: their clients see the past, while reads and writes look fine. */
export const watchStarvation: TriageRule = {
  id: "L18",
  name: "WATCH_STARVATION",
  title: "Watchers are served too slowly",
  stage: "clients",
  explainedBy: ["L05", "L07", "L11", "L15", "L16", "L20", "L24", "L25", "L35"],
  isStanding: true,
  check(facts) {
    const slow = readingsOf(facts, "slowWatchers").sort((a, b) => worstOf(b) - worstOf(a));
    const [most] = slow;
    if (most === undefined) {
      return noData("Slow watchers are not counted.", facts.members.length === 0 ? NEEDS.access : NEEDS.metrics, {
        thresholds: THRESHOLDS,
      });
    }
    const watchers = worstOf(most);
    const pending = known(most.member.signals.pendingEvents?.worst);
    const calm = known(most.moved.calmWorst) ?? known(most.moved.calm);
    const name = plainName(most.name);
    const waiting = pending === null ? "" : `, with ${formatFigure(pending, "count")} events pending`;
    const parts = {
      text:
        watchers < 1
          ? "No watcher is slow."
          : `${name} had up to ${formatFigure(watchers, "count")} slow watchers${waiting}.`,
      because: "watchers that are served too slowly",
      subject: { kind: "member" as const, memberId: most.memberId, name: most.name },
      figure: { label: "Slow watchers", value: watchers, calm, unit: "count" as const },
      thresholds: THRESHOLDS,
      chart: { kind: "signal" as const, signal: "slowWatchers" as const, memberId: most.memberId },
    };
    // A watcher that begins in the past is slow for a moment: that is how watches start.
    const lasting = (known(most.moved.window) ?? 0) >= 1;
    if (watchers < 1 || (!lasting && (pending ?? 0) <= PENDING))
      return ruledOut({ ...parts, subject: { kind: "cluster" } });
    const isRising = calm !== null && watchers >= Math.max(1, calm * MOVED_TIMES);
    const isPending = (pending ?? 0) > PENDING;
    const found = {
      ...parts,
      startedAtMs: firstStepAt(facts, most.moved, (value) => value >= 1),
      next: [
        "Give watches CPU: see that check; and keep heavy reads off their connections.",
        "TLS with HTTP and gRPC on one port starves watches: --listen-client-http-urls (3.5.8 and later), or upgrade to 3.5.10 or later.",
      ],
      weight: isPending ? 0.7 : 0.5,
      isAlert: lasting && isPending,
    };
    return isRising && isPending ? likelyCause(found) : contributing(found);
  },
};

function worstOf({ moved }: { moved: { worst: number | null; window: number | null } }): number {
  return known(moved.worst) ?? known(moved.window) ?? 0;
}
