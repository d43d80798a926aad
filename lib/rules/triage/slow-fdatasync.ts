import { contributing, likelyCause, NEEDS, noData, ruledOut } from "@/lib/rules/triage/findings";
import { logLines } from "@/lib/rules/triage/happenings";
import { alertAt, outOfSpec, SAYS } from "@/lib/rules/triage/limits";
import type { TriageRule } from "@/lib/rules/triage/triage-rule";
import { countWords, formatMilliseconds, plainSentence } from "@/lib/rules/triage/triage-words";

const THRESHOLDS = [
  outOfSpec(1_000, "milliseconds", SAYS.etcdIssues),
  alertAt(1_000, "milliseconds", SAYS.mixin),
] as const;
const MOVED_TIMES = 2;

/** etcd logs each sync of its log that took longer than a second. */
export const slowFdatasync: TriageRule = {
  id: "L03",
  name: "FDATASYNC_LOG",
  title: "etcd logged slow syncs",
  stage: "disk",
  explainedBy: ["L01", "L02", "L05", "L07", "L08", "L11", "L15", "L16", "L24", "L25", "L35"],
  isStanding: false,
  check(facts) {
    const lines = logLines(facts, "slow-fdatasync");
    if (lines === null) return noData("etcd's log does not come.", NEEDS.log, { thresholds: THRESHOLDS });
    if (lines.windowLines === 0) {
      return ruledOut({ text: "etcd logged no sync that took longer than a second.", thresholds: THRESHOLDS });
    }
    const longest = lines.worstMs === null ? "" : `, the longest ${formatMilliseconds(lines.worstMs)}`;
    const parts = {
      text: `etcd logged ${countWords(lines.windowLines, "sync")} of more than a second${longest}; ${lines.calmLines} in the calm time.`,
      because: "syncs that took longer than a second",
      figure: { label: "Slow syncs logged", value: lines.windowLines, calm: lines.calmLines, unit: "count" as const },
      thresholds: THRESHOLDS,
      next: [
        "Look at the disk of the member that logged it (iostat -x 1), and at what else uses it.",
        ...(lines.example === "" ? [] : [`The log says: ${plainSentence(lines.example, 200)}`]),
      ],
      weight: 0.7,
    };
    return lines.windowLines >= Math.max(1, lines.calmLines * MOVED_TIMES) ? likelyCause(parts) : contributing(parts);
  },
};
