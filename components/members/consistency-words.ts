import type { ConsistencyAnswer, ConsistencyMember } from "@/lib/api/consistency";
import { formatBytes, formatCount, formatDuration } from "@/lib/model/units";

/** Measured: 3.0 s of CPU at 1.5 GiB in use. */
const CPU_SECONDS_PER_GIB = 2;
const GIB = 1024 ** 3;

/** The panel's first sentence: do the members hold the same, as far as that is known? */
export function consistencySentence({ items, checks }: Pick<ConsistencyAnswer, "items" | "checks">): string {
  const [last] = checks;
  if (last?.verdict === "different") return last.text;
  const apart = items.filter((member) => differences(member).length > 0);
  if (apart.length > 0) return apart.map((member) => `${member.name} ${differences(member).join(", ")}.`).join(" ");
  const unknown = items.filter(({ revisionsBehind }) => revisionsBehind === null);
  if (items.length === 0) return "No member is known yet.";
  if (items.length === 1) return "There is one member, and nothing to compare it with.";
  if (unknown.length > 0)
    return `${unknown.map(({ name }) => name).join(", ")} cannot be compared with the leader now.`;
  return "No member is behind the leader by more than the time between two samples explains.";
}

/** How a member differs from the leader, in half sentences; empty: it does not, as far as is known. */
export function differences({ revisionsBehind, raftBehind, keysApart }: ConsistencyMember): string[] {
  const words: string[] = [];
  if (revisionsBehind) words.push(`is at least ${countWords(revisionsBehind, "revision")} behind`);
  if (raftBehind) words.push(`is at least ${countWords(raftBehind, "raft entry", "raft entries")} behind`);
  if (keysApart) words.push(`has ${countWords(Math.abs(keysApart), "key")} ${keysApart > 0 ? "more" : "fewer"}`);
  return words;
}

/** What a comparison of hashes costs the cluster. */
export function hashCostWords({ items, largestDbBytes }: Pick<ConsistencyAnswer, "items" | "largestDbBytes">): string {
  const what = "Each member reads its whole db once, one after the other: about 2 s of CPU a GiB.";
  if (largestDbBytes === null) return what;
  const seconds = (largestDbBytes / GIB) * CPU_SECONDS_PER_GIB;
  const voters = items.filter(({ isLearner }) => !isLearner).length;
  return `${what} With ${formatBytes(largestDbBytes)} in use that is about ${formatDuration(seconds * 1_000)} at each of ${voters}.`;
}

function countWords(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
