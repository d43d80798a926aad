import type { Finding } from "@/lib/model/pattern-types";

/** Prefixes that explain this part of what is found above them are told in its stead. */
export const EXPLAINED = 0.8;
/** More of them than this are no explanation: then the prefix above is told. */
export const MOST_EXPLAINING = 3;
/** Two findings are of one thing when they share this part of the shorter one's time, once at least. */
const SAME_TIME = 0.5;

/**
 * Of findings of one pattern those to tell: the deepest prefixes that explain what is found above them, each thing once.
 * `parentOf` leads from a series to the one above, whether or not anything was found there.
 */
export function keepDeepest(findings: readonly Finding[], parentOf: ReadonlyMap<number, number | null>): Finding[] {
  const below = new Map<number | null, Finding[]>();
  const found = new Map(findings.map((finding) => [finding.series.id, finding]));
  for (const finding of findings) {
    const above = nearestFound(finding, found, parentOf);
    below.set(above, [...(below.get(above) ?? []), finding]);
  }
  return (below.get(null) ?? []).flatMap((finding) => descend(finding, below));
}

/** The nearest finding above that is of the same thing. */
function nearestFound(
  finding: Finding,
  found: ReadonlyMap<number, Finding>,
  parentOf: ReadonlyMap<number, number | null>,
): number | null {
  for (let id = finding.series.parentId; id !== null; id = parentOf.get(id) ?? null) {
    const above = found.get(id);
    if (above && isSameTime(finding, above)) return id;
  }
  return null;
}

function descend(finding: Finding, below: ReadonlyMap<number | null, Finding[]>): Finding[] {
  const parts = [...(below.get(finding.series.id) ?? [])].sort((a, b) => b.amount - a.amount);
  let explained = 0;
  for (const [i, part] of parts.slice(0, MOST_EXPLAINING).entries()) {
    explained += part.amount;
    if (explained >= finding.amount * EXPLAINED) return parts.slice(0, i + 1).flatMap((each) => descend(each, below));
  }
  return [finding];
}

function isSameTime(left: Finding, right: Finding): boolean {
  return left.runs.some((one) =>
    right.runs.some((other) => {
      const shared = Math.min(one.to, other.to) - Math.max(one.from, other.from);
      return shared >= Math.min(one.to - one.from, other.to - other.from) * SAME_TIME;
    }),
  );
}
