import { queryOptions } from "@tanstack/react-query";
import * as z from "zod";
import { Origin } from "@/lib/api/common";
import { clusterPath, getJson } from "@/lib/api/get-json";
import { CAPTURE_SECONDS } from "@/lib/model/capture";

/** Keys in a report, and how many of them are told unless more are asked for. */
const MOST_KEYS = 20_000;
const DEFAULT_KEYS = 1_000;

/** `POST …/{cluster}/captures`: begin an exact session. */
export const CaptureRequest = z.object({
  seconds: z.number().int().min(CAPTURE_SECONDS.min).max(CAPTURE_SECONDS.max).default(60),
});
export type CaptureRequest = z.infer<typeof CaptureRequest>;

const Summary = z.object({
  firstRevision: z.number().describe("The session is all writes of these revisions, both included"),
  lastRevision: z.number().describe("One less than the first when nothing was written"),
  puts: z.number(),
  deletes: z.number(),
  writtenBytes: z.number(),
  keys: z.number(),
  revisions: z.number(),
  largestRevisionEvents: z.number().describe("The most events of one revision: the largest transaction that wrote"),
  largestPutBytes: z.number(),
  requests: z.number().nullable(),
  isInterrupted: z.boolean().describe("It ended early, or its end is not sure; `reason` says why"),
});

/** `GET …/{cluster}/captures`: sessions, the newest first. */
export const CaptureItem = z.object({
  id: z.string(),
  state: z.enum(["waiting", "running", "done", "failed"]),
  seconds: z.number(),
  askedAt: z.string(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  reason: z.string().nullable().describe("Why it waits, failed or was interrupted"),
  summary: Summary.nullable(),
  isAwaitingRequests: z.boolean().describe("Its requests may still be added to: senders are late"),
});
export type CaptureItem = z.infer<typeof CaptureItem>;
export const CapturesAnswer = z.object({ items: z.array(CaptureItem), nextCursor: z.null() });
export type CapturesAnswer = z.infer<typeof CapturesAnswer>;

/** A key of a report. */
export const CapturedKeyItem = z.object({
  key: z.string(),
  keyBase64: z.string().optional(),
  puts: z.number(),
  deletes: z.number(),
  writesPerSecond: z.number(),
  writtenBytes: z.number(),
  largestPutBytes: z.number(),
});
export type CapturedKeyItem = z.infer<typeof CapturedKeyItem>;

/** Of `GET …/{cluster}/captures/{id}`. */
export const CaptureParams = z.object({
  limit: z.coerce.number().int().min(1).max(MOST_KEYS).default(DEFAULT_KEYS).describe("Keys to list"),
});
export type CaptureParams = z.infer<typeof CaptureParams>;
/** For a file: all keys that the report has. */
export const ALL_CAPTURED_KEYS: CaptureParams = { limit: MOST_KEYS };

/** `GET …/{cluster}/captures/{id}`: the report. With `format=csv` its keys, with `format=json` all of it. */
export const CaptureAnswer = CaptureItem.extend({
  items: z
    .array(CapturedKeyItem)
    .describe("Keys written in the session, the most written first; the rest is in otherKeys"),
  nextCursor: z.null(),
  otherKeys: z.object({ keys: z.number(), puts: z.number(), deletes: z.number(), writtenBytes: z.number() }),
  prefixes: z.array(
    z.object({
      prefix: z.string(),
      prefixBase64: z.string().optional(),
      keys: z.number(),
      puts: z.number(),
      deletes: z.number(),
      writesPerSecond: z.number(),
      writtenBytes: z.number(),
    }),
  ),
  perSecond: z.object({
    puts: z.array(z.number()),
    deletes: z.array(z.number()),
    writtenBytes: z.array(z.number()),
  }),
  requests: z.array(
    z.object({
      source: z.enum(["audit", "etcd-log"]),
      verb: z.string().nullable(),
      resource: z.string().nullable(),
      namespace: z.string().nullable(),
      user: z.string().nullable(),
      userAgent: z.string().nullable(),
      sourceAddress: z.string().nullable(),
      requests: z.number(),
      responseBytes: z.number().nullable(),
      latencyP99Ms: z.number().nullable(),
      isRest: z.boolean().optional().describe("All requests beyond 5,000 groups: its nulls are all values"),
    }),
  ),
  origin: Origin,
});
export type CaptureAnswer = z.infer<typeof CaptureAnswer>;

const RUNNING_REFRESH_MS = 1_000;
const LATE_REFRESH_MS = 5_000;

/** The sessions of a cluster; asked often while one runs. */
export function capturesOptions(cluster: string) {
  return queryOptions({
    queryKey: ["captures", cluster],
    queryFn: ({ signal }) => getJson<CapturesAnswer>(clusterPath(cluster, "/captures"), {}, signal),
    refetchInterval: ({ state }) =>
      state.data?.items.some((item) => item.state === "waiting" || item.state === "running")
        ? RUNNING_REFRESH_MS
        : false,
  });
}

/** One session's report. */
export function captureOptions(cluster: string, id: string) {
  return queryOptions({
    queryKey: ["capture", cluster, id],
    queryFn: ({ signal }) =>
      getJson<CaptureAnswer>(clusterPath(cluster, `/captures/${encodeURIComponent(id)}`), {}, signal),
    refetchInterval: ({ state: { data } }) => {
      if (data?.state === "waiting" || data?.state === "running") return RUNNING_REFRESH_MS;
      return data?.isAwaitingRequests ? LATE_REFRESH_MS : false;
    },
  });
}
