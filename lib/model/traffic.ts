/** What tells apart one kind of request from another. */
export const TRAFFIC_DIMENSIONS = [
  "verb",
  "resource",
  "namespace",
  "user",
  "userAgent",
  "sourceAddress",
  "code",
] as const;
export type TrafficDimension = (typeof TRAFFIC_DIMENSIONS)[number];

/** Who can say what is requested. */
export const TRAFFIC_SOURCES = ["audit", "apiserver", "etcd-log", "metrics"] as const;
export type TrafficSource = (typeof TRAFFIC_SOURCES)[number];

/**
 * One finished request, reduced to what is counted. Verbs are lower case as in audit, of etcd's own log
 * `range`, `put`, `delete-range`, `txn`, `compact` and so on. A resource is written as kubectl writes it; of etcd's log it is the
 * Kubernetes resource the key belongs to, or the key's first segments. A null is not known.
 */
export interface TrafficEvent {
  /** The end of the request, epoch milliseconds. */
  atMs: number;
  verb: string | null;
  resource: string | null;
  /** Empty: none, for what has no namespace. */
  namespace: string | null;
  user: string | null;
  userAgent: string | null;
  sourceAddress: string | null;
  code: number | null;
  /** How long it took; null: not known, or a watch, which lasts as long as its client likes. */
  durationMicros: number | null;
  responseBytes: number | null;
  /** What of its time was etcd's and what was waiting in a queue of API Priority and Fairness; null: not told. */
  etcdMicros: number | null;
  queueMicros: number | null;
  /** A list without `limit` and `continue`. */
  isUnpaged: boolean;
  /** A list without `resourceVersion`, or a range that is not `serializable`: it must be answered from etcd's quorum. */
  isUncached: boolean;
  /** A list over all namespaces, or of something that has none. */
  isClusterWide: boolean;
}

/** The sums of a cell over a stretch of time. */
export const TRAFFIC_COUNTERS = [
  "requests",
  "timedRequests",
  "durationMicros",
  "sizedRequests",
  "responseBytes",
  "tracedRequests",
  "etcdMicros",
  "queueMicros",
  "unpagedLists",
  "uncachedLists",
  "clusterWideLists",
] as const;
export type TrafficCounter = (typeof TRAFFIC_COUNTERS)[number];

/** The figures of one cell. `tracedRequests` are those that tell `etcdMicros` and `queueMicros`. */
export type TrafficFigures = Record<TrafficCounter, number> & {
  /** Requests by how long they took: bucket of `lib/model/latency-buckets.ts` to count; only of `timedRequests`. */
  buckets: Map<number, number>;
};

/** What a cell stands for. */
export type TrafficIdentity = Record<Exclude<TrafficDimension, "code">, string | null> & { code: number | null };
