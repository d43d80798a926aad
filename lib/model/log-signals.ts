/** Lines of etcd's log that tell of trouble, or of work that can cause it, and what each is in words. */
export const LOG_SIGNALS = {
  "apply-took-too-long": "Requests that took long to apply",
  "slow-fdatasync": "Slow syncs of the write-ahead log to the disk",
  "heartbeat-late": "Heartbeats the leader sent too late",
  "slow-request": "Reads that waited long for the leader's word",
  "request-timeout": "Requests that timed out",
  "overloaded-network": "Raft messages dropped for a full buffer",
  "peer-unreachable": "Peers that could not be reached",
  "clock-difference": "Clocks of members that differ",
  election: "Elections that were begun",
  "leader-changed": "Leaders that were elected",
  "leader-lost": "Leaders that were lost",
  "space-exceeded": "Writes refused for want of space",
  compaction: "Compactions",
  defragmentation: "Defragmentations",
  snapshot: "Snapshots taken, sent or received",
  trace: "Traces of slow requests",
} as const;
export type LogSignalKind = keyof typeof LOG_SIGNALS;
export const LOG_SIGNAL_KINDS = Object.keys(LOG_SIGNALS) as LogSignalKind[];

/** One such line. */
export interface LogSignal {
  kind: LogSignalKind;
  /** How long what it tells of took; null: it does not say. */
  micros: number | null;
  atMs: number;
  /** The line's own words, at most 500 characters; no value of a key is in it. */
  example: string;
}

/** In words what a kind is; its bare name where another version wrote it. */
export function logSignalLabel(kind: string): string {
  return Object.hasOwn(LOG_SIGNALS, kind) ? LOG_SIGNALS[kind as LogSignalKind] : kind;
}
