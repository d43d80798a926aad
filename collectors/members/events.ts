import type { MembersPoll, PolledMember } from "@/collectors/members/poll";
import type { TimelineEvent } from "@/collectors/timeline";
import type { member } from "@/lib/db/schema";
import { formatBytes } from "@/lib/model/units";

/** What was known of a member before a poll. */
export type KnownMember = Pick<
  typeof member.$inferSelect,
  "memberId" | "name" | "isLeader" | "alarms" | "failure" | "dbSizeBytes" | "revision" | "raftTerm" | "version"
> & { quotaBackendBytes?: number | null };

/** A file that has become this much smaller was defragmented (rules.md, L07). */
const DEFRAGMENTED_RATIO = 0.1;

/**
 * What has changed since the poll before, each once. A member that is seen for the first time has no past: it was added. A restart with the same version makes none either: a Status answer has no uptime, a member that was away for
 * less than the time between two polls looks as it did, and one that did not answer may have been cut off instead.
 */
export function listMemberEvents(before: readonly KnownMember[], poll: MembersPoll): TimelineEvent[] {
  if (before.length === 0) return [];
  const known = new Map(before.map((row) => [row.memberId, row]));
  const ofMembers = poll.members.flatMap((polled) => {
    const past = known.get(polled.memberId);
    const changes = past === undefined ? [added(polled)] : CHANGES.flatMap((find) => find(past, polled));
    return changes.map((event) => ({ ...event, at: poll.at, memberId: polled.memberId }));
  });
  const ofCluster = [...removals(before, poll), ...leaderChange(before, poll)];
  return [...ofMembers, ...ofCluster.map((event) => ({ ...event, at: poll.at }))];
}

type Change = Pick<TimelineEvent, "kind" | "text" | "memberId">;

const CHANGES = [reachChange, versionChange, alarmChange, defragmentation, quotaChange];

function added(polled: PolledMember): Change {
  const role = polled.isLearner ? " as a learner" : "";
  return { kind: "member-added", text: `${nameOf(polled)} was added to the cluster${role}.` };
}

function removals(before: readonly KnownMember[], { members }: MembersPoll): Change[] {
  const present = new Set(members.map(({ memberId }) => memberId));
  return before
    .filter(({ memberId }) => !present.has(memberId))
    .map((past) => {
      const { memberId } = past;
      return { kind: "member-removed", memberId, text: `${nameOf(past)} was removed from the cluster.` };
    });
}

/** As Status tells since etcd 3.6; of earlier ones the metrics do (`metric-events.ts`). */
function quotaChange({ quotaBackendBytes: before = null }: KnownMember, polled: PolledMember): Change[] {
  const now = polled.status?.quotaBackendBytes ?? null;
  if (before === null || now === null || before === now) return [];
  return [{ kind: "quota-change", text: quotaWords(nameOf(polled), before, now) }];
}

/** What a changed space quota is told as. */
export function quotaWords(name: string, beforeBytes: number, nowBytes: number): string {
  return `The space quota of ${name} went from ${formatBytes(beforeBytes)} to ${formatBytes(nowBytes)}.`;
}

function reachChange(past: KnownMember, polled: PolledMember): Change[] {
  const name = nameOf(polled);
  if (past.failure === null && polled.failure !== null) {
    return [{ kind: "member-down", text: `${name} does not answer. ${polled.failure}` }];
  }
  if (past.failure !== null && polled.failure === null) return [{ kind: "member-up", text: `${name} answers again.` }];
  return [];
}

/** An upgrade or a step back, however long the member was away in between. */
function versionChange(past: KnownMember, polled: PolledMember): Change[] {
  const version = polled.status?.version ?? null;
  if (version === null || past.version === null || version === past.version) return [];
  const text = `${nameOf(polled)} was restarted with etcd ${version}; it ran ${past.version} before.`;
  return [{ kind: "version-change", text }];
}

/** One event, also where one alarm goes as another comes. */
function alarmChange(past: KnownMember, polled: PolledMember): Change[] {
  const raised = polled.alarms.filter((alarm) => !past.alarms.includes(alarm));
  const cleared = past.alarms.filter((alarm) => !polled.alarms.includes(alarm));
  const words = [
    ...raised.map((alarm) => `${nameOf(polled)} raises the ${alarm} alarm.`),
    ...cleared.map((alarm) => `The ${alarm} alarm of ${nameOf(polled)} is cleared.`),
  ];
  return words.length === 0 ? [] : [{ kind: "alarm", text: words.join(" ") }];
}

/**
 * etcd's file never shrinks by itself: deletes and compaction free pages inside it. Size in use may well have gone down
 * as well, by the compaction one does before. A revision that went back is another story: restored data.
 */
function defragmentation(past: KnownMember, { status, ...polled }: PolledMember): Change[] {
  if (status === null || past.dbSizeBytes === null || past.revision === null) return [];
  const { dbSizeBytes, dbSizeInUseBytes, revision } = status;
  if (dbSizeBytes > past.dbSizeBytes * (1 - DEFRAGMENTED_RATIO) || revision < past.revision) return [];
  const sizes = `db size went from ${formatBytes(past.dbSizeBytes)} to ${formatBytes(dbSizeBytes)}`;
  const text = `${nameOf(polled)} was defragmented: ${sizes}, of which ${formatBytes(dbSizeInUseBytes)} are in use.`;
  return [{ kind: "defragmentation", text }];
}

/** Another leader, none, one again, or the same after another election. */
function leaderChange(before: readonly KnownMember[], { members }: MembersPoll): Change[] {
  const past = before.find(({ isLeader }) => isLeader);
  const now = members.find(({ isLeader }) => isLeader);
  const terms = termWords(newestTerm(before.map(({ raftTerm }) => raftTerm)), newestTermOf(members));
  if (now === undefined) {
    return past === undefined
      ? []
      : [{ kind: "leader-change", text: `The cluster has lost its leader, ${nameOf(past)}.` }];
  }
  const { memberId } = now;
  if (past === undefined) {
    return [{ kind: "leader-change", memberId, text: `${nameOf(now)} is the leader; there was none before${terms}.` }];
  }
  if (past.memberId !== memberId) {
    return [
      { kind: "leader-change", memberId, text: `${nameOf(now)} is the leader in place of ${nameOf(past)}${terms}.` },
    ];
  }
  if (terms === "") return [];
  return [{ kind: "leader-change", memberId, text: `${nameOf(now)} was elected leader once more${terms}.` }];
}

/** `, raft term 4 after 3`; empty when no term has passed, or one is not known. */
function termWords(before: number | null, now: number | null): string {
  return before === null || now === null || now <= before ? "" : `, raft term ${now} after ${before}`;
}

function newestTermOf(members: readonly PolledMember[]): number | null {
  return newestTerm(members.map(({ status }) => status?.raftTerm ?? null));
}

function newestTerm(terms: readonly (number | null)[]): number | null {
  const known = terms.filter((term) => term !== null);
  return known.length === 0 ? null : Math.max(...known);
}

function nameOf({ name, memberId }: { name: string; memberId: string }): string {
  return name || memberId;
}
