import { queryOptions } from "@tanstack/react-query";
import * as z from "zod";
import { AnsweredRange, Origin, RangeParams } from "@/lib/api/common";
import { clusterPath, getJson } from "@/lib/api/get-json";
import { countsRefreshMs, isOfCluster, LIVE_REFRESH_MS } from "@/lib/api/refresh";

export const TOP_KEY_ORDERS = [
  "writes",
  "writtenBytes",
  "historyBytes",
  "valueBytes",
  "keyBytes",
  "version",
  "age",
] as const;

/**
 * `GET …/{cluster}/keys/top`. `writes` and `writtenBytes` count over the range, the others are of the keys as they are
 * now. `historyBytes`: the most bytes held in superseded revisions; `age`: the longest not written, stalest first.
 */
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
  historyBytes: z.number().nullable().describe("Held in superseded revisions and tombstones; null: not measured"),
  historyRevisions: z.number().nullable().describe("How many of them there are"),
  deleted: z.boolean().describe("Not there any more; listed for what it still holds, or for what was written to it"),
  leased: z.boolean().nullable().describe("Attached to a lease; null: not known"),
  /** Writes in the range, only for `by=writes` and `writtenBytes`; a lower bound, `…AtMost` the upper. Equal: exact. */
  writes: z.number().nullable(),
  writesAtMost: z.number().nullable(),
  writesPerSecond: z.number().nullable(),
  writtenBytes: z.number().nullable(),
  writtenBytesAtMost: z.number().nullable().describe("Null: not known"),
  writtenBytesPerSecond: z.number().nullable(),
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
  historyReason: z.string().nullable().describe("Why history is not known, in plain words; null while it is"),
  compactRevision: z.number().nullable().describe("What etcd has compacted up to; null: not known"),
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
  historyBytes: z.number().nullable().describe("Held in its superseded revisions; null: not known"),
  historyRevisions: z.number().nullable(),
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
