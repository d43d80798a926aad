import { queryOptions } from "@tanstack/react-query";
import * as z from "zod";
import { AnsweredRange, Origin, RangeParams } from "@/lib/api/common";
import { clusterPath, getJson } from "@/lib/api/get-json";
import { countsRefreshMs, isOfCluster, LIVE_REFRESH_MS } from "@/lib/api/refresh";

export const TOP_KEY_ORDERS = ["writes", "valueBytes", "keyBytes", "version", "age"] as const;

/** `GET …/{cluster}/keys/top`. `age`: the longest not written, stalest first. */
export const TopKeysParams = RangeParams.extend({
  by: z.enum(TOP_KEY_ORDERS).default("writes"),
  prefix: z.string().default(""),
  prefixBase64: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});
export type TopKeysParams = z.infer<typeof TopKeysParams>;

export const TopKeyRow = z.object({
  key: z.string(),
  keyBase64: z.string().nullable(),
  keyBytes: z.number(),
  /** Null for a hot key that has been deleted since. */
  valueBytes: z.number().nullable(),
  version: z.number().nullable(),
  createRevision: z.number().nullable(),
  modRevision: z.number().nullable(),
  /** When the revision was written; null with `…Before` set when it is older than the revision clock. */
  createdAt: z.string().nullable(),
  modifiedAt: z.string().nullable(),
  /** The clock begins here: a revision without an instant is older than this. */
  clockSince: z.string().nullable(),
  /** Writes in the range, only for `by=writes`; a lower bound, `writesAtMost` the upper. Equal: exact. */
  writes: z.number().nullable(),
  writesAtMost: z.number().nullable(),
  writesPerSecond: z.number().nullable(),
  writtenBytes: z.number().nullable(),
  origin: Origin,
});
export type TopKeyRow = z.infer<typeof TopKeyRow>;

export const TopKeysAnswer = z.object({
  by: z.enum(TOP_KEY_ORDERS),
  items: z.array(TopKeyRow),
  nextCursor: z.null(),
  state: z.enum(["baseline", "live", "resync", "unknown"]),
  revision: z.number().nullable(),
  at: z.string().nullable(),
  lagMs: z.number().nullable(),
  range: AnsweredRange,
});
export type TopKeysAnswer = z.infer<typeof TopKeysAnswer>;

/** `GET …/{cluster}/keys/detail`: one key, as etcd has it now. */
export const KeyParams = z.object({ key: z.string().default(""), keyBase64: z.string().optional() });
export type KeyParams = z.infer<typeof KeyParams>;

export const KeyAnswer = z.object({
  key: z.string(),
  keyBase64: z.string().nullable(),
  exists: z.boolean(),
  keyBytes: z.number(),
  valueBytes: z.number().nullable(),
  version: z.number().nullable(),
  createRevision: z.number().nullable(),
  modRevision: z.number().nullable(),
  createdAt: z.string().nullable(),
  modifiedAt: z.string().nullable(),
  clockSince: z.string().nullable(),
  leaseId: z.string().nullable(),
  leaseTtlSeconds: z.number().nullable(),
  leaseGrantedSeconds: z.number().nullable(),
  /** Revisions of this key that compaction has left, newest first, the current one included. */
  revisions: z.array(
    z.object({ modRevision: z.number(), version: z.number(), valueBytes: z.number(), at: z.string().nullable() }),
  ),
  revisionsTruncated: z.boolean(),
  revision: z.number(),
  at: z.string(),
  origin: Origin,
});
export type KeyAnswer = z.infer<typeof KeyAnswer>;

/** The top keys of a cluster, or of a prefix of it. */
export function topKeysOptions(cluster: string, params: z.input<typeof TopKeysParams>) {
  return queryOptions({
    queryKey: ["top-keys", cluster, params],
    queryFn: ({ signal }) => getJson<TopKeysAnswer>(clusterPath(cluster, "/keys/top"), params, signal),
    refetchInterval: countsRefreshMs(params),
    placeholderData: (previous, query) => (isOfCluster(query, cluster) ? previous : undefined),
  });
}

/** One key. Never shows another key's figures meanwhile. */
export function keyOptions(cluster: string, params: z.input<typeof KeyParams>) {
  return queryOptions({
    queryKey: ["key", cluster, params],
    queryFn: ({ signal }) => getJson<KeyAnswer>(clusterPath(cluster, "/keys/detail"), params, signal),
    refetchInterval: LIVE_REFRESH_MS,
  });
}
