import { contributing, likelyCause, NEEDS, noData, ruledOut } from "@/lib/rules/triage/findings";
import { gradeFigure } from "@/lib/rules/triage/grade";
import { alertAt, outOfSpec, SAYS } from "@/lib/rules/triage/limits";
import { readingsOf, windowSeconds } from "@/lib/rules/triage/readings";
import type { TriageFacts } from "@/lib/rules/triage/triage-facts";
import type { TriageRule } from "@/lib/rules/triage/triage-rule";
import { formatFigure, plainName } from "@/lib/rules/triage/triage-words";
import { countTrouble } from "@/lib/rules/triage/trouble-count";

const PENDING = { documentation: 100, alert: 100 };
const FAILED_IN_15_MINUTES = 5;
const QUARTER_SECONDS = 900;
const THRESHOLDS = [
  outOfSpec(PENDING.documentation, "count", SAYS.ours),
  alertAt(FAILED_IN_15_MINUTES, "count", SAYS.mixin), // failed, in 15 minutes
] as const;

/** Writes that wait for a majority, or never got one. */
export const proposals: TriageRule = {
  id: "L14",
  name: "PROPOSALS",
  title: "Proposals wait or fail",
  stage: "apply",
  explainedBy: [
    ...["L01", "L02", "L04", "L05", "L06", "L07", "L08", "L09", "L11", "L12", "L13"],
    ...["L15", "L16", "L20", "L24", "L25", "L35"],
  ],
  isStanding: true,
  check(facts) {
    const pending = worstPending(facts);
    const failed = countTrouble(facts, "proposalsFailedPerSecond");
    if (pending === null && failed === null) {
      return noData("Proposals are not counted.", facts.members.length === 0 ? NEEDS.access : NEEDS.metrics, {
        thresholds: THRESHOLDS,
      });
    }
    const failedCount = Math.round(failed?.count ?? 0);
    const perQuarter = (failedCount / Math.max(QUARTER_SECONDS, windowSeconds(facts))) * QUARTER_SECONDS;
    const isFailing = perQuarter > FAILED_IN_15_MINUTES;
    const isWaiting = pending !== null && pending.grade.standing !== "in-spec";
    const waiting =
      pending === null
        ? "Pending proposals are not told"
        : `at most ${formatFigure(pending.grade.worst, "count")} waited at ${plainName(pending.name)}`;
    const parts = {
      text: capital(
        `${waiting}; ${failed === null ? "failed ones are not told" : `${formatFigure(failedCount, "count")} failed`}.`,
      ),
      because: isFailing ? "proposals that fail" : "proposals that wait for a majority",
      figure: isFailing
        ? { label: "Proposals failed", value: failedCount, calm: failed?.calm ?? null, unit: "count" as const }
        : pending && {
            label: "Proposals pending",
            value: pending.grade.value,
            calm: pending.grade.calm,
            unit: "count" as const,
          },
      thresholds: THRESHOLDS,
      chart: { kind: "signal" as const, signal: "proposalsPending" as const, memberId: null },
    };
    if (!isFailing && !isWaiting) return ruledOut(parts);
    const found = {
      ...parts,
      startedAtMs: (isFailing ? failed?.startedAtMs : pending?.grade.startedAtMs) ?? null,
      next: ["Look at the leader: its disk (WAL fsync), its peers (round trip), and whether a majority answers."],
      weight: 0.62,
      isAlert: isFailing,
    };
    const hasMoved = (isFailing && failed?.hasMoved === true) || pending?.grade.standing === "moved";
    return hasMoved ? likelyCause(found) : contributing(found);
  },
};

function worstPending(facts: TriageFacts) {
  const graded = readingsOf(facts, "proposalsPending").flatMap(({ name, moved }) => {
    const grade = gradeFigure(facts, moved, PENDING);
    return grade === null ? [] : [{ name, grade }];
  });
  const order = ["in-spec", "isolated", "chronic", "moved"];
  graded.sort(
    (a, b) => order.indexOf(b.grade.standing) - order.indexOf(a.grade.standing) || b.grade.worst - a.grade.worst,
  );
  return graded[0] ?? null;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
