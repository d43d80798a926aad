import { quotaWords } from "@/collectors/members/events";
import type { TimelineEvent } from "@/collectors/timeline";
import { formatDuration } from "@/lib/model/units";

/** Members see the same change of leader within this time. */
export const SAME_CHANGE_MS = 30_000;

const SNAPSHOTS = "etcd_disk_backend_snapshot_duration_seconds_count";
const SNAPSHOT_SECONDS = "etcd_disk_backend_snapshot_duration_seconds_sum";
const LEADER_CHANGES = "etcd_server_leader_changes_seen_total";
const QUOTA = "etcd_server_quota_backend_bytes";
/** The series that tell of events. */
export const METRIC_EVENT_NAMES = [SNAPSHOTS, SNAPSHOT_SECONDS, LEADER_CHANGES, QUOTA];

/** What one reading of one member said of the names that tell of events. */
export interface EventReading {
  memberId: string;
  atMs: number;
  /** By series name: what a counter grew by, where a gauge stands. */
  figures: ReadonlyMap<string, number>;
}

/** A member readings may be of. */
export interface EventMember {
  memberId: string;
  name: string;
  /** Status tells the quota and its changes by itself. */
  tellsQuota: boolean;
}

/** What readings, in the order of time, tell of snapshots, quotas and changes of leader. */
export function listMetricEvents(members: readonly EventMember[], readings: readonly EventReading[]): TimelineEvent[] {
  const named = new Map(members.map((one) => [one.memberId, one]));
  const quotas = new Map<string, number>();
  const events: TimelineEvent[] = [];
  for (const reading of readings) {
    const one = named.get(reading.memberId);
    if (one === undefined) continue;
    events.push(...snapshots(one, reading), ...quotaChanges(one, reading, quotas));
  }
  return [...events, ...leaderChanges(members.length, readings)];
}

function snapshots({ memberId, name }: EventMember, { atMs, figures }: EventReading): TimelineEvent[] {
  const count = figures.get(SNAPSHOTS) ?? 0;
  if (count <= 0) return [];
  const seconds = figures.get(SNAPSHOT_SECONDS) ?? 0;
  const what = count === 1 ? "a snapshot of its db" : `${count} snapshots of its db`;
  const text = `${name} sent ${what} in ${formatDuration(seconds * 1_000)}: a backup, or a member that had fallen behind.`;
  const at = new Date(atMs - (count === 1 ? seconds * 1_000 : 0));
  return [{ at, until: new Date(atMs), kind: "snapshot", memberId, text }];
}

function quotaChanges(
  { memberId, name, tellsQuota }: EventMember,
  { atMs, figures }: EventReading,
  quotas: Map<string, number>,
): TimelineEvent[] {
  const now = figures.get(QUOTA);
  if (now === undefined || tellsQuota) return [];
  const before = quotas.get(memberId) ?? now;
  quotas.set(memberId, now);
  if (before === now) return [];
  return [{ at: new Date(atMs), kind: "quota-change", memberId, text: quotaWords(name, before, now) }];
}

/** A change that most members saw; one that only few saw is theirs alone, as of one that was cut off or started. */
function leaderChanges(memberCount: number, readings: readonly EventReading[]): TimelineEvent[] {
  const seen = readings.filter(({ figures }) => (figures.get(LEADER_CHANGES) ?? 0) > 0);
  const events: TimelineEvent[] = [];
  for (let i = 0; i < seen.length; ) {
    const first = seen[i] as EventReading;
    const together = seen.slice(i).filter(({ atMs }) => atMs - first.atMs < SAME_CHANGE_MS);
    i += together.length;
    const times = new Map(together.map(({ memberId, figures }) => [memberId, figures.get(LEADER_CHANGES) as number]));
    if (times.size * 2 <= memberCount) continue;
    const most = Math.max(...times.values());
    const text = `The leader changed ${most === 1 ? "" : `${most} times `}between two looks at the members, as their metrics tell.`;
    events.push({ at: new Date(first.atMs), kind: "leader-change", text });
  }
  return events;
}
