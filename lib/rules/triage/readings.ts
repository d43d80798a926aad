import type { HealthSignalName } from "@/lib/model/health-signals";
import type { MemberFacts, Moved, TriageFacts } from "@/lib/rules/triage/triage-facts";

/** A signal of one member, of which at least the window is known. */
export interface Reading {
  memberId: string;
  name: string;
  member: MemberFacts;
  moved: Moved;
}

/** The number, or null where it is none that can be reckoned with. */
export function known(value: number | null | undefined): number | null {
  return value !== null && value !== undefined && Number.isFinite(value) ? value : null;
}

/** What the members tell of a signal; those that tell nothing of the window are left out. */
export function readingsOf(facts: TriageFacts, signal: HealthSignalName): Reading[] {
  return facts.members.flatMap((member) => {
    const moved = member.signals[signal];
    if (moved === undefined || !isTold(moved)) return [];
    return [{ memberId: member.memberId, name: nameOf(member), member, moved }];
  });
}

/** Whether anything is known of the window. */
export function isTold(moved: Moved | null | undefined): moved is Moved {
  return moved != null && (known(moved.window) !== null || known(moved.worst) !== null);
}

/** A member's name, its id where it has none. */
export function nameOf({ name, memberId }: Pick<MemberFacts, "name" | "memberId">): string {
  return name === "" ? memberId : name;
}

/** Seconds of the window, at least one. */
export function windowSeconds({ window }: TriageFacts): number {
  return Math.max(1, known((window.toMs - window.fromMs) / 1_000) ?? 1);
}

/** Seconds of the calm time, at least one. */
export function calmSeconds({ calm }: TriageFacts): number {
  return Math.max(1, known((calm.toMs - calm.fromMs) / 1_000) ?? 1);
}

/** How often it happened in the window, of a rate; null: not known. */
export function countInWindow(facts: TriageFacts, { window, worst }: Moved): number | null {
  const rate = known(window) ?? known(worst);
  return rate === null ? null : Math.max(0, rate * windowSeconds(facts));
}

/** How often it happened in the calm time, for as long as the window is; null: not known. */
export function countInCalm(facts: TriageFacts, { calm }: Moved): number | null {
  const rate = known(calm);
  return rate === null ? null : Math.max(0, rate * windowSeconds(facts));
}

/** The known steps of the window, with when each began. */
export function stepsOfWindow({ axis, window }: TriageFacts, { values }: Moved): { atMs: number; value: number }[] {
  if (!(axis.stepMs > 0)) return [];
  const first = Math.max(0, Math.floor((window.fromMs - axis.fromMs) / axis.stepMs));
  const last = Math.min(values.length, Math.ceil((window.toMs - axis.fromMs) / axis.stepMs));
  const found: { atMs: number; value: number }[] = [];
  for (let step = first; step < last; step++) {
    const value = known(values[step]);
    if (value !== null) found.push({ atMs: axis.fromMs + step * axis.stepMs, value });
  }
  return found;
}

/** When the first step of the window for which `isFound` holds began; null: none. */
export function firstStepAt(facts: TriageFacts, moved: Moved, isFound: (value: number) => boolean): number | null {
  return stepsOfWindow(facts, moved).find(({ value }) => isFound(value))?.atMs ?? null;
}

/** A figure of several members or clients, added up. */
export interface MovedSum {
  calm: number | null;
  window: number;
  worst: number;
  calmWorst: number | null;
  /** The earliest. */
  movedAtMs: number | null;
}

/** Rates added up; null where none is known. The worst steps may not have been at the same time. */
export function sumMoved(all: readonly Moved[]): MovedSum | null {
  const told = all.filter(isTold);
  if (told.length === 0) return null;
  const windows = told.map(({ window, worst }) => known(window) ?? known(worst) ?? 0);
  return {
    calm: addKnown(told.map(({ calm }) => calm)),
    window: windows.reduce((sum, value) => sum + value, 0),
    worst: told.reduce((sum, { worst }, at) => sum + (known(worst) ?? (windows[at] as number)), 0),
    calmWorst: addKnown(told.map(({ calmWorst }) => calmWorst)),
    movedAtMs: earliest(...told.map(({ movedAtMs }) => movedAtMs)),
  };
}

/** The earliest of those that are known. */
export function earliest(...times: readonly (number | null | undefined)[]): number | null {
  const told = times.map(known).filter((time) => time !== null);
  return told.length === 0 ? null : told.reduce((a, b) => Math.min(a, b));
}

function addKnown(values: readonly (number | null)[]): number | null {
  const told = values.map(known).filter((value) => value !== null);
  return told.length === 0 ? null : told.reduce((sum, value) => sum + value, 0);
}
