/** What can stand on the timeline of a cluster. */
export const TIMELINE_KINDS = [
  "baseline",
  "resync",
  "drift",
  "gap",
  "own-scan",
  "compaction",
  "defragmentation",
  "snapshot",
  "leader-change",
  "alarm",
  "member-added",
  "member-removed",
  "member-down",
  "member-up",
  "restart",
  "version-change",
  "quota-change",
  "inconsistency",
  "spike",
] as const;
export type TimelineKind = (typeof TIMELINE_KINDS)[number];

/** How a mark of a kind is drawn: what happens all the time is quiet, trouble is bad. */
export type TimelineTone = "quiet" | "neutral" | "bad";

const BAD: ReadonlySet<TimelineKind> = new Set([
  "drift",
  "leader-change",
  "alarm",
  "member-down",
  "member-removed",
  "inconsistency",
  "spike",
]);
const QUIET: ReadonlySet<TimelineKind> = new Set(["compaction", "own-scan", "snapshot"]);

/** The tone of a kind. */
export function timelineTone(kind: TimelineKind): TimelineTone {
  if (BAD.has(kind)) return "bad";
  return QUIET.has(kind) ? "quiet" : "neutral";
}
