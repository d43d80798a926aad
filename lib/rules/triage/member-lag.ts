import { contributing, likelyCause, NEEDS, noData, ruledOut } from "@/lib/rules/triage/findings";
import { gradeFigure } from "@/lib/rules/triage/grade";
import { alertAt, outOfSpec, SAYS } from "@/lib/rules/triage/limits";
import { known, nameOf, stepsOfWindow } from "@/lib/rules/triage/readings";
import type { MemberFacts, TriageFacts } from "@/lib/rules/triage/triage-facts";
import type { TriageRule } from "@/lib/rules/triage/triage-rule";
import { formatFigure, formatMilliseconds, plainName } from "@/lib/rules/triage/triage-words";

const LIMITS = { documentation: 5_000, alert: 5_000 };
const RECEIVING_MS = 30_000;
const THRESHOLDS = [
  outOfSpec(LIMITS.documentation, "count", SAYS.faq),
  alertAt(RECEIVING_MS, "milliseconds", SAYS.faq),
] as const;

/** A member that cannot keep up answers with old data, and is sent the whole db in the end. */
export const memberLag: TriageRule = {
  id: "L34",
  name: "MEMBER_LAG",
  title: "A member is behind the others",
  stage: "apply",
  explainedBy: ["L01", "L02", "L05", "L07", "L08", "L09", "L15", "L16", "L20", "L24", "L25"],
  isStanding: true,
  check(facts) {
    if (facts.memberCount === 1) return ruledOut({ text: "The only member is behind no one.", thresholds: THRESHOLDS });
    const told = facts.members.flatMap((member) => toLag(facts, member) ?? []);
    const [worst] = told.sort((a, b) => b.rank - a.rank || b.behind - a.behind);
    if (worst === undefined) {
      return noData("How far members are behind is not known.", NEEDS.access, { thresholds: THRESHOLDS });
    }
    const name = plainName(nameOf(worst.member));
    const receiving =
      worst.receivingMs > 0 ? ` It took in a snapshot for ${formatMilliseconds(worst.receivingMs)}.` : "";
    const parts = {
      text: `${name} was at most this many entries behind the leader: ${formatFigure(worst.behind, "count")}.${receiving}`,
      because: `${name} being far behind`,
      subject: { kind: "member" as const, memberId: worst.member.memberId, name: nameOf(worst.member) },
      figure: { label: "Entries behind", value: worst.behind, calm: worst.calm, unit: "count" as const },
      thresholds: THRESHOLDS,
      chart: { kind: "signal" as const, signal: "raftBehind" as const, memberId: worst.member.memberId },
    };
    if (worst.rank === 0) return ruledOut(parts);
    const found = {
      ...parts,
      startedAtMs: worst.startedAtMs,
      next: [
        `Look at the disk of ${name}, and at the bandwidth to it.`,
        "Its clients may be served old data by serializable reads.",
      ],
      weight: 0.64,
      isAlert: worst.isAlert,
    };
    return worst.rank === 2 ? likelyCause(found) : contributing(found);
  },
};

function toLag(facts: TriageFacts, member: MemberFacts) {
  const { raftBehind, snapshotReceives } = member.signals;
  const grade = gradeFigure(facts, raftBehind, LIMITS);
  const receivingMs = snapshotReceives
    ? stepsOfWindow(facts, snapshotReceives).filter(({ value }) => value >= 1).length * Math.max(0, facts.axis.stepMs)
    : 0;
  const behind = grade?.worst ?? known(member.revisionsBehind);
  if (behind === null) return null;
  const isReceiving = receivingMs > RECEIVING_MS;
  const isFarBehind = grade === null ? behind > LIMITS.documentation : grade.standing !== "in-spec";
  const hasMoved = grade?.standing === "moved" || (isReceiving && (known(snapshotReceives?.calmWorst) ?? 0) < 1);
  return {
    ...{ member, behind, receivingMs, calm: grade?.calm ?? null, startedAtMs: grade?.startedAtMs ?? null },
    ...{ rank: hasMoved ? 2 : isFarBehind || isReceiving ? 1 : 0, isAlert: grade?.isAlert === true || isReceiving },
  };
}
