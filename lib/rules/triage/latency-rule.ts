import { HEALTH_SIGNALS, type HealthSignalName } from "@/lib/model/health-signals";
import {
  type Comparison,
  compareMembers,
  type GradedMember,
  memberNames,
  subjectOf,
} from "@/lib/rules/triage/compare-members";
import { contributing, likelyCause, NEEDS, noData, ruledOut } from "@/lib/rules/triage/findings";
import { excessWeight } from "@/lib/rules/triage/grade";
import { isNearOnset } from "@/lib/rules/triage/happenings";
import type { TriageFacts } from "@/lib/rules/triage/triage-facts";
import type { TriageFinding, TriageThreshold } from "@/lib/rules/triage/triage-rule";
import { formatMilliseconds, plainName, wentFrom } from "@/lib/rules/triage/triage-words";

/** How a latency of the members is judged and told. */
export interface LatencyCheck {
  signal: HealthSignalName;
  /** Out of spec first, then alert; those of the first two decide, others are shown. */
  thresholds: readonly [TriageThreshold, TriageThreshold, ...TriageThreshold[]];
  /** The rate of what is timed: a quantile over a handful is not judged. */
  observations?: HealthSignalName;
  /** A single bad step is told, but is no finding: the figure is too coarse for it. */
  ignoresIsolated?: boolean;
  /** Reads on after "because of"; `member` is null where all are affected. */
  because(member: string | null): string;
  next(comparison: Comparison, facts: TriageFacts): readonly string[];
}

/** Judges a latency of the members, side by side. */
export function checkLatency(facts: TriageFacts, check: LatencyCheck): TriageFinding {
  const [documentation, alert] = check.thresholds;
  const limits = { documentation: documentation.value, alert: alert.value };
  const { label } = HEALTH_SIGNALS[check.signal];
  const thresholds = check.thresholds;
  const compared = compareMembers(facts, check.signal, limits, { observations: check.observations });
  if (compared === null) {
    return noData(`${label} is not measured.`, facts.members.length === 0 ? NEEDS.access : NEEDS.metrics, {
      thresholds,
    });
  }
  const { worst } = compared;
  const { grade } = worst;
  const isIgnored = grade.standing === "isolated" && check.ignoresIsolated === true;
  const value = isIgnored ? (worst.moved.window ?? grade.value) : grade.value;
  const shared = {
    ...{ thresholds, figure: { label, value, calm: grade.calm, unit: "milliseconds" as const } },
    ...{ chart: { kind: "signal" as const, signal: check.signal, memberId: worst.memberId } },
  };
  if (grade.standing === "in-spec" || isIgnored) {
    return ruledOut({ ...shared, text: inSpecWords(compared, { label, value, limit: documentation.value }) });
  }
  const subject = subjectOf(compared, facts);
  const parts = {
    ...{ ...shared, subject, text: outOfSpecWords(compared, label), startedAtMs: grade.startedAtMs },
    ...{ next: check.next(compared, facts), weight: excessWeight(grade.value, documentation.value) },
    ...{ isAlert: grade.isAlert, because: check.because(subject.kind === "member" ? plainName(worst.name) : null) },
  };
  const isCause =
    grade.standing === "moved" || (grade.standing === "isolated" && isNearOnset(facts, grade.startedAtMs));
  return isCause ? likelyCause(parts) : contributing(parts);
}

function inSpecWords(
  { worst, silent }: Comparison,
  { label, value, limit }: { label: string; value: number; limit: number },
): string {
  const peak =
    worst.grade.worst > limit && worst.grade.worst > value
      ? ` One step reached ${formatMilliseconds(worst.grade.worst)}, no more than a moment.`
      : "";
  return `${label} is ${formatMilliseconds(value)} at the slowest member, ${plainName(worst.name)}.${peak}${silentWords(silent)}`;
}

function outOfSpecWords({ worst, affected, others, isAlone, silent }: Comparison, label: string): string {
  const { grade } = worst;
  const name = plainName(worst.name);
  if (grade.standing === "isolated") {
    return `${label} reached ${formatMilliseconds(grade.value)} for a moment at ${name}.${silentWords(silent)}`;
  }
  const moved = wentFrom(grade.calm, grade.value, "milliseconds");
  const words =
    grade.standing === "moved"
      ? `${label} ${moved} at ${name}`
      : `${label} is ${formatMilliseconds(grade.value)} at ${name}, out of spec, and was ${grade.calm === null ? "not measured" : formatMilliseconds(grade.calm)} before`;
  return `${words}${besides({ affected, others, isAlone }, grade.standing === "moved")}.${silentWords(silent)}`;
}

function besides(
  { affected, others, isAlone }: Pick<Comparison, "affected" | "others" | "isAlone">,
  isUp: boolean,
): string {
  const rest = [...affected.slice(1), ...others];
  if (rest.length === 0) return "";
  if (!isAlone)
    return affected.length > 1 ? `, and is ${isUp ? "up" : "so"} at ${memberNames(affected.slice(1))} as well` : "";
  return `; ${memberNames(rest)} ${rest.length === 1 ? "has" : "have"} ${highest(rest)} at most`;
}

function highest(members: readonly GradedMember[]): string {
  return formatMilliseconds(members.reduce((most, { grade }) => Math.max(most, grade.value), 0));
}

/** Says of how many members a verdict knows nothing. */
export function silentWords(silent: number): string {
  if (silent <= 0) return "";
  return silent === 1 ? " One member does not tell it." : ` ${silent} members do not tell it.`;
}
