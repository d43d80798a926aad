import type { HealthSignalName } from "@/lib/model/health-signals";
import { contributing, NEEDS, noData, ruledOut } from "@/lib/rules/triage/findings";
import { etcdIssue, outOfSpec } from "@/lib/rules/triage/limits";
import { known, type Reading, readingsOf } from "@/lib/rules/triage/readings";
import type { TriageFacts } from "@/lib/rules/triage/triage-facts";
import type { TriageRule } from "@/lib/rules/triage/triage-rule";
import { formatFigure, plainName } from "@/lib/rules/triage/triage-words";

const TIMES = 2;
const THRESHOLDS = [outOfSpec(TIMES, "count", etcdIssue(10717))] as const; // times the mean of the members
/** Below it nothing is asked that would have to be shared. */
const FLOORS = { clientRequestsPerSecond: 50, sentBytesPerSecond: 5_242_880 } as const;

/** Clients stick to the member they found first. */
export const imbalance: TriageRule = {
  id: "L23",
  name: "MEMBER_IMBALANCE",
  title: "One member serves most clients",
  stage: "clients",
  explainedBy: ["L05", "L15", "L24", "L25"],
  isStanding: false,
  check(facts) {
    if (facts.memberCount === 1) return ruledOut({ text: "The only member serves everybody.", thresholds: THRESHOLDS });
    const requests = toBalance(facts, "clientRequestsPerSecond");
    if (requests === null) {
      const needs = facts.members.length === 0 ? NEEDS.access : NEEDS.metrics;
      return noData("What each member is asked is not counted.", needs, { thresholds: THRESHOLDS });
    }
    const sent = toBalance(facts, "sentBytesPerSecond");
    const isByBytes = requests.times <= TIMES && sent !== null && sent.times > TIMES;
    const shown = isByBytes ? sent : requests;
    const unit = isByBytes ? ("bytesPerSecond" as const) : ("perSecond" as const);
    const signal = isByBytes ? ("sentBytesPerSecond" as const) : ("clientRequestsPerSecond" as const);
    const name = plainName(shown.most.name);
    const what = isByBytes ? "is read from at" : "is asked";
    const parts = {
      text: `${name} ${what} ${formatFigure(shown.value, unit)}, the members on average ${formatFigure(shown.mean, unit)}.`,
      because: `${name} serving most clients`,
      figure: {
        label: isByBytes ? "Sent to clients" : "Requests",
        value: shown.value,
        calm: known(shown.most.moved.calm),
        unit,
      },
      thresholds: THRESHOLDS,
      chart: { kind: "signal" as const, signal, memberId: shown.most.memberId },
    };
    if (shown.times <= TIMES || shown.value < FLOORS[signal]) return ruledOut(parts);
    return contributing({
      ...parts,
      subject: { kind: "member", memberId: shown.most.memberId, name: shown.most.name },
      next: [
        "Give clients all endpoints, in another order each, or a balancer.",
        "After an upgrade or a restart: restart the clients one by one, so that they spread again.",
      ],
      weight: 0.3,
    });
  },
};

function toBalance(facts: TriageFacts, signal: HealthSignalName) {
  const told = readingsOf(facts, signal);
  if (told.length < 2) return null;
  const rateOf = ({ moved }: Reading) => Math.max(0, known(moved.window) ?? 0);
  const most = told.reduce((a, b) => (rateOf(b) > rateOf(a) ? b : a));
  const mean = told.reduce((sum, reading) => sum + rateOf(reading), 0) / told.length;
  return { most, value: rateOf(most), mean, times: mean > 0 ? rateOf(most) / mean : 0 };
}
