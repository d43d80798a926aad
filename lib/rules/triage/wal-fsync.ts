import type { Comparison } from "@/lib/rules/triage/compare-members";
import { diskSteps } from "@/lib/rules/triage/disk-steps";
import { checkLatency } from "@/lib/rules/triage/latency-rule";
import { alertAt, outOfSpec, SAYS } from "@/lib/rules/triage/limits";
import type { TriageRule } from "@/lib/rules/triage/triage-rule";

/** Writes to the log on disk are synced before a write is acknowledged: a slow sync is a slow write. */
export const walFsync: TriageRule = {
  id: "L01",
  name: "WAL_FSYNC",
  title: "Syncs of the write-ahead log are slow",
  stage: "disk",
  explainedBy: ["L05", "L07", "L08", "L11", "L15", "L16", "L24", "L25", "L35"],
  isStanding: true,
  check(facts) {
    return checkLatency(facts, {
      signal: "fsyncP99",
      observations: "fsyncsPerSecond",
      thresholds: [
        outOfSpec(10, "milliseconds", SAYS.faq),
        alertAt(500, "milliseconds", SAYS.mixin),
        alertAt(1_000, "milliseconds", SAYS.mixin),
      ],
      because: (member) => (member === null ? "slow disks at all members" : `a slow disk at ${member}`),
      next: (comparison: Comparison) => diskSteps(comparison),
    });
  },
};
