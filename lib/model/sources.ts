/** What can tell of a cluster besides its keyspace; each may be absent. */
export const SOURCE_NAMES = ["metrics", "apiserver", "audit", "etcd-log", "connections", "leases"] as const;
export type SourceName = (typeof SOURCE_NAMES)[number];

/** How a source is set, without its secrets. Fields that do not belong to a source are absent. */
export interface SourceSettings {
  /** `metrics`: instead of those derived from the members' client URLs. `apiserver`: base URLs, one an apiserver. */
  urls?: string[];
  /** `metrics`, `apiserver`: PEM text of who signs the servers and of our own certificate. */
  caPem?: string;
  certPem?: string;
  serverName?: string;
  /** `audit`, `etcd-log`: files to follow on the worker's machine, absolute; `*` stands for part of a file name. */
  paths?: string[];
  /** `metrics`, `apiserver`: seconds between two readings. */
  intervalSeconds?: number;
}

/** What of a source is sealed at rest. */
export interface SourceSecrets {
  bearerToken?: string;
  keyPem?: string;
}

/** What an unset source does: those that need nothing to be set are on. */
export const DEFAULT_ENABLED: Readonly<Record<SourceName, boolean>> = {
  metrics: true,
  apiserver: false,
  audit: true, // takes what is sent; follows no file until one is named
  "etcd-log": true,
  connections: true,
  leases: true,
};
