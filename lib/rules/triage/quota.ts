import { listDbFills } from "@/lib/rules/triage/db-fill";
import { contributing, NEEDS, noData, ruledOut } from "@/lib/rules/triage/findings";
import { alertAt, outOfSpec, SAYS } from "@/lib/rules/triage/limits";
import type { TriageRule } from "@/lib/rules/triage/triage-rule";
import { formatFigure, plainName } from "@/lib/rules/triage/triage-words";

const WARN = 0.75;
const CRITICAL = 0.85;
const THRESHOLDS = [
  outOfSpec(WARN, "ratio", SAYS.openshift),
  alertAt(0.8, "ratio", SAYS.etcdIssues),
  alertAt(CRITICAL, "ratio", SAYS.openshift),
  alertAt(0.95, "ratio", SAYS.mixin),
] as const;

/** A full quota stops all writes. Near it nothing is slow yet. */
export const quota: TriageRule = {
  id: "L26",
  name: "QUOTA_NEAR",
  title: "The quota",
  stage: "configuration",
  explainedBy: ["L06"],
  isStanding: true,
  check(facts) {
    const fills = listDbFills(facts).flatMap((fill) =>
      fill.quotaBytes === null
        ? []
        : [{ ...fill, quotaBytes: fill.quotaBytes, ratio: fill.sizeBytes / fill.quotaBytes }],
    );
    const [fullest] = fills.sort((a, b) => b.ratio - a.ratio);
    if (fullest === undefined) {
      return noData(
        "The quota, or the size against it, is not known.",
        facts.members.length === 0 ? NEEDS.access : NEEDS.metrics,
        {
          thresholds: THRESHOLDS,
        },
      );
    }
    const { ratio, sizeBytes, quotaBytes, calmBytes, memberId } = fullest;
    const parts = {
      text: `The db file of ${plainName(fullest.name)} has ${formatFigure(sizeBytes, "bytes")} of ${formatFigure(quotaBytes, "bytes")}, ${formatFigure(ratio, "ratio")} of its quota.`,
      because: "a quota that is nearly used up",
      figure: {
        label: "Quota used",
        value: ratio,
        calm: calmBytes === null ? null : calmBytes / quotaBytes,
        unit: "ratio" as const,
      },
      thresholds: THRESHOLDS,
      chart: { kind: "signal" as const, signal: "dbSize" as const, memberId },
    };
    if (ratio <= WARN) return ruledOut(parts);
    return contributing({
      ...parts,
      title: "The quota is nearly used up",
      subject: { kind: "member", memberId, name: fullest.name },
      next: [
        "Compact and defragment, one member at a time: etcdctl defrag --endpoints=<one member>",
        "Look at which prefixes grew: the Keyspace page, compared with last week.",
        "Raise --quota-backend-bytes (8 GiB at most is advised).",
      ],
      weight: ratio > CRITICAL ? 0.55 : 0.35,
      isAlert: ratio > CRITICAL,
    });
  },
};
