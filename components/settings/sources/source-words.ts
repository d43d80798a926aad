import type { SourceRow, SourcesAnswer } from "@/lib/api/sources";
import type { SourceName } from "@/lib/model/sources";

/** What each source is called. */
export const SOURCE_WORDS: Record<SourceName, string> = {
  metrics: "Member metrics",
  apiserver: "kube-apiserver metrics",
  audit: "Kubernetes audit events",
  "etcd-log": "etcd request log",
  connections: "Connections",
  leases: "Leases",
};

/** The state of a source in a word. */
export const SOURCE_HEALTH_WORDS: Record<SourceRow["health"], string> = {
  ok: "Healthy",
  degraded: "Degraded",
  failed: "Failing",
  waiting: "Waiting",
  off: "Off",
};

/** What is counted of each source, one of it. */
export const RECEIVED_WORDS: Record<SourceName, string> = {
  metrics: "reading",
  apiserver: "reading",
  audit: "event",
  "etcd-log": "line",
  connections: "report",
  leases: "look",
};

/** What of a source can be set, besides switching it on and off. */
export type SourceField = "urls" | "paths" | "bearerToken" | "tls" | "intervalSeconds";
export const SOURCE_FIELDS: Record<SourceName, readonly SourceField[]> = {
  metrics: ["urls", "tls", "intervalSeconds"],
  apiserver: ["urls", "bearerToken", "tls", "intervalSeconds"],
  audit: ["paths"],
  "etcd-log": ["paths"],
  connections: [],
  leases: [],
};

/** Sources that need etcd itself: a cluster known by its apiservers alone has none of them. */
export const NEEDS_ETCD: ReadonlySet<SourceName> = new Set<SourceName>(["metrics", "leases"]);

/** How the sources of a cluster stand, in a sentence and the one that follows from it. */
export function sourcesSentence(cluster: string, { items }: SourcesAnswer): { title: string; lede: string } {
  const telling = items.filter(({ health }) => health === "ok" || health === "degraded").length;
  const failing = items.filter(({ health }) => health === "failed").map(({ source }) => SOURCE_WORDS[source]);
  const title = `${telling} of ${items.length} sources tell about ${cluster}`;
  const lede =
    failing.length === 0
      ? "The keyspace says what is written; each source adds what it alone can know: by whom, and what is read."
      : `${failing.join(" and ")} cannot be read: the reason stands below.`;
  return { title, lede };
}
