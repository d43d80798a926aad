import * as z from "zod";

const figure = z.number().nullable();

/** What is known of a member beside its last Status: over a range, or where it stood at the range's end. */
export const MemberHealth = z.object({
  fragmentationRatio: figure.describe("Free pages inside the file, 0 to 1"),
  quotaBytes: figure.describe("As its metrics tell it, else Status"),
  raftLag: figure.describe("Raft entries not applied yet"),
  raftBehind: figure.describe("Raft entries behind the leader, at least"),
  fsyncP99Ms: figure,
  commitP99Ms: figure,
  linearizableP99Ms: figure.describe("Black-box read through the leader"),
  serializableP99Ms: figure.describe("Black-box read of this member alone"),
  peerRttP99Ms: figure,
  requestsPerSecond: figure,
  sentBytesPerSecond: figure,
  connections: figure,
  watchers: figure,
  cpuCores: figure.describe("Seconds of CPU a second"),
  cpuLimit: figure,
  residentBytes: figure,
  openFiles: figure,
  fileLimit: figure,
  clockAheadLeastMs: figure.describe("How far its clock is ahead of ours, at least and at most"),
  clockAheadMostMs: figure,
  startedAt: z.string().nullable(),
  knownBugs: z.array(
    z.object({
      problem: z.string(),
      fixedIn: z.string().nullable(),
      severity: z.enum(["critical", "warning", "info"]),
      source: z.string(),
      sourceUrl: z.string().nullable(),
    }),
  ),
  unknown: z.record(z.string(), z.string()).describe("Why a figure is null, by its name"),
});
export type MemberHealth = z.infer<typeof MemberHealth>;

/** The figures of a member's health that may be unknown, each with a reason of its own. */
export type MemberFigureName = Exclude<keyof MemberHealth, "knownBugs" | "unknown">;
