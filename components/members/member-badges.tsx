import { Badge } from "@/components/ui/badge";
import { toVisibleText } from "@/components/ui/visible-text";
import type { MemberRow } from "@/lib/api/members";

/** Leader, follower or learner. */
export function MemberRole({ row }: { row: MemberRow }) {
  if (row.isLeader) return <Badge tone="accent">leader</Badge>;
  return <Badge>{row.isLearner ? "learner" : "follower"}</Badge>;
}

/** Whether a member answers, and what it complains of. */
export function MemberState({ row }: { row: MemberRow }) {
  const isBad = row.failure !== null || row.alarms.length > 0;
  const words = memberStateWords(row);
  if (!isBad && row.errors.length === 0) return <Badge tone="good">{words}</Badge>;
  return (
    <span title={toVisibleText(words)}>
      <Badge tone={isBad ? "bad" : "warn"}>{row.failure !== null ? "no answer" : (row.alarms[0] ?? "error")}</Badge>{" "}
      {toVisibleText(words)}
    </span>
  );
}

/** The same in words. */
export function memberStateWords({ failure, alarms, errors, at }: MemberRow): string {
  if (failure !== null) return failure;
  if (alarms.length > 0) return `alarm ${alarms.join(", ")}`;
  if (errors.length > 0) return errors.join("; ");
  return at === null ? "not asked yet" : "answers";
}
