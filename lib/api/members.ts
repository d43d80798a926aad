import { queryOptions } from "@tanstack/react-query";
import * as z from "zod";
import { AnsweredRange, Origin, RangeParams } from "@/lib/api/common";
import { clusterPath, getJson } from "@/lib/api/get-json";
import { MemberHealth } from "@/lib/api/member-health";
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
  revisionsBehind: z.number().nullable().describe("Behind the leader, at least, by samples in both orders"),
  raftBehind: z.number().nullable().describe("The same of raft entries"),
  alarms: z.array(z.string()),
  errors: z.array(z.string()),
  statusMs: z.number().nullable(),
  failure: z.string().nullable(),
  at: z.string().nullable(),
  checkedAt: z.string(),
  origin: Origin,
  health: MemberHealth.nullable().describe("Null with `figures=now`"),
});
export type MemberRow = z.infer<typeof MemberRow>;
/** What stands out when the members are held side by side; over a range. */
const Compared = z.object({
  imbalances: z.array(z.string()).describe("Sentences with their numbers; empty: none was found, or nothing is known"),
  clockSkew: z
    .object({
      text: z.string(),
      atLeastMs: z.number().describe("Two members' clocks differ by so much for certain"),
      atMostMs: z.number().describe("No two members' clocks differ by more"),
      isWarning: z.boolean(),
    })
    .nullable()
    .describe("Null: fewer than two members tell the time"),
  range: AnsweredRange,
});
export type MembersCompared = z.infer<typeof Compared>;

export const MembersAnswer = z.object({
  items: z.array(MemberRow),
  nextCursor: z.null(),
  compared: Compared.nullable().describe("Null with `figures=now`"),
});
export type MembersAnswer = z.infer<typeof MembersAnswer>;

/** `GET …/{cluster}/members`: latencies and rates are those of the range; `figures=now` leaves them out. */
export const MembersParams = RangeParams.extend({ figures: z.enum(["now", "range"]).default("range") });
export type MembersParams = z.infer<typeof MembersParams>;

/** The members of a cluster as they answered last, without the figures of a range. */
export function membersOptions(cluster: string) {
  return queryOptions({
    queryKey: ["members", cluster],
    queryFn: ({ signal }) => getJson<MembersAnswer>(clusterPath(cluster, "/members"), { figures: "now" }, signal),
    refetchInterval: LIVE_REFRESH_MS,
  });
}

/** The same with the figures of a range, side by side. */
export function memberHealthOptions(cluster: string, range: RangeParams) {
  return queryOptions({
    queryKey: ["member-health", cluster, range],
    queryFn: ({ signal }) => getJson<MembersAnswer>(clusterPath(cluster, "/members"), range, signal),
    refetchInterval: seriesRefreshMs(range),
    placeholderData: (previous, query) => (isOfCluster(query, cluster) ? previous : undefined),
  });
}
