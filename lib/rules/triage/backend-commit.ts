import { HEALTH_SIGNALS, type HealthSignalName } from "@/lib/model/health-signals";
import type { Comparison } from "@/lib/rules/triage/compare-members";
import { diskSteps } from "@/lib/rules/triage/disk-steps";
import { checkLatency } from "@/lib/rules/triage/latency-rule";
import { alertAt, outOfSpec, SAYS } from "@/lib/rules/triage/limits";
import { known } from "@/lib/rules/triage/readings";
import type { TriageFacts } from "@/lib/rules/triage/triage-facts";
import type { TriageRule } from "@/lib/rules/triage/triage-rule";
import { formatMilliseconds, plainName } from "@/lib/rules/triage/triage-words";

/** Applied writes are committed to the db file in batches; reads wait while one is finished. */
export const backendCommit: TriageRule = {
  id: "L02",
  name: "BACKEND_COMMIT",
  title: "Commits to the db file are slow",
  stage: "disk",
  explainedBy: ["L01", "L05", "L07", "L08", "L11", "L15", "L16", "L24", "L25", "L35"],
  isStanding: true,
  check(facts) {
    return checkLatency(facts, {
      signal: "commitP99",
      thresholds: [
        outOfSpec(25, "milliseconds", SAYS.faq),
        alertAt(250, "milliseconds", SAYS.mixin),
        alertAt(100, "milliseconds", SAYS.aro),
        alertAt(500, "milliseconds", SAYS.openshift),
      ],
      because: (member) => (member === null ? "slow commits at all members" : `slow commits at ${member}`),
      next: commitSteps,
    });
  },
};

const PHASES = [
  ["commitRebalanceP99", "rebalance: many deletes; pages are merged"],
  ["commitSpillP99", "spill: large batches; nodes are split over pages"],
  ["commitWriteP99", "write: the disk itself"],
] as const satisfies readonly (readonly [HealthSignalName, string])[];

function commitSteps(comparison: Comparison, facts: TriageFacts): string[] {
  const { member, name } = comparison.worst;
  const fsync = known(member.signals.fsyncP99?.window);
  const phases = PHASES.flatMap(([signal, words]) => {
    const p99 = known(member.signals[signal]?.window);
    return p99 === null
      ? []
      : [{ p99, words: `${HEALTH_SIGNALS[signal].label} ${formatMilliseconds(p99)} (${words})` }];
  }).sort((a, b) => b.p99 - a.p99);
  const [slowest] = phases;
  const isDiskFine = fsync !== null && fsync <= 10;
  return [
    ...(slowest ? [`The longest part of a commit at ${plainName(name)} is ${slowest.words}.`] : []),
    ...(isDiskFine
      ? [
          "Syncs of the log are fine, so it is not the disk alone: look for large batches and a long list of free pages.",
          "Many free pages: defragment the members one at a time, the leader last: etcdctl defrag --endpoints=<one member>",
        ]
      : diskSteps(comparison)),
    ...(facts.members.length > 1 && comparison.isAlone
      ? ["Compare with the other members: etcdctl endpoint status --cluster -w table"]
      : []),
  ];
}
