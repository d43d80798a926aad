import { contributing, likelyCause, NEEDS, noData, ruledOut } from "@/lib/rules/triage/findings";
import { LEAD_MS } from "@/lib/rules/triage/happenings";
import { outOfSpec, SAYS } from "@/lib/rules/triage/limits";
import { findMover, type PrefixMove } from "@/lib/rules/triage/prefix-moves";
import { prefixSteps } from "@/lib/rules/triage/prefix-steps";
import { prefixWords } from "@/lib/rules/triage/prefix-words";
import { known } from "@/lib/rules/triage/readings";
import type { TriageFacts } from "@/lib/rules/triage/triage-facts";
import type { TriageRule } from "@/lib/rules/triage/triage-rule";
import { besideCalm, codeName, formatFigure } from "@/lib/rules/triage/triage-words";

const THRESHOLDS = [
  outOfSpec(3, "count", SAYS.ours), // times the calm rate
  outOfSpec(0.2, "ratio", SAYS.ours), // of the window's writes, or bytes
] as const;

/** A prefix that is suddenly written far more than before, by number or by bytes. */
export const hotPrefix: TriageRule = {
  id: "L24",
  name: "HOT_PREFIX_SPIKE",
  title: "A prefix became hot",
  stage: "workload",
  explainedBy: ["L29"],
  isStanding: false,
  check(facts) {
    if (facts.prefixes === null) {
      return noData("The keyspace is not watched.", NEEDS.keyspace, { thresholds: THRESHOLDS });
    }
    if (facts.prefixes.length > 0 && known(facts.writes?.calm ?? null) === null) {
      return noData("Nobody watched the calm time, so nothing can be compared with it.", NEEDS.calm, {
        thresholds: THRESHOLDS,
      });
    }
    const move = findMover(facts.prefixes);
    if (move === null) return ruledOut({ text: heaviestWords(facts), thresholds: THRESHOLDS });
    const { prefix, moved, measure } = move;
    const words = prefixWords(move);
    const isLate = isAfterOnset(facts, move);
    const unit = measure === "writes" ? ("perSecond" as const) : ("bytesPerSecond" as const);
    const parts = {
      ...{ title: words.title, because: words.because },
      text: `${words.text}${isLate ? " It began after latency had risen." : ""}`,
      subject: { kind: "prefix" as const, prefix: prefix.prefix },
      figure: {
        label: measure === "writes" ? "Writes" : "Written bytes",
        value: known(moved.window) ?? known(moved.worst) ?? 0,
        calm: known(moved.calm),
        unit,
      },
      thresholds: THRESHOLDS,
      startedAtMs: known(moved.movedAtMs) ?? known(moved.worstAtMs),
      next: prefixSteps(move),
      chart: { kind: "prefix" as const, prefix: prefix.prefix, measure },
      weight: 0.5 + 0.4 * Math.min(1, move.share),
    };
    return isLate ? contributing(parts) : likelyCause(parts);
  },
};

/** What moves long after latency did is not why. */
function isAfterOnset({ onsetMs }: TriageFacts, { moved }: PrefixMove): boolean {
  const onset = known(onsetMs);
  const movedAt = known(moved.movedAtMs);
  return onset !== null && movedAt !== null && movedAt > onset + LEAD_MS;
}

function heaviestWords({ prefixes }: TriageFacts): string {
  const written = (prefixes ?? []).filter(({ writes }) => (known(writes.window) ?? 0) > 0);
  if (written.length === 0) return "Nothing to speak of was written.";
  const heaviest = written.reduce((a, b) => ((known(b.writes.window) ?? 0) > (known(a.writes.window) ?? 0) ? b : a));
  const rate = known(heaviest.writes.window) ?? 0;
  return `No prefix is written far more. The most written, ${codeName(heaviest.prefix)}, takes ${formatFigure(rate, "perSecond")}${besideCalm(known(heaviest.writes.calm), rate, "perSecond")}.`;
}
