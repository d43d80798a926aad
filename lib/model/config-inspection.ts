import type { ConfigFacts, ConfigRow } from "@/lib/model/config-facts";
import { inspectCompaction } from "@/lib/model/config-inspection-compaction";
import { inspectKnownBugs, inspectVersions, inspectVoters } from "@/lib/model/config-inspection-members";
import { inspectQuota, inspectRequestSize, inspectSnapshotCount } from "@/lib/model/config-inspection-store";
import { inspectTimeouts } from "@/lib/model/config-inspection-timeouts";

/** How a cluster is set up, setting by setting, as far as its members tell. Nothing without members. */
export function inspectConfiguration(facts: ConfigFacts): ConfigRow[] {
  if (facts.members.length === 0) return [];
  return [
    inspectQuota(facts),
    inspectCompaction(facts),
    inspectTimeouts(facts),
    inspectSnapshotCount(facts),
    inspectRequestSize(facts),
    inspectVersions(facts),
    inspectVoters(facts),
    inspectKnownBugs(facts),
  ];
}
