/** The units of health signals. */
export const HEALTH_UNITS = ["milliseconds", "perSecond", "bytesPerSecond", "bytes", "count", "ratio"] as const;
export type HealthUnit = (typeof HEALTH_UNITS)[number];

/** How a signal is computed from what is stored. */
export type HealthOf =
  /** A quantile of a histogram family in seconds, told in milliseconds. Added up before it is computed. */
  | {
      kind: "quantile";
      family: string;
      q: number;
      labels?: Readonly<Record<string, string>>;
      scale?: number;
    }
  /** What a counter grew by, a second; several names are added up. */
  | { kind: "rate"; names: readonly string[]; labels?: Readonly<Record<string, string>>; scale?: number }
  /** Where a gauge stands: the last reading of a step. */
  | { kind: "gauge"; name: string }
  /** A counter's growth by another's: seconds of one each second of the other, bytes a call. */
  | { kind: "ratio"; over: string; under: string; scale?: number }
  /** A column of `member_sample`: the largest of a step. */
  | { kind: "status"; column: "dbSizeBytes" | "dbSizeInUseBytes" | "statusMs" | "raftLag" | "raftBehind" | "revision" }
  /** The black-box probe: the largest of a step; of a longer time a quantile. */
  | { kind: "probe"; read: "serializable" | "linearizable" };

export interface HealthSignal {
  /** Its name for the reader, without unit. */
  label: string;
  unit: HealthUnit;
  of: HealthOf;
  /** A label the signal is also told apart by: a line each. */
  splitBy?: "To" | "grpc_method" | "op";
  /** A larger figure is a slower, fuller or sicker member; only such signals are suspects by themselves. */
  higherIsWorse: boolean;
}

interface QuantileMore {
  splitBy?: HealthSignal["splitBy"];
  labels?: Readonly<Record<string, string>>;
  scale?: number;
}

function p99(label: string, family: string, { splitBy, ...how }: QuantileMore = {}) {
  const of: HealthOf = { kind: "quantile", family, q: 0.99, ...how };
  const rest = splitBy === undefined ? {} : { splitBy };
  return { label, unit: "milliseconds", of, higherIsWorse: true, ...rest } satisfies HealthSignal;
}

function rate(label: string, names: string | string[], more: Partial<HealthSignal> = {}) {
  const of: HealthOf = { kind: "rate", names: typeof names === "string" ? [names] : names };
  return { label, unit: "perSecond", of, higherIsWorse: false, ...more } satisfies HealthSignal;
}

function gauge(label: string, name: string, more: Partial<HealthSignal> = {}) {
  return { label, unit: "count", of: { kind: "gauge", name }, higherIsWorse: false, ...more } satisfies HealthSignal;
}

function probe(label: string, read: "serializable" | "linearizable") {
  return { label, unit: "milliseconds", of: { kind: "probe", read }, higherIsWorse: true } satisfies HealthSignal;
}

const worse = { higherIsWorse: true } as const;
const bytes = { unit: "bytes" } as const;
const bytesPerSecond = { unit: "bytesPerSecond" } as const;

/**
 * What a member tells of its health, under one name for all versions of etcd. A member whose version does not tell a
 * signal has none: it is unknown, not 0.
 */
