/**
 * How the figures of several members, or of several apiservers, make one. `sum`: each counts its own (requests, bytes).
 * `same`: all of them count the same thing (a put is applied by every member), so one of them tells. `most`: each has
 * its own, and the largest matters (the file nearest to its quota).
 */
export type MetricCombination = "sum" | "same" | "most";

/** What every member tells of the cluster as a whole, or every apiserver of what is stored. */
const SAME = new Set([
  "etcd_mvcc_put_total",
  "etcd_mvcc_delete_total",
  "etcd_mvcc_txn_total",
  "etcd_debugging_mvcc_total_put_size_in_bytes",
  "etcd_debugging_mvcc_keys_total",
  "etcd_debugging_mvcc_current_revision",
  "etcd_debugging_mvcc_compact_revision",
  "etcd_debugging_mvcc_db_compaction_keys_total",
  "etcd_debugging_mvcc_db_compaction_last",
  "etcd_server_proposals_committed_total",
  "etcd_server_proposals_applied_total",
  "etcd_server_leader_changes_seen_total",
  "etcd_server_quota_backend_bytes",
  "etcd_debugging_lease_granted_total",
  "etcd_debugging_lease_revoked_total",
  "etcd_cluster_version",
  "apiserver_resource_objects",
  "apiserver_resource_size_estimate_bytes",
]);

/** What belongs to each of them alone. */
const MOST = new Set([
  "etcd_mvcc_db_total_size_in_bytes",
  "etcd_mvcc_db_total_size_in_use_in_bytes",
  "etcd_mvcc_db_open_read_transactions",
  "etcd_server_has_leader",
  "etcd_server_is_leader",
  "etcd_server_is_learner",
  "etcd_server_version",
  "etcd_server_id",
  "etcd_server_feature_enabled",
  "etcd_network_known_peers",
  "etcd_disk_defrag_inflight",
  "go_sched_gomaxprocs_threads",
  "process_start_time_seconds",
  "process_max_fds",
  "os_fd_limit",
  "apiserver_storage_size_bytes",
  "apiserver_flowcontrol_nominal_limit_seats",
  "apiserver_flowcontrol_current_limit_seats",
  "kubernetes_build_info",
]);

/** How figures of this name make one over several targets. Everything else that is counted may be added up. */
export function combinationOf(name: string): MetricCombination {
  if (SAME.has(name)) return "same";
  return MOST.has(name) ? "most" : "sum";
}

/** One figure of several targets' figures; null of none. Of `same` the middle one: one member may be behind. */
export function combineTargets(values: readonly number[], combination: MetricCombination): number | null {
  if (values.length === 0) return null;
  if (combination === "sum") return values.reduce((sum, value) => sum + value, 0);
  const sorted = [...values].sort((a, b) => a - b);
  const index = combination === "most" ? sorted.length - 1 : Math.floor((sorted.length - 1) / 2);
  return sorted[index] as number;
}
