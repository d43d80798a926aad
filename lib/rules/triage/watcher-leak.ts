import { contributing, NEEDS, noData, ruledOut } from "@/lib/rules/triage/findings";
import { outOfSpec, SAYS } from "@/lib/rules/triage/limits";
import { known, readingsOf, sumMoved } from "@/lib/rules/triage/readings";
import type { TriageRule } from "@/lib/rules/triage/triage-rule";
import { besideCalm, formatFigure } from "@/lib/rules/triage/triage-words";

const GROWTH = 0.2;
/** A few more watchers are a client more. */
const FLOOR = 200;
/** Keys that grow bring watchers with them. */
const KEYS_GROWTH = 0.05;
const THRESHOLDS = [outOfSpec(GROWTH, "ratio", SAYS.ours)] as const;

/** Watchers that only ever become more, while the keys do not. */
export const watcherLeak: TriageRule = {
  id: "L19",
  name: "WATCHER_LEAK",
  title: "Watchers become more and more",
  stage: "clients",
  explainedBy: ["L25"],
  isStanding: false,
  check(facts) {
    const watchers = sumMoved(readingsOf(facts, "watchers").map(({ moved }) => moved));
    if (watchers === null || watchers.calm === null) {
      return noData("Watchers are not counted.", facts.members.length === 0 ? NEEDS.access : NEEDS.metrics, {
        thresholds: THRESHOLDS,
      });
    }
    const keys = readingsOf(facts, "keys")[0]?.moved;
    const keysGrew = grownBy(known(keys?.calm), known(keys?.window));
    const grew = grownBy(watchers.calm, watchers.window);
    const parts = {
      text: `Open watchers: ${formatFigure(watchers.window, "count")}${besideCalm(watchers.calm, watchers.window, "count")}.`,
      because: "watchers that become more and more",
      figure: { label: "Watchers", value: watchers.window, calm: watchers.calm, unit: "count" as const },
      thresholds: THRESHOLDS,
      chart: { kind: "signal" as const, signal: "watchers" as const, memberId: null },
    };
    const isLeak = grew > GROWTH && watchers.window - watchers.calm >= FLOOR && keysGrew < KEYS_GROWTH;
    if (!isLeak) return ruledOut(parts);
    return contributing({
      ...parts,
      startedAtMs: watchers.movedAtMs,
      next: [
        "Find the client that opens them: which address has the most connections? ss -tn sport = :2379",
        "Versions before 3.5.17 leak goroutines of watches: upgrade.",
      ],
      weight: 0.4,
    });
  },
};

function grownBy(calm: number | null, now: number | null): number {
  return calm === null || now === null || calm <= 0 ? 0 : now / calm - 1;
}