export const HEALTH_SIGNALS = {
  // as a user of etcd feels it
  probeLinearizable: probe("Linearizable read", "linearizable"),
  probeSerializable: probe("Serializable read", "serializable"),
  // disk
  fsyncP99: p99("WAL fsync p99", "etcd_disk_wal_fsync_duration_seconds"),
  commitP99: p99("Backend commit p99", "etcd_disk_backend_commit_duration_seconds"),
  commitSpillP99: p99("Commit spill p99", "etcd_debugging_disk_backend_commit_spill_duration_seconds"),
  commitWriteP99: p99("Commit write p99", "etcd_debugging_disk_backend_commit_write_duration_seconds"),
  commitRebalanceP99: p99("Commit rebalance p99", "etcd_debugging_disk_backend_commit_rebalance_duration_seconds"),
  fsyncsPerSecond: rate("WAL fsyncs", "etcd_disk_wal_fsync_duration_seconds_count"),
  // apply and requests
  applyP99: p99("Apply p99", "etcd_server_apply_duration_seconds", { splitBy: "op" }), // since 3.5
  rangeP99: p99("Range p99", "etcd_server_range_duration_seconds"), // since 3.6
  // With --metrics=extensive. A stream takes as long as its client likes.
  grpcP99: p99("gRPC p99", "grpc_server_handling_seconds", {
    splitBy: "grpc_method",
    labels: { grpc_type: "unary" },
  }),
  requestsPerSecond: rate("gRPC requests", "grpc_server_started_total", { splitBy: "grpc_method" }),
  clientRequestsPerSecond: rate("Client requests", "etcd_server_client_requests_total"),
  putsPerSecond: rate("Puts", "etcd_mvcc_put_total"),
  deletesPerSecond: rate("Deletes", "etcd_mvcc_delete_total"),
  rangesPerSecond: rate("Ranges", "etcd_mvcc_range_total"),
  txnsPerSecond: rate("Transactions", "etcd_mvcc_txn_total"),
  putBytesPerSecond: rate("Put bytes", "etcd_debugging_mvcc_total_put_size_in_bytes", bytesPerSecond),
  receivedBytesPerSecond: rate(
    "Received from clients",
    "etcd_network_client_grpc_received_bytes_total",
    bytesPerSecond,
  ),
  sentBytesPerSecond: rate("Sent to clients", "etcd_network_client_grpc_sent_bytes_total", bytesPerSecond),
  slowAppliesPerSecond: rate("Slow applies", "etcd_server_slow_apply_total", worse),
  slowReadIndexesPerSecond: rate("Slow read indexes", "etcd_server_slow_read_indexes_total", worse),
  failedReadIndexesPerSecond: rate("Failed read indexes", "etcd_server_read_indexes_failed_total", worse),
  // consensus
  hasLeader: gauge("Has a leader", "etcd_server_has_leader"),
  leaderChangesPerSecond: rate("Leader changes", "etcd_server_leader_changes_seen_total", worse),
  proposalsCommittedPerSecond: rate("Proposals committed", "etcd_server_proposals_committed_total"),
  proposalsAppliedPerSecond: rate("Proposals applied", "etcd_server_proposals_applied_total"),
  proposalsPending: gauge("Proposals pending", "etcd_server_proposals_pending", worse),
  proposalsFailedPerSecond: rate("Proposals failed", "etcd_server_proposals_failed_total", worse),
  heartbeatFailuresPerSecond: rate("Heartbeats late", "etcd_server_heartbeat_send_failures_total", worse),
  raftLag: { label: "Entries not applied", unit: "count", of: { kind: "status", column: "raftLag" }, ...worse },
  raftBehind: {
    label: "Entries behind the leader",
    unit: "count",
    of: { kind: "status", column: "raftBehind" },
    ...worse,
  },
  revision: {
    label: "Revision",
    unit: "count",
    of: { kind: "status", column: "revision" },
    higherIsWorse: false,
  },
  // network between members
  peerRttP99: p99("Peer round trip p99", "etcd_network_peer_round_trip_time_seconds", { splitBy: "To" }),
  peerSendFailuresPerSecond: rate("Sends to peers failed", "etcd_network_peer_sent_failures_total", worse),
  peerSentBytesPerSecond: rate("Sent to peers", "etcd_network_peer_sent_bytes_total", bytesPerSecond),
  // store
  dbSize: { label: "db size", ...bytes, of: { kind: "status", column: "dbSizeBytes" }, higherIsWorse: false },
  dbSizeInUse: {
    label: "db size in use",
    ...bytes,
    of: { kind: "status", column: "dbSizeInUseBytes" },
    higherIsWorse: false,
  },
  quota: gauge("Quota", "etcd_server_quota_backend_bytes", bytes),
  keys: gauge("Keys", "etcd_debugging_mvcc_keys_total"),
  openReads: gauge("Open read transactions", "etcd_mvcc_db_open_read_transactions"),
  watchers: gauge("Watchers", "etcd_debugging_mvcc_watcher_total"),
  slowWatchers: gauge("Slow watchers", "etcd_debugging_mvcc_slow_watcher_total", worse),
  pendingEvents: gauge("Events pending for watchers", "etcd_debugging_mvcc_pending_events_total", worse),
  // maintenance
  compactionPauseP99: p99("Compaction pause p99", "etcd_debugging_mvcc_db_compaction_pause_duration_milliseconds", {
    scale: 1,
  }),
  compactionPauseMsPerSecond: rate(
    "Compaction pauses",
    "etcd_debugging_mvcc_db_compaction_pause_duration_milliseconds_sum",
  ),
  compactedKeysPerSecond: rate("Compacted revisions", "etcd_debugging_mvcc_db_compaction_keys_total"),
  defragInflight: gauge("Defragmentation running", "etcd_disk_defrag_inflight"),
  defragsPerSecond: rate("Defragmentations", "etcd_disk_backend_defrag_duration_seconds_count"),
  snapshotsPerSecond: rate("Snapshots sent", "etcd_disk_backend_snapshot_duration_seconds_count"),
  raftSnapshotsPerSecond: rate("Raft snapshots saved", "etcd_debugging_snap_save_total_duration_seconds_count"),
  snapshotP99: p99("Snapshot p99", "etcd_disk_backend_snapshot_duration_seconds"),
  snapshotSends: gauge("Snapshots being sent to peers", "etcd_network_snapshot_send_inflights_total"),
  snapshotReceives: gauge("Snapshots being received", "etcd_network_snapshot_receive_inflights_total"),
  hashesPerSecond: rate("Hashes computed", [
    "etcd_mvcc_hash_duration_seconds_count",
    "etcd_mvcc_hash_rev_duration_seconds_count",
  ]),
  // leases
  leasesGrantedPerSecond: rate("Leases granted", "etcd_debugging_lease_granted_total"),
  leasesRevokedPerSecond: rate("Leases revoked", "etcd_debugging_lease_revoked_total"),
  leasesExpiredPerSecond: rate("Leases expired", "etcd_debugging_server_lease_expired_total"),
  // the process
  cpuCores: { ...rate("CPU", "process_cpu_seconds_total"), unit: "ratio" },
  cpuLimit: gauge("CPU available", "go_sched_gomaxprocs_threads"),
  residentBytes: gauge("Resident memory", "process_resident_memory_bytes", bytes),
  goroutines: gauge("Goroutines", "go_goroutines"),
  openFiles: gauge("File descriptors", "os_fd_used"),
  fileLimit: gauge("File descriptor limit", "os_fd_limit"),
  statusMs: {
    label: "Status answered in",
    unit: "milliseconds",
    of: { kind: "status", column: "statusMs" },
    higherIsWorse: true,
  },
} as const satisfies Record<string, HealthSignal>;

export type HealthSignalName = keyof typeof HEALTH_SIGNALS;
export const HEALTH_SIGNAL_NAMES = Object.keys(HEALTH_SIGNALS) as HealthSignalName[];

/** A signal of the catalogue, with all its fields. */
export function healthSignal(name: HealthSignalName): HealthSignal {
  return HEALTH_SIGNALS[name];
}
