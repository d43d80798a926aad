import { formatDuration } from "@/lib/model/units";
import { listDbFills } from "@/lib/rules/triage/db-fill";
import { contributing, NEEDS, noData, ruledOut } from "@/lib/rules/triage/findings";
import { alertAt, outOfSpec, SAYS } from "@/lib/rules/triage/limits";
import { known } from "@/lib/rules/triage/readings";
import type { TriageRule } from "@/lib/rules/triage/triage-rule";
import { formatFigure } from "@/lib/rules/triage/triage-words";

const SECONDS = 4 * 3_600;
const THRESHOLDS = [
  outOfSpec(24 * 3_600_000, "milliseconds", SAYS.ours),
  alertAt(SECONDS * 1_000, "milliseconds", SAYS.mixin),
] as const;

/** When the quota is used up, if it goes on like this. */
export const growth: TriageRule = {
  id: "L27",
  name: "GROWTH",
  title: "The db file grows",
  stage: "configuration",
  explainedBy: ["L06"],
  isStanding: true,
  check(facts) {
    const rate = known(facts.growthBytesPerSecond);
    const [least] = listDbFills(facts)
      .flatMap(({ sizeBytes, quotaBytes }) => (quotaBytes === null ? [] : [Math.max(0, quotaBytes - sizeBytes)]))
      .sort((a, b) => a - b);
    if (rate === null || least === undefined) {
      const needs = facts.members.length === 0 ? NEEDS.access : rate === null ? NEEDS.growth : NEEDS.metrics;
      return noData("How fast the db file grows, or how far it may, is not known.", needs, { thresholds: THRESHOLDS });
    }
    const secondsLeft = rate > 0 ? least / rate : Number.POSITIVE_INFINITY;
    const perHour = formatFigure(Math.max(0, rate) * 3_600, "bytes");
    const isFar = secondsLeft > 24 * 3_600;
    const parts = {
      text: isFar
        ? `It grows by ${perHour} an hour; the quota is further than a day away.`
        : `It grows by ${perHour} an hour, and the quota is used up in ${formatDuration(secondsLeft * 1_000)}.`,
      because: "a db file that grows fast",
      figure: { label: "Growth", value: rate, calm: null, unit: "bytesPerSecond" as const },
      thresholds: THRESHOLDS,
      chart: { kind: "signal" as const, signal: "dbSize" as const, memberId: null },
    };
    if (isFar) return ruledOut(parts);
    return contributing({
      ...parts,
      title: "The quota will soon be used up",
      next: [
        "Look at which prefix grows: the Keyspace page by growth.",
        "Compact old revisions; then defragment, one member at a time.",
      ],
      weight: secondsLeft <= SECONDS ? 0.5 : 0.25,
      isAlert: secondsLeft <= SECONDS,
    });
  },
};
