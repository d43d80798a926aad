import type { Db } from "@/lib/db/client";
import type { ClusterFacts } from "@/lib/queries/cluster-facts";
import type { ClusterRow } from "@/lib/queries/clusters";
import type { FamilySet } from "@/lib/queries/export-families";
import { readMetrics } from "@/lib/queries/metrics";

/** What was read longer ago than this is not told: an old figure would pass for a present one. */
const STALE_MS = 120_000;
const ALARMS = ["NOSPACE", "CORRUPT"];
const QUOTA_NAME = "etcd_server_quota_backend_bytes";

type Member = ClusterFacts["members"][number];

/** Whether what was read at `at` can be told as what is now. */
export function isFresh(at: Date | null | undefined, nowMs: number): boolean {
  return at != null && nowMs - at.getTime() < STALE_MS;
}

/** What the members of a cluster say of themselves and of the store. */
export async function addMembers(
  set: FamilySet,
  db: Db,
  { row, facts, nowMs }: { row: ClusterRow; facts: ClusterFacts; nowMs: number },
): Promise<void> {
  const cluster = row.name;
  const members = facts.members.filter(({ checkedAt }) => isFresh(checkedAt, nowMs));
  const version = members.find((one) => one.version !== null)?.version ?? "";
  set.add("etcdscope_cluster_info", { cluster, etcd_version: version }, 1);
  set.add("etcdscope_cluster_paused", { cluster }, row.paused);
  if (members.length === 0) return;
  const answering = members.filter(({ failure, at }) => failure === null && isFresh(at, nowMs));
  set.add("etcdscope_cluster_members", { cluster }, members.length);
  set.add("etcdscope_cluster_members_up", { cluster }, answering.length);
  set.add(
    "etcdscope_cluster_has_leader",
    { cluster },
    answering.some(({ isLeader }) => isLeader),
  );
  for (const member of members) addMember(set, cluster, member, answering);
  if (answering.length === 0) return;
  for (const alarm of ALARMS) {
    const isRaised = answering.some(({ alarms }) => alarms.includes(alarm));
    set.add("etcdscope_cluster_alarm", { cluster, alarm }, isRaised);
  }
  addStore(set, cluster, answering);
  set.add("etcdscope_quota_bytes", { cluster }, await readQuota(db, row.id, answering, nowMs));
}

function addMember(set: FamilySet, cluster: string, member: Member, answering: readonly Member[]): void {
  const labels = { cluster, member: member.name === "" ? member.memberId : member.name, member_id: member.memberId };
  const isAnswering = answering.includes(member);
  set.add("etcdscope_member_up", labels, isAnswering);
  if (!isAnswering) return;
  set.add("etcdscope_member_leader", labels, member.isLeader);
  set.add("etcdscope_member_db_size_bytes", labels, member.dbSizeBytes);
  set.add("etcdscope_member_db_size_in_use_bytes", labels, member.dbSizeInUseBytes);
  set.add("etcdscope_member_status_seconds", labels, member.statusMs === null ? null : member.statusMs / 1_000);
  const most = Math.max(...answering.map(({ raftIndex }) => raftIndex ?? 0));
  set.add(
    "etcdscope_member_raft_behind_entries",
    labels,
    member.raftIndex === null ? null : Math.max(0, most - member.raftIndex),
  );
}

/** A size belongs to a member: the largest file is the one that reaches its quota first. */
function addStore(set: FamilySet, cluster: string, answering: readonly Member[]): void {
  const bySize = [...answering].sort((a, b) => (b.dbSizeBytes ?? 0) - (a.dbSizeBytes ?? 0));
  const revisions = answering.flatMap(({ revision }) => revision ?? []);
  set.add("etcdscope_db_size_bytes", { cluster }, bySize[0]?.dbSizeBytes);
  set.add("etcdscope_db_size_in_use_bytes", { cluster }, bySize[0]?.dbSizeInUseBytes);
  set.add("etcdscope_cluster_revision", { cluster }, revisions.length === 0 ? null : Math.max(...revisions));
}

/** As Status tells it since etcd 3.6, else as the members' metrics do. */
async function readQuota(db: Db, clusterId: number, members: readonly Member[], nowMs: number): Promise<number | null> {
  const told = members.flatMap(({ quotaBackendBytes }) => quotaBackendBytes ?? []).filter((bytes) => bytes > 0);
  if (told.length > 0) return Math.min(...told);
  const range = { fromMs: nowMs - STALE_MS, toMs: nowMs };
  const { rows } = await readMetrics(db, clusterId, { source: "etcd", names: [QUOTA_NAME], range, stepMs: STALE_MS });
  const read = rows.flatMap(({ values }) => values.flatMap((value) => value ?? [])).filter((bytes) => bytes > 0);
  return read.length === 0 ? null : Math.min(...read);
}

/** Where the model of a cluster's keyspace stands, and what it holds while that is up to date. */
export function addModel(
  set: FamilySet,
  cluster: string,
  { status, root }: Pick<ClusterFacts, "status" | "root">,
  nowMs: number,
): void {
  if (status === undefined || !isFresh(status.updatedAt, nowMs)) return;
  for (const phase of ["baseline", "live", "resync"] as const) {
    set.add("etcdscope_model_phase", { cluster, phase }, status.phase === phase);
  }
  const lagMs = status.at === null ? null : Math.max(0, nowMs - status.at.getTime());
  set.add("etcdscope_model_lag_seconds", { cluster }, lagMs === null ? null : lagMs / 1_000);
  set.add(
    "etcdscope_model_since_timestamp_seconds",
    { cluster },
    status.since === null ? null : status.since.getTime() / 1_000,
  );
  set.add("etcdscope_model_revision", { cluster }, status.revision);
  set.add("etcdscope_model_memory_bytes", { cluster }, status.modelBytes);
  set.add("etcdscope_model_drift_keys", { cluster }, status.driftKeys);
  set.add("etcdscope_compact_revision", { cluster }, status.compactRevision);
  if (root === undefined || !isFresh(status.at, nowMs)) return;
  set.add("etcdscope_keyspace_keys", { cluster }, root.keys);
  set.add("etcdscope_keyspace_live_bytes", { cluster }, root.keyBytes + root.valueBytes);
  set.add("etcdscope_keyspace_history_bytes", { cluster }, root.historyBytes);
}

/** How the collectors of a cluster do. Without a worker none of them works, whatever they said last. */
export function addCollectors(
  set: FamilySet,
  cluster: string,
  { collectors }: Pick<ClusterFacts, "collectors">,
  isWorkerUp: boolean,
): void {
  for (const { collector, health, at } of collectors) {
    if (collector === "worker") continue;
    const labels = { cluster, collector };
    set.add("etcdscope_collector_up", labels, isWorkerUp && health !== "failed");
    set.add("etcdscope_collector_degraded", labels, isWorkerUp && health === "degraded");
    if (health === "failed") continue;
    set.add("etcdscope_collector_last_success_timestamp_seconds", labels, Date.parse(at) / 1_000);
  }
}
