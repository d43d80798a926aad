import { isNearOnset } from "@/lib/rules/triage/happenings";
import { isTold, known, stepsOfWindow } from "@/lib/rules/triage/readings";
import type { Moved, TriageFacts } from "@/lib/rules/triage/triage-facts";

/**
 * Where a figure stands against its limits, the worst last. `isolated`: in spec but for a step or two that were very
 * bad. `chronic`: out of spec as in the calm time, too. `moved`: out of spec, and it was not before.
 */
export const STANDINGS = ["in-spec", "isolated", "chronic", "moved"] as const;
export type Standing = (typeof STANDINGS)[number];

/** A figure against its limits. */
export interface Grade {
  standing: Standing;
  /** What to tell: the whole window's figure; its worst step where that is what stands out. */
  value: number;
  calm: number | null;
  /** The worst step of the window. */
  worst: number;
  startedAtMs: number | null;
  /** Over the alert tier for the window, not in a step alone. */
  isAlert: boolean;
}

export interface Limits {
  /** Above it a figure is out of spec. */
  documentation: number;
  alert: number;
}

/** Of the known steps, so many must be out of spec for the window to be. */
const SUSTAINED_RATIO = 0.25;
const SUSTAINED_STEPS = 2;
/** Against the calm time. Coarse buckets double by chance; three times is no chance. */
const MOVED_TIMES = 2;
const SURELY_MOVED_TIMES = 3;
const ISOLATED_TIMES = 5;

/**
 * Grades a figure of which more is worse. Null where nothing is known of the window.
 *
 * One that doubled counts as moved only when latency moved as well: histograms have coarse buckets, and a quantile over
 * few observations is noise.
 */
export function gradeFigure(
  facts: TriageFacts,
  moved: Moved | undefined,
  { documentation, alert }: Limits,
): Grade | null {
  if (!isTold(moved)) return null;
  const worst = known(moved.worst) ?? (known(moved.window) as number);
  const now = known(moved.window) ?? worst;
  const calm = known(moved.calm);
  const isSustained = now > documentation && lasts(facts, moved, documentation);
  const isAlert = isSustained && now > alert;
  const found = { calm, worst, isAlert, startedAtMs: known(moved.movedAtMs) ?? known(moved.worstAtMs) };
  if (isSustained) {
    return { ...found, value: now, standing: hasMoved(facts, { now, calm, isAlert }) ? "moved" : "chronic" };
  }
  if (isIsolated(facts, moved, { worst, documentation, alert })) {
    return { ...found, value: worst, startedAtMs: known(moved.worstAtMs), standing: "isolated" };
  }
  return { ...found, value: now, startedAtMs: null, standing: "in-spec" };
}

/** Times the calm figure, from which on a figure has moved without doubt. */
export function isSurelyMoved(now: number, calm: number | null): boolean {
  return calm !== null && now >= calm * SURELY_MOVED_TIMES && now > calm;
}

/** How strongly a figure over its limit speaks: 0.6 at the limit, a tenth more each time it doubles, at most 0.85. */
export function excessWeight(value: number, limit: number): number {
  return limit > 0 && value > limit ? Math.min(0.85, 0.6 + 0.1 * Math.log2(value / limit)) : 0.6;
}

function lasts(facts: TriageFacts, moved: Moved, limit: number): boolean {
  const steps = stepsOfWindow(facts, moved);
  if (steps.length < SUSTAINED_STEPS) return true; // the window is one step: there is no other word than its own
  const beyond = steps.filter(({ value }) => value > limit).length;
  return beyond >= SUSTAINED_STEPS && beyond >= steps.length * SUSTAINED_RATIO;
}

function hasMoved(
  facts: TriageFacts,
  { now, calm, isAlert }: { now: number; calm: number | null; isAlert: boolean },
): boolean {
  if (calm === null) return isAlert;
  if (now < calm * MOVED_TIMES || now <= calm) return false;
  return isAlert || isSurelyMoved(now, calm) || known(facts.onsetMs) !== null;
}

/** One slow step in an hour is nothing; one that is very slow, and unlike anything in the calm time, is. */
function isIsolated(
  facts: TriageFacts,
  moved: Moved,
  { worst, documentation, alert }: Limits & { worst: number },
): boolean {
  if (worst <= documentation) return false;
  const calmWorst = known(moved.calmWorst) ?? known(moved.calm);
  if (calmWorst !== null && worst < calmWorst * MOVED_TIMES) return false;
  const calm = known(moved.calm) ?? calmWorst;
  const isFarOff = calm !== null && worst >= calm * ISOLATED_TIMES && isNearOnset(facts, known(moved.worstAtMs));
  return worst > alert || isFarOff;
}
