import { TRIAGE_VERDICTS } from "@/lib/model/triage";
import { known } from "@/lib/rules/triage/readings";
import type { TriageFacts } from "@/lib/rules/triage/triage-facts";
import type { JudgedFinding, TriageFinding, TriageRule } from "@/lib/rules/triage/triage-rule";
import { TRIAGE_RULES } from "@/lib/rules/triage/triage-rules";

/** A cause and its symptom are seen in steps, and events when they are over: so much later is no later. */
const SEEN_LATE_MS = 60_000;
/** What every member does alike, so that it cannot be why one of them alone is slow. */
const SHARED_BY_ALL: ReadonlySet<string> = new Set(["L11", "L16", "L24", "L29"]);

interface Found {
  rule: TriageRule;
  order: number;
  finding: TriageFinding;
}

/**
 * Runs every check: the likely causes first, the strongest of them first, then what contributes, what is ruled out, and
 * what nothing is known of. A symptom that a likely cause explains only contributes.
 */
export function judgeTriage(facts: TriageFacts): JudgedFinding[] {
  const found = TRIAGE_RULES.map((rule, order) => ({ rule, order, finding: rule.check(facts) }));
  const causes = found.filter(({ finding }) => finding.verdict === "likely-cause").sort(byRank);
  const isSymptom = new Set(
    causes.filter((symptom) => causes.some((cause) => explains(cause, symptom, facts))).map(({ rule }) => rule.id),
  );
  const judged = found.map((one) => {
    if (!isSymptom.has(one.rule.id)) return { ...one, explainedBy: null };
    const explaining = causes.filter((cause) => explains(cause, one, facts));
    const root = explaining.find(({ rule }) => !isSymptom.has(rule.id)) ?? explaining[0];
    return {
      ...one,
      finding: { ...one.finding, verdict: "contributing" as const },
      explainedBy: root?.rule.id ?? null,
    };
  });
  return judged.sort(byRank).map(({ rule, finding, explainedBy }) => {
    const { id, name, stage, isStanding } = rule;
    return { ...finding, rule: { id, name, title: finding.title ?? rule.title, stage, isStanding }, explainedBy };
  });
}

function explains(cause: Found, symptom: Found, facts: TriageFacts): boolean {
  if (!symptom.rule.explainedBy.includes(cause.rule.id)) return false;
  const [began, showed] = [known(cause.finding.startedAtMs), known(symptom.finding.startedAtMs)];
  const slackMs = SEEN_LATE_MS + Math.max(0, known(facts.axis.stepMs) ?? 0);
  if (began !== null && showed !== null && began > showed + slackMs) return false;
  return !isOfOneMember(symptom, facts) || isAtMember(cause, symptom);
}

/** A disk of one member that is slow alone has a reason of its own. */
function isOfOneMember({ rule, finding }: Found, { members }: TriageFacts): boolean {
  return rule.stage === "disk" && finding.subject.kind === "member" && members.length > 1;
}

function isAtMember({ rule, finding }: Found, symptom: Found): boolean {
  const { subject } = symptom.finding;
  if (finding.subject.kind === "member") {
    return subject.kind === "member" && finding.subject.memberId === subject.memberId;
  }
  return !SHARED_BY_ALL.has(rule.id);
}

function byRank(a: Found, b: Found): number {
  const verdict = TRIAGE_VERDICTS.indexOf(a.finding.verdict) - TRIAGE_VERDICTS.indexOf(b.finding.verdict);
  if (verdict !== 0) return verdict;
  const isTold = a.finding.verdict === "likely-cause" || a.finding.verdict === "contributing";
  if (!isTold) return a.order - b.order;
  return (
    oursFirst(b) - oursFirst(a) ||
    b.finding.weight - a.finding.weight ||
    startOf(a.finding) - startOf(b.finding) ||
    a.order - b.order
  );
}

/** Where we may be the cause ourselves, that is said before all else. */
function oursFirst({ rule, finding }: Found): number {
  return rule.stage === "own-work" && finding.verdict === "likely-cause" ? 1 : 0;
}

function startOf({ startedAtMs }: TriageFinding): number {
  return known(startedAtMs) ?? Number.MAX_SAFE_INTEGER;
}
