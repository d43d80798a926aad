import { toSentence } from "@/components/ui/sentence";
import type { ClusterSummary } from "@/lib/api/clusters";
import { formatBytes, formatCount, formatPerSecond, formatRatio } from "@/lib/model/units";

/** A file this full is worth a word: etcd refuses writes at its quota. */
const FULL_RATIO = 0.8;

/** The fleet's state in a sentence, and what stands behind it. */
export interface FleetAnswer {
  title: string;
  lede: string;
}

/** Which cluster needs the reader now, and why. `clusters` come sorted by risk. */
export function fleetAnswer(clusters: readonly ClusterSummary[]): FleetAnswer {
  const [only] = clusters;
  if (only === undefined) return { title: "No cluster yet", lede: "etcdscope watches nothing until you add one." };
  const troubled = clusters.flatMap((cluster) => describeTrouble(cluster) ?? []);
  if (clusters.length === 1) return answerForOne(only, troubled[0]);
  const paused = clusters.filter((cluster) => cluster.paused).length;
  const pausedWords = paused === 0 ? "" : ` ${paused === 1 ? "One is" : `${paused} are`} paused.`;
  if (troubled.length === 0) {
    return { title: `${countClusters(clusters.length - paused)} fine`, lede: describeTotals(clusters) + pausedWords };
  }
  const fine = clusters.length - troubled.length - paused;
  const needing = troubled.length === 1 ? `${troubled[0]?.name} needs you` : `${troubled.length} need you`;
  const words = troubled.slice(0, 3).map(({ name, words }) => (troubled.length === 1 ? words : `${name}: ${words}`));
  const more = troubled.length > 3 ? ` And ${troubled.length - 3} more.` : "";
  const title = `${fine} of ${clusters.length} clusters ${fine === 1 ? "is" : "are"} fine; ${needing}`;
  return { title, lede: words.join(" ") + more + pausedWords };
}

function answerForOne(cluster: ClusterSummary, trouble: Trouble | undefined): FleetAnswer {
  if (trouble !== undefined) return { title: `${cluster.name} needs you`, lede: trouble.words };
  if (cluster.paused)
    return { title: `${cluster.name} is paused`, lede: "Nothing is read from it until it is resumed." };
  if (cluster.isDemo) {
    return {
      title: "You are looking at a demo",
      lede: `A real etcd on this machine, filled and kept busy as a Kubernetes cluster would. ${describeTotals([cluster])} Add your own cluster and the demo goes away.`,
    };
  }
  if (cluster.health === "unknown" || cluster.keyspace.phase !== "live") {
    return { title: `${cluster.name} is being read for the first time`, lede: "Its figures appear as they come." };
  }
  return { title: `${cluster.name} is fine`, lede: describeTotals([cluster]) };
}

interface Trouble {
  name: string;
  words: string;
}

/** What is wrong with a cluster, the worst first; null when nothing is. */
function describeTrouble(cluster: ClusterSummary): Trouble | null {
  if (cluster.paused) return null;
  const { name, alarms, dbSizeBytes, quotaBackendBytes } = cluster;
  if (alarms.length > 0) return { name, words: `etcd raised ${alarms.join(" and ")}.` };
  const report =
    cluster.collectors.find(({ health }) => health === "failed") ??
    cluster.collectors.find(({ health }) => health === "degraded");
  if (report !== undefined) {
    return { name, words: [toSentence(report.reason ?? "no reason given"), report.remedy].filter(Boolean).join(" ") };
  }
  if (dbSizeBytes === null || quotaBackendBytes === null || dbSizeBytes < quotaBackendBytes * FULL_RATIO) return null;
  const ratio = formatRatio(dbSizeBytes / quotaBackendBytes);
  return {
    name,
    words: `Its file is ${formatBytes(dbSizeBytes)}, ${ratio} of the quota; at 100 % etcd refuses writes.`,
  };
}

function describeTotals(clusters: readonly ClusterSummary[]): string {
  const keys = sumKnown(clusters.map((cluster) => cluster.keys));
  const liveBytes = sumKnown(clusters.map((cluster) => cluster.liveBytes));
  const writes = sumKnown(clusters.map((cluster) => cluster.writesPerSecond));
  const parts = [
    keys === null ? null : `${formatCount(keys)} keys`,
    liveBytes === null ? null : `${formatBytes(liveBytes)} live`,
    writes === null ? null : `${formatPerSecond(writes)} writes a second`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? "No figures yet." : `${parts.join(", ")}.`;
}

function sumKnown(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}

function countClusters(count: number): string {
  return count === 1 ? "The one cluster at work is" : `All ${count} clusters are`;
}
