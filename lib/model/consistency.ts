/** A read of the black-box probe that failed: its slot in the minute, which of the pair, and why. */
export interface ProbeFailure {
  slot: number;
  read: "serializable" | "linearizable";
  text: string;
}

/** What one member answered to HashKV. */
export interface HashResult {
  memberId: string;
  name: string;
  /** Decimal text of the unsigned 32-bit hash; null: no answer. */
  hash: string | null;
  /** The revision the member had compacted up to: hashes over different ones cannot be compared. */
  compactRevision: number | null;
  /** Milliseconds the answer took. */
  tookMs: number | null;
  failure: string | null;
}

/** `incomparable`: the compact revisions differ, or fewer than two members answered. */
export type HashVerdict = "equal" | "different" | "incomparable";

/**
 * Whether hashes taken at one revision are the same. Those of members that answered are compared, as long as all of
 * them begin at the same compact revision.
 */
export function judgeHashes(results: readonly HashResult[]): HashVerdict {
  const answered = results.filter(({ hash }) => hash !== null);
  if (answered.length < 2) return "incomparable";
  if (new Set(answered.map(({ compactRevision }) => compactRevision)).size > 1) return "incomparable";
  return new Set(answered.map(({ hash }) => hash)).size === 1 ? "equal" : "different";
}

/** How a comparison came out, in a sentence or two that name the members. */
export function hashWords({ verdict, results, revision }: HashOutcome): string {
  const answered = results.filter(({ hash }) => hash !== null).sort((a, b) => (a.name < b.name ? -1 : 1));
  if (verdict === "equal") return `All ${answered.length} members have the same data at revision ${revision}.`;
  if (verdict === "incomparable") return incomparableWords(answered);
  const groups = new Map<string, string[]>();
  for (const { hash, name } of answered) groups.set(hash as string, [...(groups.get(hash as string) ?? []), name]);
  const sides = [...groups.values()].sort((a, b) => b.length - a.length).map((names) => names.join(", "));
  return `The members' data differ at revision ${revision}: ${sides.join(" against ")}.`;
}

/** What a comparison found at which revision. */
export interface HashOutcome {
  revision: number;
  verdict: HashVerdict;
  results: readonly HashResult[];
}

function incomparableWords(answered: readonly HashResult[]): string {
  if (answered.length < 2) return "Fewer than two members answered, so nothing could be compared.";
  return "The members had compacted up to different revisions, so their hashes cannot be compared.";
}
