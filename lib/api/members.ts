import { queryOptions } from "@tanstack/react-query";
import * as z from "zod";
import { AnsweredRange, Origin, RangeParams } from "@/lib/api/common";
import { clusterPath, getJson } from "@/lib/api/get-json";
import { isOfCluster, LIVE_REFRESH_MS, seriesRefreshMs } from "@/lib/api/refresh";

export const MemberRow = z.object({
  memberId: z.string(),
  name: z.string(),
  clientUrls: z.array(z.string()),
  peerUrls: z.array(z.string()),
  isLearner: z.boolean(),
  isLeader: z.boolean(),
  version: z.string().nullable(),
  dbSizeBytes: z.number().nullable(),
  dbSizeInUseBytes: z.number().nullable(),
  quotaBackendBytes: z.number().nullable().describe("Null where the version does not report it (3.5 and older)"),
  revision: z.number().nullable(),
  raftIndex: z.number().nullable(),
  raftAppliedIndex: z.number().nullable(),
  raftTerm: z.number().nullable(),
  alarms: z.array(z.string()),
  errors: z.array(z.string()),
  statusMs: z.number().nullable(),
  failure: z.string().nullable(),
  at: z.string().nullable(),
  checkedAt: z.string(),
  origin: Origin,
});
export type MemberRow = z.infer<typeof MemberRow>;
export const MembersAnswer = z.object({ items: z.array(MemberRow), nextCursor: z.null() });
export type MembersAnswer = z.infer<typeof MembersAnswer>;

export const MEMBER_MEASURES = ["dbSizeBytes", "dbSizeInUseBytes", "statusMs", "raftLag", "revision"] as const;
/** `GET …/{cluster}/members/series`. `raftLag`: raft index less applied index. */
export const MemberSeriesParams = RangeParams.extend({
  measure: z.enum(MEMBER_MEASURES).default("dbSizeBytes"),
  step: z.coerce.number().int().min(10).optional(),
});
export type MemberSeriesParams = z.infer<typeof MemberSeriesParams>;
export const MemberSeriesAnswer = z.object({
  measure: z.enum(MEMBER_MEASURES),
  stepSeconds: z.number(),
  atMs: z.array(z.number()),
  /** The mean of the samples in a bucket; null: no sample. */
  series: z.array(z.object({ memberId: z.string(), name: z.string(), values: z.array(z.number().nullable()) })),
  range: AnsweredRange,
  origin: Origin,
});
export type MemberSeriesAnswer = z.infer<typeof MemberSeriesAnswer>;

/** The members of a cluster. */
export function membersOptions(cluster: string) {
  return queryOptions({
    queryKey: ["members", cluster],
    queryFn: ({ signal }) => getJson<MembersAnswer>(clusterPath(cluster, "/members"), {}, signal),
    refetchInterval: LIVE_REFRESH_MS,
  });
}

/** A measure of every member over time. */
export function memberSeriesOptions(cluster: string, params: z.input<typeof MemberSeriesParams>) {
  return queryOptions({
    queryKey: ["member-series", cluster, params],
    queryFn: ({ signal }) => getJson<MemberSeriesAnswer>(clusterPath(cluster, "/members/series"), params, signal),
    refetchInterval: seriesRefreshMs(params),
    placeholderData: (previous, query) => (isOfCluster(query, cluster) ? previous : undefined),
  });
}
