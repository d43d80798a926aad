/** What is known of one member's set-up. */
export interface ConfigMember {
  name: string;
  version: string | null;
  isLearner: boolean;
  quotaBytes: number | null;
  /** As its start-up line says, by etcd's own names; null: that line has not come to us. */
  logged: ReadonlyMap<string, string> | null;
  /** p99 of the round trip to its peers; null: not measured. */
  peerRttMs: number | null;
  /** Raft entries applied between two snapshots, as counted; null: fewer than two were made. */
  entriesPerSnapshot: number | null;
  knownBugs: readonly { problem: string; severity: "critical" | "warning" | "info" }[];
}

/** What the inspection of a cluster's set-up looks at. */
export interface ConfigFacts {
  members: readonly ConfigMember[];
  /** When history was compacted in the last day, the oldest first. */
  compactionsMs: readonly number[];
  /** How long we have watched at most, in milliseconds. */
  watchedMs: number;
}

export type ConfigVerdict = "ok" | "warn" | "unknown";

/** One setting, member by member, and what is to be said of it. */
export interface ConfigRow {
  id: string;
  setting: string;
  /** A text for each member, or null and why it is not known. */
  values: { member: string; value: string | null; why: string | null }[];
  verdict: ConfigVerdict;
  sentence: string;
  source: { name: string; url: string };
}

/** What a setting's rows have in common. */
export interface ConfigJudgement {
  verdict: ConfigVerdict;
  sentence: string;
}

/** Why a value is not known that etcd tells nowhere but in the line it logs at its start. */
export const NOT_LOGGED = "etcd tells it only in the line it logs at its start, and that line has not come here.";

/** A value of each member; `why` where there is none. */
export function valuesOf(
  { members }: ConfigFacts,
  textOf: (member: ConfigMember) => string | null,
  why: string,
): ConfigRow["values"] {
  return members.map((member) => {
    const value = textOf(member);
    return { member: member.name, value, why: value === null ? why : null };
  });
}
