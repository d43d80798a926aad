import { alsoNamed, counterFamily, gaugeFamily, histogramFamily, type MetricFamily } from "@/collectors/metrics/family";
import { PROCESS_FAMILIES } from "@/collectors/metrics/process-families";

const GRPC = ["grpc_service", "grpc_method", "grpc_type"];

/** Calls and clients. */
const CLIENTS: readonly MetricFamily[] = [
  counterFamily("grpc_server_started_total", { labels: GRPC, skipsZero: true }),
  counterFamily("grpc_server_handled_total", { labels: [...GRPC, "grpc_code"], skipsZero: true }),
  counterFamily("grpc_server_msg_received_total", { labels: GRPC, skipsZero: true }),
  counterFamily("grpc_server_msg_sent_total", { labels: GRPC, skipsZero: true }),
  histogramFamily("grpc_server_handling_seconds", { labels: GRPC }), // with --metrics=extensive
  counterFamily("etcd_network_client_grpc_received_bytes_total"),
  counterFamily("etcd_network_client_grpc_sent_bytes_total"),
  counterFamily("etcd_server_client_requests_total", { labels: ["type", "client_api_version"] }),
  counterFamily("etcd_server_health_success"),
  counterFamily("etcd_server_health_failures"),
];

/** Between members. A metric of the network is absent until there is a second member. */
const PEERS: readonly MetricFamily[] = [
  histogramFamily("etcd_network_peer_round_trip_time_seconds", { labels: ["To"] }),
  counterFamily("etcd_network_peer_sent_bytes_total", { labels: ["To"] }),
  counterFamily("etcd_network_peer_received_bytes_total", { labels: ["From"] }),
  counterFamily("etcd_network_peer_sent_failures_total", { labels: ["To"] }),
  counterFamily("etcd_network_peer_received_failures_total", { labels: ["From"] }),
  gaugeFamily("etcd_network_active_peers", { labels: ["Local", "Remote"] }),
  counterFamily("etcd_network_disconnected_peers_total", { labels: ["Local", "Remote"] }),
  gaugeFamily("etcd_network_known_peers", { labels: ["Local", "Remote"] }),
  counterFamily("etcd_network_snapshot_send_success", { labels: ["To"] }),
  counterFamily("etcd_network_snapshot_send_failures", { labels: ["To"] }),
  gaugeFamily("etcd_network_snapshot_send_inflights_total", { labels: ["To"] }),
  histogramFamily("etcd_network_snapshot_send_total_duration_seconds", { labels: ["To"] }),
  counterFamily("etcd_network_snapshot_receive_success", { labels: ["From"] }),
  counterFamily("etcd_network_snapshot_receive_failures", { labels: ["From"] }),
  gaugeFamily("etcd_network_snapshot_receive_inflights_total", { labels: ["From"] }),
  histogramFamily("etcd_network_snapshot_receive_total_duration_seconds", { labels: ["From"] }),
];

/** The store: sizes, operations, watches, leases, compaction. Much of it was called `etcd_debugging_…` once; the rest is still. */
const STORE: readonly MetricFamily[] = [
  gaugeFamily("etcd_mvcc_db_total_size_in_bytes", alsoNamed("etcd_debugging_mvcc_db_total_size_in_bytes")),
  gaugeFamily("etcd_mvcc_db_total_size_in_use_in_bytes"),
  gaugeFamily("etcd_mvcc_db_open_read_transactions"),
  gaugeFamily("etcd_server_quota_backend_bytes"),
  counterFamily("etcd_mvcc_put_total", alsoNamed("etcd_debugging_mvcc_put_total")),
  counterFamily("etcd_mvcc_delete_total", alsoNamed("etcd_debugging_mvcc_delete_total")),
  counterFamily("etcd_mvcc_txn_total", alsoNamed("etcd_debugging_mvcc_txn_total")),
  counterFamily("etcd_mvcc_range_total", alsoNamed("etcd_debugging_mvcc_range_total")),
  counterFamily("etcd_debugging_mvcc_total_put_size_in_bytes"),
  counterFamily("etcd_debugging_mvcc_events_total"),
  gaugeFamily("etcd_debugging_mvcc_keys_total"),
  gaugeFamily("etcd_debugging_mvcc_current_revision"),
  gaugeFamily("etcd_debugging_mvcc_compact_revision"),
  gaugeFamily("etcd_debugging_mvcc_watcher_total"),
  gaugeFamily("etcd_debugging_mvcc_slow_watcher_total"),
  gaugeFamily("etcd_debugging_mvcc_watch_stream_total"),
  gaugeFamily("etcd_debugging_mvcc_pending_events_total"),
  counterFamily("etcd_debugging_lease_granted_total"),
  counterFamily("etcd_debugging_lease_revoked_total"),
  counterFamily("etcd_debugging_lease_renewed_total"),
  counterFamily("etcd_debugging_server_lease_expired_total"),
  histogramFamily("etcd_debugging_lease_ttl_total"),
  gaugeFamily("etcd_debugging_mvcc_db_compaction_last", { unknown: 0 /* none since the start */ }),
  counterFamily("etcd_debugging_mvcc_db_compaction_keys_total"),
  histogramFamily("etcd_debugging_mvcc_db_compaction_pause_duration_milliseconds"),
  histogramFamily("etcd_debugging_mvcc_db_compaction_total_duration_milliseconds"),
  histogramFamily("etcd_debugging_mvcc_index_compaction_pause_duration_milliseconds"),
  histogramFamily("etcd_mvcc_hash_duration_seconds", { hasBuckets: false }),
  histogramFamily("etcd_mvcc_hash_rev_duration_seconds", { hasBuckets: false }),
];

