import { contributing, likelyCause, NEEDS, noData, ruledOut } from "@/lib/rules/triage/findings";
import { logLines } from "@/lib/rules/triage/happenings";
import { alertAt, outOfSpec, SAYS } from "@/lib/rules/triage/limits";
import { known, windowSeconds } from "@/lib/rules/triage/readings";
import { steps } from "@/lib/rules/triage/shell-words";
import type { TriageRule } from "@/lib/rules/triage/triage-rule";
import { countWords, formatFigure, formatMilliseconds, plainName } from "@/lib/rules/triage/triage-words";
import { countTrouble } from "@/lib/rules/triage/trouble-count";

const THRESHOLDS = [
  outOfSpec(50, "milliseconds", SAYS.faq),
  alertAt(100, "milliseconds", SAYS.faq), // etcd's own warning
] as const;

/** Requests that took etcd more than 100 ms to apply. */
export const slowApply: TriageRule = {
  id: "L12",
  name: "SLOW_APPLY",
  title: "Requests take long to apply",
  stage: "apply",
  explainedBy: [
    "L01",
    "L02",
    "L04",
    "L05",
    "L07",
    "L08",
    "L09",
    "L11",
    "L15",
    "L16",
    "L20",
    "L24",
    "L25",
    "L30",
    "L35",
  ],
  isStanding: false,
  check(facts) {
    const log = logLines(facts, "apply-took-too-long");
    const counted = countTrouble(facts, "slowAppliesPerSecond");
    const count = counted?.count ?? log?.windowLines ?? null;
    if (count === null) {
      return noData("Slow applies are not counted.", facts.members.length === 0 ? NEEDS.access : NEEDS.metrics, {
        thresholds: THRESHOLDS,
      });
    }
    const calm = counted ? counted.calm : (log?.calmLines ?? null);
    const shown = Math.round(count);
    if (shown < 1) return ruledOut({ text: "Nothing took more than 100 ms to apply.", thresholds: THRESHOLDS });
    const hasMoved = counted ? counted.hasMoved : shown >= 5 && shown >= (calm ?? 0) * 3;
    const where = counted?.members[0] ? ` The most at ${plainName(counted.members[0].name)}.` : "";
    const longest = known(log?.worstMs);
    const parts = {
      text: `${countWords(shown, "request")} took more than 100 ms to apply${longest === null ? "" : `, the longest ${formatMilliseconds(longest)}`}; ${calm === null ? "the calm time is not known" : `${formatFigure(calm, "count")} in as much calm time`}.${where}`,
      because: "requests that take long to apply",
      figure: { label: "Slow applies", value: count, calm, unit: "count" as const },
      thresholds: THRESHOLDS,
      startedAtMs: counted?.startedAtMs ?? null,
      chart: { kind: "signal" as const, signal: "slowAppliesPerSecond" as const, memberId: null },
      weight: 0.62,
    };
    const next = steps(
      log === null
        ? "Send etcd's log lines: they name the ranges that were slow."
        : "Look at which ranges the log names: see the check of expensive ranges.",
      "Nothing named? Look at commits to the db file and at the CPU.",
    );
    if (hasMoved && (known(facts.onsetMs) !== null || count / windowSeconds(facts) >= 1))
      return likelyCause({ ...parts, next });
    return count >= 2 || hasMoved ? contributing({ ...parts, next }) : ruledOut({ ...parts, startedAtMs: null });
  },
};
