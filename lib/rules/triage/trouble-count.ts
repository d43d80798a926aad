import type { HealthSignalName } from "@/lib/model/health-signals";
import { isSurelyMoved } from "@/lib/rules/triage/grade";
import { countInCalm, countInWindow, firstStepAt, known, type Reading, readingsOf } from "@/lib/rules/triage/readings";
import type { TriageFacts } from "@/lib/rules/triage/triage-facts";

/** How often something that should not happen did, over all members. */
export interface TroubleCount {
  count: number;
  /** In as much calm time; null: not known. */
  calm: number | null;
  /** Far more often than in the calm time, and more than a few times. */
  hasMoved: boolean;
  startedAtMs: number | null;
  /** The members where it happened, the most first. */
  members: Reading[];
}

/** Fewer are chance, on any cluster. */
const FEW = 5;

/** Adds up counters of trouble; null where no member tells any of them. */
export function countTrouble(facts: TriageFacts, ...signals: readonly HealthSignalName[]): TroubleCount | null {
  const told = signals.flatMap((signal) => readingsOf(facts, signal));
  if (told.length === 0) return null;
  const hit = told.filter(({ moved }) => (countInWindow(facts, moved) ?? 0) >= 0.5);
  const count = sum(told.map(({ moved }) => countInWindow(facts, moved)));
  const calms = told.map(({ moved }) => countInCalm(facts, moved));
  const calm = calms.every((value) => value === null) ? null : sum(calms);
  const starts = hit.flatMap(
    ({ moved }) => known(moved.movedAtMs) ?? firstStepAt(facts, moved, (value) => value > 0) ?? [],
  );
  const startedAtMs = starts.length === 0 ? null : starts.reduce((a, b) => Math.min(a, b));
  hit.sort((a, b) => (known(b.moved.window) ?? 0) - (known(a.moved.window) ?? 0));
  const members = hit.filter(({ memberId }, at) => hit.findIndex((other) => other.memberId === memberId) === at);
  return { count, calm, hasMoved: count >= FEW && isSurelyMoved(count, calm ?? 0), startedAtMs, members };
}

function sum(values: readonly (number | null)[]): number {
  return values.reduce<number>((total, value) => total + (value ?? 0), 0);
}
