import type { ClusterSummary } from "@/lib/api/clusters";

/** What is being watched, in a sentence. */
export function settingsAnswer(clusters: readonly ClusterSummary[]): { title: string; lede: string } {
  const lede = "etcdscope only reads: its connection to etcd has no way to write, and it never looks at a value.";
  const own = clusters.filter((cluster) => !cluster.isDemo);
  if (clusters.length === 0) return { title: "No cluster is watched yet", lede };
  if (own.length === 0)
    return { title: "Only the demo is watched", lede: `Add your cluster and the demo goes away. ${lede}` };
  const paused = own.filter((cluster) => cluster.paused).length;
  const watched = own.length - paused;
  const title = watched === 1 ? "One cluster is watched" : `${watched} clusters are watched`;
  return { title: paused === 0 ? title : `${title}, ${paused} paused`, lede };
}
