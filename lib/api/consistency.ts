import { queryOptions } from "@tanstack/react-query";
import * as z from "zod";
import { Origin } from "@/lib/api/common";
import { clusterPath, getJson } from "@/lib/api/get-json";

const REFRESH_MS = 5_000;

const HASH_VERDICTS = ["equal", "different", "incomparable"] as const;

/** What one member answered to HashKV. */
export const HashRow = z.object({
  memberId: z.string(),
  name: z.string(),
  hash: z.string().nullable().describe("Decimal text of the 32-bit hash; null: no answer"),
  compactRevision: z.number().nullable().describe("Where the hash begins; -1: nothing was compacted yet"),
  tookMs: z.number().nullable(),
  failure: z.string().nullable(),
});
export type HashRow = z.infer<typeof HashRow>;

/** One comparison of the members' hashes at one revision. */
export const HashCheckRow = z.object({
  at: z.string(),
  revision: z.number(),
  verdict: z.enum(HASH_VERDICTS),
  text: z.string().describe("The verdict in a sentence"),
  results: z.array(HashRow),
});
export type HashCheckRow = z.infer<typeof HashCheckRow>;

/** How a member stands beside the leader. */
export const ConsistencyMember = z.object({
  memberId: z.string(),
  name: z.string(),
  isLeader: z.boolean(),
  isLearner: z.boolean(),
  revision: z.number().nullable(),
  revisionsBehind: z
    .number()
    .nullable()
    .describe("At least so many behind the leader, by samples in both orders; null: not known"),
  raftBehind: z.number().nullable().describe("The same of raft entries"),
  keys: z.number().nullable().describe("As its metrics say; null: they do not"),
  keysApart: z
    .number()
    .nullable()
    .describe("More or fewer keys than the leader had around the same time; null: not known"),
  failure: z.string().nullable(),
  at: z.string().nullable(),
});
export type ConsistencyMember = z.infer<typeof ConsistencyMember>;

/** `GET …/{cluster}/consistency`. `POST` there compares the hashes now and answers a `HashCheckRow`. */
export const ConsistencyAnswer = z.object({
  items: z.array(ConsistencyMember),
  nextCursor: z.null(),
  checks: z.array(HashCheckRow).describe("The newest ten, the newest first"),
  isChecking: z.boolean().describe("Somebody has asked for a comparison that is not done yet"),
  hashCheckHours: z.number().nullable().describe("Hours between two comparisons; null: only when asked for"),
  largestDbBytes: z.number().nullable().describe("db size in use of the largest member, which its hash reads whole"),
  origin: Origin,
});
export type ConsistencyAnswer = z.infer<typeof ConsistencyAnswer>;

/** Whether the members hold the same. */
export function consistencyOptions(cluster: string) {
  return queryOptions({
    queryKey: ["consistency", cluster],
    queryFn: ({ signal }) => getJson<ConsistencyAnswer>(clusterPath(cluster, "/consistency"), {}, signal),
    refetchInterval: REFRESH_MS,
  });
}