/** Disk. */
const DISK: readonly MetricFamily[] = [
  histogramFamily("etcd_disk_wal_fsync_duration_seconds"),
  histogramFamily("etcd_disk_wal_write_duration_seconds"),
  counterFamily("etcd_disk_wal_write_bytes_total"),
  histogramFamily("etcd_disk_backend_commit_duration_seconds"),
  histogramFamily("etcd_debugging_disk_backend_commit_rebalance_duration_seconds"),
  histogramFamily("etcd_debugging_disk_backend_commit_spill_duration_seconds"),
  histogramFamily("etcd_debugging_disk_backend_commit_write_duration_seconds"),
  histogramFamily("etcd_disk_backend_defrag_duration_seconds"),
  histogramFamily("etcd_disk_backend_snapshot_duration_seconds"),
  gaugeFamily("etcd_disk_defrag_inflight"),
  histogramFamily("etcd_snap_db_fsync_duration_seconds"),
  histogramFamily("etcd_snap_db_save_total_duration_seconds"),
  histogramFamily("etcd_snap_fsync_duration_seconds"),
  histogramFamily("etcd_debugging_snap_save_total_duration_seconds"),
];

/** Consensus and the server. What has been applied or committed is told as a gauge, but only grows. */
const SERVER: readonly MetricFamily[] = [
  gaugeFamily("etcd_server_has_leader"),
  gaugeFamily("etcd_server_is_leader"),
  gaugeFamily("etcd_server_is_learner"),
  counterFamily("etcd_server_leader_changes_seen_total"),
  counterFamily("etcd_server_proposals_committed_total"),
  counterFamily("etcd_server_proposals_applied_total"),
  gaugeFamily("etcd_server_proposals_pending"),
  counterFamily("etcd_server_proposals_failed_total"),
  counterFamily("etcd_server_slow_apply_total"),
  counterFamily("etcd_server_slow_read_indexes_total"),
  counterFamily("etcd_server_read_indexes_failed_total"),
  counterFamily("etcd_server_heartbeat_send_failures_total"),
  counterFamily("etcd_server_learner_promote_successes"),
  gaugeFamily("etcd_server_snapshot_apply_in_progress_total"),
  histogramFamily("etcd_server_apply_duration_seconds", { labels: ["op", "success"] }), // since 3.5
  histogramFamily("etcd_server_range_duration_seconds", { labels: ["success"] }), // since 3.6
  gaugeFamily("etcd_server_version", { labels: ["server_version"] }),
  gaugeFamily("etcd_cluster_version", { labels: ["cluster_version"] }),
  gaugeFamily("etcd_server_id", { labels: ["server_id"] }),
  gaugeFamily("etcd_server_feature_enabled", { labels: ["name", "stage"] }), // since 3.6
  gaugeFamily("os_fd_used"),
  gaugeFamily("os_fd_limit"),
];

/** What is kept of a member's page; the same names for 3.4, 3.5, 3.6 and later. */
export const ETCD_FAMILIES: readonly MetricFamily[] = [
  ...CLIENTS,
  ...PEERS,
  ...STORE,
  ...DISK,
  ...SERVER,
  ...PROCESS_FAMILIES,
];
