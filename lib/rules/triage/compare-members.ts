import type { HealthSignalName } from "@/lib/model/health-signals";
import { type Grade, gradeFigure, type Limits, STANDINGS } from "@/lib/rules/triage/grade";
import { known, type Reading, readingsOf, windowSeconds } from "@/lib/rules/triage/readings";
import type { TriageFacts } from "@/lib/rules/triage/triage-facts";
import type { TriageSubject } from "@/lib/rules/triage/triage-rule";
import { joinWords, plainName } from "@/lib/rules/triage/triage-words";

/** A member with how it stands. */
export interface GradedMember extends Reading {
  grade: Grade;
}

/** The members side by side: one that is bad alone has something of its own, all have something in common. */
export interface Comparison {
  worst: GradedMember;
  /** The members that are out of spec like the worst, the worst first. */
  affected: GradedMember[];
  others: GradedMember[];
  /** The worst is out of spec alone, of several. */
  isAlone: boolean;
  /** Members that tell nothing of it. */
  silent: number;
}

/** So many times the next member's figure is no coincidence. */
const ALONE_TIMES = 2;
/** A p99 over fewer observations is one observation. */
const MIN_OBSERVATIONS = 50;

/** Null where no member tells anything of the signal. */
export function compareMembers(
  facts: TriageFacts,
  signal: HealthSignalName,
  limits: Limits,
  { observations }: { observations?: HealthSignalName } = {},
): Comparison | null {
  const graded = readingsOf(facts, signal).flatMap((reading) => {
    const grade = gradeFigure(facts, reading.moved, limits);
    if (grade === null) return [];
    return [{ ...reading, grade: isThin(facts, reading, observations) ? withoutNoise(grade) : grade }];
  });
  graded.sort((a, b) => rankOf(b) - rankOf(a) || b.grade.value - a.grade.value);
  const [worst, ...rest] = graded;
  if (worst === undefined) return null;
  const isOut = ({ grade }: GradedMember) => grade.standing !== "in-spec";
  const affected = isOut(worst)
    ? [worst, ...rest.filter((other) => isOut(other) && other.grade.standing === worst.grade.standing)]
    : [];
  const others = rest.filter((other) => !affected.includes(other));
  const isAlone =
    isOut(worst) && rest.length > 0 && rest.every(({ grade }) => worst.grade.value >= grade.value * ALONE_TIMES);
  return { worst, affected, others, isAlone, silent: facts.members.length - graded.length };
}

/** The member when it is alone, or the only one; else the cluster. */
export function subjectOf({ worst, isAlone, affected }: Comparison, facts: TriageFacts): TriageSubject {
  const isOne = isAlone || (facts.members.length === 1 && affected.length === 1);
  return isOne ? { kind: "member", memberId: worst.memberId, name: worst.name } : { kind: "cluster" };
}

/** "etcd-0, etcd-1 and 3 more". */
export function memberNames(members: readonly { name: string }[]): string {
  const names = members.slice(0, 3).map(({ name }) => plainName(name));
  const more = members.length - names.length;
  return joinWords(more > 0 ? [...names, `${more} more`] : names);
}

function rankOf({ grade }: GradedMember): number {
  return STANDINGS.indexOf(grade.standing);
}

function isThin(facts: TriageFacts, { member }: Reading, signal: HealthSignalName | undefined): boolean {
  const rate = signal === undefined ? null : known(member.signals[signal]?.window);
  return rate !== null && rate * windowSeconds(facts) < MIN_OBSERVATIONS;
}

/** Few observations say something only when what they say is very bad. */
function withoutNoise(grade: Grade): Grade {
  return grade.isAlert || grade.standing === "isolated" ? grade : { ...grade, standing: "in-spec", startedAtMs: null };
}
