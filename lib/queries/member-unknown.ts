import type { MemberFigureName } from "@/lib/api/member-health";
import type { MemberRow } from "@/lib/api/members";
import type { MetricTargetRow } from "@/lib/db/metric-rows";

/** What is known of why a member tells less than it could. */
export interface WhyUnknown {
  row: MemberRow;
  target: MetricTargetRow | null;
  /** How many members the cluster has. */
  members: number;
  /** Why nothing was read of anyone's metrics, and no agent reports; null: they do. */
  metrics: string | null;
  connections: string | null;
}

const OF_STATUS: ReadonlySet<MemberFigureName> = new Set(["fragmentationRatio", "raftLag"]);
const OF_PROBE: ReadonlySet<MemberFigureName> = new Set(["linearizableP99Ms", "serializableP99Ms"]);

/** Why a figure of a member is null, a sentence for the reader. */
export function explainFigure(name: MemberFigureName, why: WhyUnknown): string {
  const { row } = why;
  if (OF_STATUS.has(name)) return row.failure === null ? "It has not told yet." : `It does not answer: ${row.failure}`;
  if (name === "raftBehind") return explainBehind(row);
  if (OF_PROBE.has(name)) return "No read was tried at it in this range, or none was answered.";
  if (name === "connections") {
    return why.connections ?? `No agent reports under the name ${row.name || row.memberId}.`;
  }
  return explainMetric(name, why);
}

function explainBehind({ failure }: MemberRow): string {
  if (failure !== null) return `It does not answer: ${failure}`;
  return "There was no leader to compare with.";
}

function explainMetric(name: MemberFigureName, { row, target, members, metrics }: WhyUnknown): string {
  if (target === null) return metrics ?? "Nobody's metrics page says it is this member's.";
  if (target.failure !== null) return `Its metrics cannot be read: ${target.failure}`;
  if (name === "peerRttP99Ms") return members === 1 ? "It has no peers." : "No round trip was measured in this range.";
  if (name === "quotaBytes") return `etcd ${row.version ?? ""} does not tell its quota.`.replace("  ", " ");
  if (name === "fsyncP99Ms" || name === "commitP99Ms") return "Nothing was written to its disk in this range.";
  if (name === "clockAheadLeastMs" || name === "clockAheadMostMs") return "What serves its metrics tells no time.";
  return "Its metrics were not read in this range, or do not tell it.";
}
