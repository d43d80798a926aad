import { alarms } from "@/lib/rules/triage/alarms";
import { apiserverSide } from "@/lib/rules/triage/apiserver-side";
import { applyBacklog } from "@/lib/rules/triage/apply-backlog";
import { authentication } from "@/lib/rules/triage/authentication";
import { backendCommit } from "@/lib/rules/triage/backend-commit";
import { clientStorm } from "@/lib/rules/triage/client-storm";
import { compaction } from "@/lib/rules/triage/compaction";
import { cpu } from "@/lib/rules/triage/cpu";
import { defragmentation } from "@/lib/rules/triage/defragmentation";
import { electionTiming } from "@/lib/rules/triage/election-timing";
import { expensiveRange } from "@/lib/rules/triage/expensive-range";
import { fileDescriptors } from "@/lib/rules/triage/file-descriptors";
import { fragmentation } from "@/lib/rules/triage/fragmentation";
import { growth } from "@/lib/rules/triage/growth";
import { hotPrefix } from "@/lib/rules/triage/hot-prefix";
import { imbalance } from "@/lib/rules/triage/imbalance";
import { inconsistency } from "@/lib/rules/triage/inconsistency";
import { largeTransaction } from "@/lib/rules/triage/large-transaction";
import { leaderChanges } from "@/lib/rules/triage/leader-changes";
import { leaseStorm } from "@/lib/rules/triage/lease-storm";
import { memberDown } from "@/lib/rules/triage/member-down";
import { memberLag } from "@/lib/rules/triage/member-lag";
import { memory } from "@/lib/rules/triage/memory";
import { ownWork } from "@/lib/rules/triage/own-work";
import { peerRoundTrip } from "@/lib/rules/triage/peer-round-trip";
import { proposals } from "@/lib/rules/triage/proposals";
import { quota } from "@/lib/rules/triage/quota";
import { readIndex } from "@/lib/rules/triage/read-index";
import { slowApply } from "@/lib/rules/triage/slow-apply";
import { slowFdatasync } from "@/lib/rules/triage/slow-fdatasync";
import { snapshot } from "@/lib/rules/triage/snapshot";
import type { TriageRule } from "@/lib/rules/triage/triage-rule";
import { versionBugs } from "@/lib/rules/triage/version-bugs";
import { walFsync } from "@/lib/rules/triage/wal-fsync";
import { watchStarvation } from "@/lib/rules/triage/watch-starvation";
import { watcherLeak } from "@/lib/rules/triage/watcher-leak";

/** Every check, in the order an engineer asks: ourselves first, then quorum, and from the disk up to the clients. */
export const TRIAGE_RULES: readonly TriageRule[] = [
  ownWork,
  // quorum
  leaderChanges,
  memberDown,
  // alarms
  alarms,
  inconsistency,
  // maintenance
  defragmentation,
  snapshot,
  compaction,
  // disk
  walFsync,
  backendCommit,
  slowFdatasync,
  // network
  peerRoundTrip,
  // apply
  slowApply,
  applyBacklog,
  proposals,
  readIndex,
  cpu,
  memory,
  memberLag,
  // workload
  expensiveRange,
  largeTransaction,
  hotPrefix,
  leaseStorm,
  // clients
  watchStarvation,
  watcherLeak,
  imbalance,
  clientStorm,
  authentication,
  apiserverSide,
  // configuration
  electionTiming,
  fileDescriptors,
  quota,
  growth,
  fragmentation,
  versionBugs,
];
