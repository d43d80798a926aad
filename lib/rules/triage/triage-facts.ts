import type { HashVerdict } from "@/lib/model/consistency";
import type { HealthSignalName } from "@/lib/model/health-signals";
import type { LogSignalKind } from "@/lib/model/log-signals";
import type { TimeRange } from "@/lib/model/time-range";
import type { TimelineKind } from "@/lib/model/timeline";

/** A figure over the calm time and over the window beside it. A null is not known. */
export interface Moved {
  /** One a step of the facts' axis. */
  values: readonly (number | null)[];
  /** Over the whole calm time: a quantile of all its observations, the mean rate, the median of a gauge. */
  calm: number | null;
  window: number | null;
  /** The highest step of each, and when that of the window was. */
  calmWorst: number | null;
  worst: number | null;
  worstAtMs: number | null;
  /** The first step, from two minutes before the window on, in which it had left its calm band; null: it has not. */
  movedAtMs: number | null;
}

/** One member. Signals its version or its sources do not tell are absent. */
export interface MemberFacts {
  memberId: string;
  name: string;
  version: string | null;
  isLearner: boolean;
  /** At the end of the window; null: not known. */
  isLeader: boolean | null;
  signals: Partial<Record<HealthSignalName, Moved>>;
  /** Signals by a label: peer round trip by the peer's name, gRPC by method, apply by operation. */
  splitSignals: Partial<Record<HealthSignalName, ReadonlyMap<string, Moved>>>;
  /** Black-box reads of the window. */
  probes: { asked: number; serializableFailed: number; linearizableFailed: number } | null;
  /** Status calls of the window that failed, of those tried; by the timeline's member-down. */
  isDown: boolean;
  /** Revision and key count against the leader's, less what sampling in both orders explains; null: not known. */
  revisionsBehind: number | null;
  keysApart: number | null;
  /** As etcd's own start-up line says, by etcd's names (`heartbeat-interval`); null: not logged to us. */
  config: ReadonlyMap<string, string> | null;
  alarms: readonly string[];
  quotaBytes: number | null;
}

/** A prefix whose writes moved, or the heaviest writers where none did. */
export interface PrefixFacts {
  /** As text (`lib/model/key-text.ts`). */
  prefix: string;
  slot: number;
  /** Puts and deletes per second, and bytes put per second. Exact. */
  writes: Moved;
  writtenBytes: Moved;
  /** Of the cluster's writes, and of its bytes, in the window. */
  writesShare: number | null;
  bytesShare: number | null;
  keys: number;
  liveBytes: number;
  /** The most written key of the window below it; null: not known, or none stands out. */
  hotKey: { key: string; writesPerSecond: number; valueBytes: number | null } | null;
  isEvents: boolean;
}

/** A client and what it asked. */
export interface ClientMover {
  /** For the reader: its agent, user or address, shortened. */
  name: string;
  userAgent: string | null;
  user: string | null;
  sourceAddress: string | null;
  verb: string | null;
  resource: string | null;
  requests: Moved;
  responseBytesPerSecond: Moved | null;
  unpagedLists: number;
  /** Mean bytes of an answer in the window; null: not told. */
  meanResponseBytes: number | null;
  latencyP99Ms: number | null;
  source: "audit" | "etcd-log" | "apiserver";
}

export interface TimelineFact {
  kind: TimelineKind;
  atMs: number;
  untilMs: number | null;
  memberId: string | null;
  text: string;
}

/** Lines of etcd's log of one kind. */
export interface LogFact {
  kind: LogSignalKind;
  windowLines: number;
  calmLines: number;
  worstMs: number | null;
  example: string;
}

/** Everything the triage rules look at. */
export interface TriageFacts {
  window: TimeRange;
  calm: TimeRange;
  /**
   * From the begin of the calm time to the end of the window. Where the calm time lies far off (yesterday, or after the
   * window), from as long before the window as it lasts; `calm` figures are read apart then. Steps are as fine as 180 of
   * them allow, and 60 s where single readings are gone; figures are of whole steps.
   */
  axis: { fromMs: number; stepMs: number; columns: number };
  /** When latency, as users of etcd feel it, left its calm band; null: it did not. */
  onsetMs: number | null;
  members: readonly MemberFacts[];
  /** How many members the cluster has; 0: not known (a managed cluster). */
  memberCount: number;
  timeline: readonly TimelineFact[];
  /** Timeline of the hour before the axis too, for what recurs. */
  earlierTimeline: readonly TimelineFact[];
  /** By how much they moved, the most first; at most 20. Null: no keyspace is watched. */
  prefixes: readonly PrefixFacts[] | null;
  /** All writes of the cluster per second, and bytes, from the keyspace. */
  writes: Moved | null;
  writtenBytes: Moved | null;
  /** The largest transaction (keys put by one revision) and the longest value put; of a longer time the largest of it. */
  largestRevisionPuts: Moved | null;
  largestPutBytes: Moved | null;
  /** By how much they moved, the most first; at most 20. Null: nobody tells. */
  clients: readonly ClientMover[] | null;
  /** Null: etcd's log does not come. */
  log: readonly LogFact[] | null;
  /** What the apiserver sees of etcd, by operation and resource, the slowest first. Null: it is not read. */
  apiserver: readonly { operation: string; resource: string; p99Ms: Moved; requests: Moved }[] | null;
  leases: { leases: number; at: number } | null;
  lastHashCheck: { atMs: number; verdict: HashVerdict; members: string[] } | null;
  /** Our own scans, captures and hash checks that overlap the axis. */
  ownWork: readonly { atMs: number; untilMs: number; what: string }[];
  /** db size of the last hours for the growth rule: bytes a second by a line through them; null: too little. */
  growthBytesPerSecond: number | null;
}
