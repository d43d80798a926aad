import type { ExposedFamily } from "@/lib/model/prometheus-exposition";

/** Everything `/metrics` can say, in the order of the page. */
const CATALOGUE = {
  etcdscope_build_info: ["gauge", "Always 1; the version of etcdscope."],
  etcdscope_worker_up: ["gauge", "Whether the worker, which collects everything, gives signs of life."],
  etcdscope_cluster_info: ["gauge", "Always 1; a cluster that is watched, and its etcd's version."],
  etcdscope_cluster_paused: ["gauge", "Whether the cluster is paused: nothing is collected."],
  etcdscope_cluster_members: ["gauge", "Members of the cluster, learners included."],
  etcdscope_cluster_members_up: ["gauge", "Members that answered the last Status call."],
  etcdscope_cluster_has_leader: ["gauge", "Whether a member that answers is the leader."],
  etcdscope_cluster_alarm: ["gauge", "Whether a member has raised the alarm."],
  etcdscope_cluster_revision: ["gauge", "The revision of the store, as the most advanced member tells it."],
  etcdscope_db_size_bytes: ["gauge", "The backend file of the member with the largest one."],
  etcdscope_db_size_in_use_bytes: ["gauge", "The part of the largest backend file that holds data."],
  etcdscope_quota_bytes: ["gauge", "The space quota of the backend, the least of the members."],
  etcdscope_db_size_predicted_bytes: [
    "gauge",
    "The largest backend file at the horizon, by a straight line through its last 4 hours.",
  ],
  etcdscope_member_up: ["gauge", "Whether the member answered the last Status call."],
  etcdscope_member_leader: ["gauge", "Whether the member is the leader."],
  etcdscope_member_db_size_bytes: ["gauge", "The backend file of the member."],
  etcdscope_member_db_size_in_use_bytes: ["gauge", "The part of the member's backend file that holds data."],
  etcdscope_member_raft_behind_entries: ["gauge", "Raft entries the member is behind the most advanced one."],
  etcdscope_member_status_seconds: ["gauge", "How long the last Status call took."],
  etcdscope_model_phase: ["gauge", "1 for the phase the model of the keyspace is in, 0 for the others."],
  etcdscope_model_lag_seconds: ["gauge", "Age of the instant up to which the model is complete."],
  etcdscope_model_since_timestamp_seconds: ["gauge", "Since when every write has been counted without a gap."],
  etcdscope_model_revision: ["gauge", "The revision up to which the model is complete."],
  etcdscope_model_memory_bytes: ["gauge", "Memory the arrays of the model take."],
  etcdscope_model_drift_keys: ["gauge", "Keys in which the model differed from etcd at the last comparison."],
  etcdscope_compact_revision: ["gauge", "The revision etcd has compacted up to."],
  etcdscope_keyspace_keys: ["gauge", "Keys of the whole keyspace."],
  etcdscope_keyspace_live_bytes: ["gauge", "Key and value bytes of the whole keyspace."],
  etcdscope_keyspace_history_bytes: ["gauge", "Bytes of superseded revisions and tombstones not compacted yet."],
  etcdscope_keyspace_puts_total: ["counter", "Puts since the UTC day began."],
  etcdscope_keyspace_deletes_total: ["counter", "Deletes since the UTC day began."],
  etcdscope_keyspace_written_bytes_total: ["counter", "Key and value bytes of puts since the UTC day began."],
  etcdscope_prefix_keys: [
    "gauge",
    "Keys under a prefix; part=rest: without those that have a line of their own. All lines add up to the keyspace.",
  ],
  etcdscope_prefix_live_bytes: ["gauge", "Key and value bytes under a prefix, parted as the keys are."],
  etcdscope_prefix_history_bytes: [
    "gauge",
    "Superseded bytes not compacted yet under a prefix, parted as the keys are.",
  ],
  etcdscope_prefix_puts_total: ["counter", "Puts under a prefix since the UTC day began."],
  etcdscope_prefix_deletes_total: ["counter", "Deletes under a prefix since the UTC day began."],
  etcdscope_prefix_written_bytes_total: [
    "counter",
    "Key and value bytes of puts under a prefix since the UTC day began.",
  ],
  etcdscope_collector_up: ["gauge", "Whether a collector works: 0 when it has failed, or the worker is gone."],
  etcdscope_collector_degraded: ["gauge", "Whether a collector works only in part."],
  etcdscope_collector_last_success_timestamp_seconds: ["gauge", "When a collector that works last reported."],
  etcdscope_collection_requests_total: ["counter", "Requests to the cluster for a purpose since the UTC day began."],
  etcdscope_collection_received_bytes_total: [
    "counter",
    "Bytes of the cluster's answers for a purpose since the UTC day began.",
  ],
  etcdscope_collection_request_seconds_total: [
    "counter",
    "Seconds the cluster's answers took for a purpose since the UTC day began.",
  ],
  etcdscope_open_findings: ["gauge", "Findings that hold now, by severity."],
  etcdscope_open_findings_by_rule: ["gauge", "Findings that hold now, by rule and severity."],
  etcdscope_open_spikes: ["gauge", "Spikes that go on now, by signal."],
  etcdscope_probe_median_seconds: ["gauge", "Median of the reads of the last minute, as a user of etcd feels them."],
  etcdscope_probe_max_seconds: ["gauge", "The slowest read of the last minute that succeeded."],
  etcdscope_probe_failures: ["gauge", "Reads of the last minute that failed."],
  etcdscope_hash_check_equal: [
    "gauge",
    "Whether the members' hashes were equal at the last check that could compare them.",
  ],
  etcdscope_hash_check_timestamp_seconds: ["gauge", "When the members' hashes were last asked for."],
} as const satisfies Record<string, readonly [ExposedFamily["type"], string]>;

/** The name of a metric of `/metrics`. */
export type ExposedName = keyof typeof CATALOGUE;

/** Gathers samples by name. */
export class FamilySet {
  #families = new Map<ExposedName, ExposedFamily>();

  constructor() {
    for (const name of Object.keys(CATALOGUE) as ExposedName[]) {
      const [type, help] = CATALOGUE[name];
      this.#families.set(name, { name, type, help, samples: [] });
    }
  }

  /** Adds a sample; what is not known adds nothing. */
  add(name: ExposedName, labels: Readonly<Record<string, string>>, value: number | boolean | null | undefined): void {
    if (value === null || value === undefined) return;
    this.#families.get(name)?.samples.push({ labels, value: Number(value) });
  }

  /** Adds all samples of another. */
  take(other: FamilySet): void {
    for (const { name, samples } of other.list()) this.#families.get(name as ExposedName)?.samples.push(...samples);
  }

  /** All of them, in the order of the catalogue. */
  list(): ExposedFamily[] {
    return [...this.#families.values()];
  }
}
