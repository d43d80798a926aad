import { queryOptions } from "@tanstack/react-query";
import * as z from "zod";
import { ModelState } from "@/lib/api/common";
import { clusterPath, getJson } from "@/lib/api/get-json";
import { LIVE_REFRESH_MS } from "@/lib/api/refresh";
import { SourceInput } from "@/lib/api/sources";

const pem = (what: string) => z.string().max(100_000).optional().describe(`PEM text of ${what}`);

const Endpoints = z.array(z.string().trim().min(1)).max(50);

/** How to reach a cluster. Never answered back: only `hasPassword` and the like are. */
export const AccessInput = z.strictObject({
  endpoints: Endpoints.min(1),
  caPem: pem("the CA certificate"),
  certPem: pem("the client certificate"),
  keyPem: pem("the client key"),
  serverName: z.string().trim().min(1).optional(),
  username: z.string().min(1).optional(),
  password: z.string().optional(),
});
export type AccessInput = z.infer<typeof AccessInput>;

export const CLUSTER_NAME = /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}$/;
export const ClusterInput = AccessInput.extend({
  name: z
    .string()
    .trim()
    .regex(CLUSTER_NAME, "1 to 63 letters, digits, dots, dashes or underscores, a letter or digit first"),
  endpoints: Endpoints.default([]).describe("At least one, unless `managed`"),
  managed: z
    .boolean()
    .optional()
    .describe("True: etcd cannot be reached; the cluster is known through its apiserver, audit events and logs only"),
  apiserver: SourceInput.optional().describe("How to read its apiservers' metrics, set with it"),
}).refine(({ endpoints, managed = false }) => (endpoints.length === 0) === managed, {
  path: ["endpoints"],
  error: "at least one endpoint, or none and `managed` for a cluster whose etcd cannot be reached",
});
export type ClusterInput = z.infer<typeof ClusterInput>;

/** `PATCH`: only what is given changes. */
export const ClusterPatch = z.strictObject({
  paused: z.boolean().optional(),
  name: ClusterInput.shape.name.optional(),
  scanShare: z.number().min(0.01).max(1).optional().describe("Share of the time a scan may keep etcd busy"),
  frameSeconds: z.literal([10, 30, 60]).optional().describe("Length of the samples that are recorded"),
  hashCheckHours: z
    .number()
    .int()
    .min(1)
    .max(8_760)
    .nullable()
    .optional()
    .describe("Hours between two comparisons of the members' hashes; null: only when asked for"),
});
export type ClusterPatch = z.infer<typeof ClusterPatch>;

export const CollectorReport = z.object({
  collector: z.string(),
  health: z.enum(["ok", "degraded", "failed"]),
  reason: z.string().nullable(),
  remedy: z.string().nullable(),
  since: z.string(),
  at: z.string(),
});
export type CollectorReport = z.infer<typeof CollectorReport>;

/** One row of the fleet, everything in it as old as it says. */
export const ClusterSummary = z.object({
  id: z.number(),
  name: z.string(),
  source: z.enum(["settings", "file", "demo"]),
  isDemo: z.boolean(),
  paused: z.boolean(),
  endpoints: z.array(z.string()),
  isManaged: z.boolean().describe("Has no etcd that can be reached: what only etcd tells is not known"),
  etcdClusterId: z.string().nullable(),
  usesTls: z.boolean(),
  username: z.string().nullable(),
  createdAt: z.string(),
  /** The worst of its collectors; `unknown` until the first has reported. */
  health: z.enum(["ok", "degraded", "failed", "paused", "unknown"]),
  collectors: z.array(CollectorReport),
  keyspace: ModelState.extend({
    reason: z.string().nullable(),
    since: z.string().nullable(),
    scannedKeys: z.number().nullable(),
    expectedKeys: z.number().nullable(),
    endpoint: z.string().nullable(),
    historyReason: z.string().nullable().describe("Why history is not known, in plain words; null while it is"),
    compactRevision: z.number().nullable().describe("What etcd has compacted up to; null: not known"),
    driftCheckedAt: z.string().nullable().describe("The last comparison of the model with etcd; null: none yet"),
    driftCheckedKeys: z.number().nullable().describe("Keys compared since `since`"),
    driftKeys: z.number().nullable().describe("Those that differed; anything but 0 leads to a resync"),
  }),
  version: z.string().nullable(),
  memberCount: z.number().nullable(),
  membersAnswering: z.number().nullable(),
  alarms: z.array(z.string()),
  /** Of the member with the largest file. Sampled. */
  dbSizeBytes: z.number().nullable(),
  dbSizeInUseBytes: z.number().nullable(),
  quotaBackendBytes: z.number().nullable(),
  sampledAt: z.string().nullable(),
  keys: z.number().nullable(),
  liveBytes: z.number().nullable(),
  historyBytes: z.number().nullable().describe("Held in superseded revisions and tombstones; null: not measured"),
  /** Over the last 60 s, exact; null when nothing of them was watched. */
  writesPerSecond: z.number().nullable(),
  /** Writes per second of the last hour, one point a minute, null where nobody watched. */
  writesSparkline: z.array(z.number().nullable()),
  /** Most written resource-level prefix of the last hour. */
  hottestPrefix: z
    .object({ prefix: z.string(), prefixBase64: z.string().nullable(), writesPerSecond: z.number() })
    .nullable(),
});
export type ClusterSummary = z.infer<typeof ClusterSummary>;

export const ClustersAnswer = z.object({ items: z.array(ClusterSummary), nextCursor: z.null() });
export type ClustersAnswer = z.infer<typeof ClustersAnswer>;

/** `POST …/clusters/test` and `POST …/{cluster}/test`. */
export const TestAnswer = z.object({
  ok: z.boolean(),
  steps: z.array(z.object({ name: z.string(), ok: z.boolean(), text: z.string() })),
  reason: z.string().nullable(),
  remedy: z.string().nullable(),
  etcdClusterId: z.string().nullable(),
  version: z.string().nullable(),
  members: z.number().nullable(),
});
export type TestAnswer = z.infer<typeof TestAnswer>;

/** The fleet, sorted by risk. */
export function clustersOptions() {
  return queryOptions({
    queryKey: ["clusters"],
    queryFn: ({ signal }) => getJson<ClustersAnswer>("/api/v1/clusters", {}, signal),
    refetchInterval: LIVE_REFRESH_MS,
  });
}

/** One cluster, by name or id. */
export function clusterOptions(cluster: string) {
  return queryOptions({
    queryKey: ["cluster", cluster],
    queryFn: ({ signal }) => getJson<ClusterSummary>(clusterPath(cluster), {}, signal),
    refetchInterval: LIVE_REFRESH_MS,
  });
}
