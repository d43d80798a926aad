import { contributing, likelyCause, NEEDS, noData, ruledOut } from "@/lib/rules/triage/findings";
import { happenings } from "@/lib/rules/triage/happenings";
import { alertAt, outOfSpec, SAYS } from "@/lib/rules/triage/limits";
import {
  calmSeconds,
  countInWindow,
  earliest,
  firstStepAt,
  known,
  nameOf,
  readingsOf,
  windowSeconds,
} from "@/lib/rules/triage/readings";
import { command, shellArgument, steps } from "@/lib/rules/triage/shell-words";
import type { TriageFacts } from "@/lib/rules/triage/triage-facts";
import type { TriageFinding, TriageRule, TriageThreshold } from "@/lib/rules/triage/triage-rule";
import { countWords, plainName } from "@/lib/rules/triage/triage-words";

const MIXIN_CHANGES = 4;
const MIXIN_SECONDS = 900;
const THRESHOLDS: readonly TriageThreshold[] = [
  outOfSpec(0, "count", SAYS.faq), // a leader that stays is what is healthy
  alertAt(MIXIN_CHANGES, "count", SAYS.mixin),
  alertAt(3, "count", SAYS.aro),
];
/** A counter's growth is spread over two readings: this much of one is one. */
const ALMOST_ONE = 0.6;

/** While a leader is elected, nothing is written and nothing read linearizably. */
export const leaderChanges: TriageRule = {
  id: "L04",
  name: "LEADER_CHANGES",
  title: "The leader changed, or was lost",
  stage: "quorum",
  explainedBy: ["L01", "L05", "L07", "L09", "L11", "L15", "L16", "L20", "L24", "L35"],
  isStanding: true,
  check(facts) {
    const events = happenings(facts, "leader-change");
    const counted = countChanges(facts);
    const changes = Math.max(events.length, counted ?? 0);
    const away = leaderlessSince(facts);
    const isLost = isLeaderlessNow(facts);
    if (changes > 0 || away !== null) return tellChanges(facts, { changes, away, isLost });
    if (counted === null && facts.members.every(({ isLeader }) => isLeader === null)) {
      return noData("No member says who leads.", facts.members.length === 0 ? NEEDS.access : NEEDS.metrics, {
        thresholds: THRESHOLDS,
      });
    }
    return tellSteady(facts);
  },
};

function countChanges(facts: TriageFacts): number | null {
  const counts = readingsOf(facts, "leaderChangesPerSecond").map(({ moved }) => countInWindow(facts, moved) ?? 0);
  if (counts.length === 0) return null;
  const most = counts.reduce((a, b) => Math.max(a, b));
  return most >= ALMOST_ONE ? Math.max(1, Math.round(most)) : 0;
}

/** The first step in which a member that answered knew no leader. */
function leaderlessSince(facts: TriageFacts): number | null {
  return earliest(
    ...readingsOf(facts, "hasLeader").map(({ moved }) => firstStepAt(facts, moved, (value) => value < 0.5)),
  );
}

function isLeaderlessNow(facts: TriageFacts): boolean {
  const told = facts.members.filter(({ isLeader }) => isLeader !== null);
  return told.length > 0 && told.every(({ isLeader }) => isLeader === false) && told.length === facts.members.length;
}

function tellSteady(facts: TriageFacts): TriageFinding {
  const leader = facts.members.find(({ isLeader }) => isLeader === true);
  const late = readingsOf(facts, "heartbeatFailuresPerSecond").reduce(
    (sum, { moved }) => sum + (countInWindow(facts, moved) ?? 0),
    0,
  );
  const text = leader ? `${plainName(nameOf(leader))} led all the time.` : "The leader did not change.";
  const heartbeats = late >= 1 ? ` ${countWords(Math.round(late), "heartbeat")} went out late.` : "";
  return ruledOut({ text: `${text}${heartbeats}`, thresholds: THRESHOLDS });
}

function tellChanges(
  facts: TriageFacts,
  { changes, away, isLost }: { changes: number; away: number | null; isLost: boolean },
): TriageFinding {
  const events = happenings(facts, "leader-change");
  const leader = facts.members.find(({ isLeader }) => isLeader === true);
  const perMixin = (changes / Math.max(MIXIN_SECONDS, windowSeconds(facts))) * MIXIN_SECONDS;
  const calmChanges = facts.timeline.filter(
    (event) =>
      event.kind === "leader-change" &&
      event.atMs >= facts.calm.fromMs &&
      event.atMs < facts.calm.toMs &&
      !events.includes(event),
  ).length;
  const isUsual = !isLost && calmChanges > 0 && changes / windowSeconds(facts) <= calmChanges / calmSeconds(facts);
  const now = leader ? ` ${plainName(nameOf(leader))} leads now.` : isLost ? " No member leads now." : "";
  const parts = {
    title: isLost ? "There is no leader" : "The leader changed",
    text: `${changeWords(changes, away !== null)}${now}${isUsual ? " It did so in the calm time as often." : ""}`,
    because: isLost ? "a lost leader" : changes > 1 ? `${changes} changes of leader` : "a change of leader",
    subject: leader
      ? { kind: "member" as const, memberId: leader.memberId, name: nameOf(leader) }
      : { kind: "cluster" as const },
    figure: { label: "Leader changes", value: changes, calm: calmChanges, unit: "count" as const },
    thresholds: THRESHOLDS,
    startedAtMs: earliest(events[0]?.atMs, away),
    next: nextSteps(facts),
    chart: { kind: "signal" as const, signal: "leaderChangesPerSecond" as const, memberId: null },
    weight: isLost ? 0.97 : 0.9,
    isAlert: isLost || perMixin >= MIXIN_CHANGES,
  };
  return isUsual ? contributing(parts) : likelyCause(parts);
}

function changeWords(changes: number, wasAway: boolean): string {
  if (changes === 0) return "A member knew of no leader for a while.";
  const times = changes === 1 ? "once" : changes === 2 ? "twice" : `${changes} times`;
  return `The leader changed ${times}${wasAway ? ", and there was none for a while" : ""}.`;
}

function nextSteps(facts: TriageFacts): string[] {
  const late = readingsOf(facts, "heartbeatFailuresPerSecond").find(({ moved }) => (known(moved.window) ?? 0) > 0);
  const pod = late ? shellArgument(late.name) : null;
  return steps(
    "Was it somebody? etcdctl move-leader, an upgrade or a restart elects a leader, and is over in a second.",
    late && `${plainName(late.name)} sent heartbeats late: look at its disk (WAL fsync), its CPU and its network.`,
    late && command`kubectl -n kube-system logs ${pod} --tail=200 | grep -iE 'leader|heartbeat|election'`,
    "See who leads: etcdctl endpoint status --cluster -w table",
  );
}
