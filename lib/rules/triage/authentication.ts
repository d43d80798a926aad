import type { HealthSignalName } from "@/lib/model/health-signals";
import { contributing, likelyCause, NEEDS, noData, ruledOut } from "@/lib/rules/triage/findings";
import { outOfSpec, SAYS } from "@/lib/rules/triage/limits";
import { known, sumMoved } from "@/lib/rules/triage/readings";
import type { Moved, TriageFacts } from "@/lib/rules/triage/triage-facts";
import type { TriageRule } from "@/lib/rules/triage/triage-rule";
import { formatFigure, formatMilliseconds, wentFrom } from "@/lib/rules/triage/triage-words";

/** bcrypt takes some 60 to 100 ms of CPU each time: five a second are half a CPU. */
const LOGINS_PER_SECOND = 5;
const LOGIN_MS = 500;
const MOVED_TIMES = 3;
const THRESHOLDS = [
  outOfSpec(LOGINS_PER_SECOND, "perSecond", SAYS.article),
  outOfSpec(LOGIN_MS, "milliseconds", SAYS.article),
] as const;

/** Each login with a password is a bcrypt comparison; clients that log in for each request starve the rest. */
export const authentication: TriageRule = {
  id: "L30",
  name: "AUTH_BCRYPT",
  title: "Logins with passwords take CPU",
  stage: "clients",
  explainedBy: [],
  isStanding: false,
  check(facts) {
    if (!facts.members.some(({ splitSignals }) => splitSignals.requestsPerSecond?.size)) {
      return noData("Logins are not counted.", facts.members.length === 0 ? NEEDS.access : NEEDS.metrics, {
        thresholds: THRESHOLDS,
      });
    }
    const logins = sumMoved(ofMethod(facts, "requestsPerSecond", "Authenticate"));
    if (logins === null || (logins.window === 0 && logins.worst === 0)) {
      return ruledOut({ text: "Nobody logs in with a password.", thresholds: THRESHOLDS });
    }
    const slowest = ofMethod(facts, "grpcP99", "Authenticate").flatMap((moved) => known(moved.window) ?? []);
    const slowMs = slowest.length === 0 ? null : slowest.reduce((a, b) => Math.max(a, b));
    const parts = {
      text: `Logins with a password: the rate ${wentFrom(logins.calm, logins.window, "perSecond")}${slowMs === null ? "" : `, taking ${formatMilliseconds(slowMs)} (p99)`}.`,
      because: `${formatFigure(logins.window, "perSecond")} logins with passwords`,
      figure: { label: "Logins", value: logins.window, calm: logins.calm, unit: "perSecond" as const },
      thresholds: THRESHOLDS,
      chart: { kind: "signal" as const, signal: "requestsPerSecond" as const, memberId: null },
    };
    const isMany = logins.window >= LOGINS_PER_SECOND;
    const isSlow = slowMs !== null && slowMs > LOGIN_MS;
    if (!isMany && !isSlow) return ruledOut(parts);
    const found = {
      ...parts,
      startedAtMs: logins.movedAtMs,
      next: [
        "Use client certificates in place of passwords.",
        "Let clients keep their token and their connection; a new client for each request logs in each time.",
        "Lower the cost of a comparison: --bcrypt-cost=4 (least 4, default 10).",
      ],
      weight: 0.72,
    };
    const hasMoved = isMany && logins.calm !== null && logins.window >= logins.calm * MOVED_TIMES;
    return hasMoved ? likelyCause(found) : contributing(found);
  },
};

function ofMethod({ members }: TriageFacts, signal: HealthSignalName, method: string): Moved[] {
  return members.flatMap(({ splitSignals }) => splitSignals[signal]?.get(method) ?? []);
}
