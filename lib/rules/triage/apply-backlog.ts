import { compareMembers, subjectOf } from "@/lib/rules/triage/compare-members";
import { contributing, likelyCause, NEEDS, noData, ruledOut } from "@/lib/rules/triage/findings";
import { excessWeight } from "@/lib/rules/triage/grade";
import { silentWords } from "@/lib/rules/triage/latency-rule";
import { alertAt, outOfSpec, SAYS } from "@/lib/rules/triage/limits";
import type { TriageRule } from "@/lib/rules/triage/triage-rule";
import { formatFigure, plainName } from "@/lib/rules/triage/triage-words";

const LIMITS = { documentation: 1_000, alert: 5_000 };
const THRESHOLDS = [
  outOfSpec(LIMITS.documentation, "count", SAYS.ours),
  alertAt(LIMITS.alert, "count", SAYS.server), // "too many requests" from here on
] as const;

/** Entries that are committed and not applied yet. */
export const applyBacklog: TriageRule = {
  id: "L13",
  name: "APPLY_BACKLOG",
  title: "Committed entries wait to be applied",
  stage: "apply",
  explainedBy: ["L01", "L02", "L04", "L05", "L07", "L08", "L11", "L12", "L15", "L16", "L20", "L24", "L25", "L35"],
  isStanding: true,
  check(facts) {
    const compared = compareMembers(facts, "raftLag", LIMITS);
    if (compared === null) {
      return noData("How far applying is behind is not known.", NEEDS.access, { thresholds: THRESHOLDS });
    }
    const { grade, name, memberId } = compared.worst;
    const shown = Math.max(grade.value, grade.standing === "in-spec" ? grade.worst : 0);
    const parts = {
      text: `At most ${formatFigure(shown, "count")} entries waited to be applied, at ${plainName(name)}.${silentWords(compared.silent)}`,
      because: "a backlog of entries to apply",
      figure: { label: "Entries not applied", value: shown, calm: grade.calm, unit: "count" as const },
      thresholds: THRESHOLDS,
      chart: { kind: "signal" as const, signal: "raftLag" as const, memberId },
    };
    if (grade.standing === "in-spec") return ruledOut(parts);
    const found = {
      ...parts,
      subject: subjectOf(compared, facts),
      startedAtMs: grade.startedAtMs,
      next: [
        "Slow the writers down: at 5,000 etcd answers etcdserver: too many requests.",
        "Look at commits to the db file, and at expensive ranges.",
      ],
      weight: excessWeight(grade.value, LIMITS.documentation),
      isAlert: grade.isAlert,
    };
    return grade.standing === "moved" ? likelyCause(found) : contributing(found);
  },
};
