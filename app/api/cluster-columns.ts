import type { ClusterSummary } from "@/lib/api/clusters";

/** The fleet as a flat table. */
export function toClusterRecord(summary: ClusterSummary) {
  const { id, name, source, paused, endpoints, etcdClusterId, createdAt, health, version, alarms } = summary;
  const { memberCount, membersAnswering, dbSizeBytes, dbSizeInUseBytes, quotaBackendBytes, sampledAt } = summary;
  const { keys, liveBytes, historyBytes, writesPerSecond, hottestPrefix, keyspace } = summary;
  return {
    ...{ id, name, source, paused, health, endpoints, etcdClusterId, version, createdAt },
    ...{ memberCount, membersAnswering, alarms, dbSizeBytes, dbSizeInUseBytes, quotaBackendBytes, sampledAt },
    ...{ keys, liveBytes, historyBytes, writesPerSecond },
    hottestPrefix: hottestPrefix?.prefix ?? null,
    hottestPrefixBase64: hottestPrefix?.prefixBase64 ?? null,
    ...{ state: keyspace.phase, revision: keyspace.revision, at: keyspace.at, lagMs: keyspace.lagMs },
    ...{ driftCheckedAt: keyspace.driftCheckedAt, driftCheckedKeys: keyspace.driftCheckedKeys },
    driftKeys: keyspace.driftKeys,
  };
}

/** Its columns, in order. */
export const CLUSTER_COLUMNS = [
  ...(["id", "name", "source", "paused", "health", "endpoints", "etcdClusterId", "version", "createdAt"] as const),
  ...(["memberCount", "membersAnswering", "alarms", "dbSizeBytes", "dbSizeInUseBytes", "quotaBackendBytes"] as const),
  ...(["sampledAt", "keys", "liveBytes", "historyBytes", "writesPerSecond"] as const),
  ...(["hottestPrefix", "hottestPrefixBase64", "state", "revision", "at", "lagMs"] as const),
  ...(["driftCheckedAt", "driftCheckedKeys", "driftKeys"] as const),
];
