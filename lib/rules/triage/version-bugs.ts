import { type KnownBug, listKnownBugs, parseEtcdVersion } from "@/lib/rules/known-bugs";
import { contributing, NEEDS, noData, ruledOut } from "@/lib/rules/triage/findings";
import type { TriageFinding, TriageRule } from "@/lib/rules/triage/triage-rule";
import { countWords, joinWords, plainName } from "@/lib/rules/triage/triage-words";

/** Bugs of the members' versions. Only those about latency and watches can be part of why it is slow. */
export const versionBugs: TriageRule = {
  id: "L31",
  name: "VERSION_KNOWN_BUGS",
  title: "Known bugs of the version",
  stage: "configuration",
  explainedBy: [],
  isStanding: false,
  check(facts) {
    const versions = [...new Set(facts.members.flatMap(({ version }) => (version === null ? [] : [version])))].sort();
    const understood = versions.filter((version) => parseEtcdVersion(version) !== null);
    if (understood.length === 0) return noData("No member tells a version that is understood.", NEEDS.access);
    const bugs = dedupe(understood.flatMap(listKnownBugs));
    const slowing = bugs.filter(({ concern }) => concern === "latency" || concern === "watches");
    const named = joinWords(understood.slice(0, 4).map(plainName));
    const parts = {
      text: `etcd ${named}: ${told(bugs, slowing)}`,
      because: "a known bug of the version",
      figure: { label: "Known bugs", value: bugs.length, calm: null, unit: "count" as const },
      next: nextSteps(bugs, understood.length > 1),
      weight: slowing.some(({ concern }) => concern === "latency") ? 0.45 : 0.2,
      isAlert: false, // it held yesterday too; the Members page names them
    } satisfies Partial<TriageFinding>;
    return slowing.length > 0 ? contributing(parts) : ruledOut(parts);
  },
};

function told(bugs: readonly KnownBug[], slowing: readonly KnownBug[]): string {
  if (bugs.length === 0) return "no known bug.";
  const words = slowing
    .slice(0, 2)
    .map(({ problem, fixedIn }) => `${problem}${fixedIn === null ? "" : ` (until ${fixedIn})`}`);
  const count = countWords(bugs.length, "known bug");
  return slowing.length === 0 ? `${count}, none of which makes it slow.` : `${words.join(". ")}. ${count} in all.`;
}

function nextSteps(bugs: readonly KnownBug[], isMixed: boolean): string[] {
  return [
    ...bugs
      .slice(0, 4)
      .map(
        ({ problem, fixedIn, source }) =>
          `${problem}: ${fixedIn === null ? "move to a newer line" : `upgrade to ${fixedIn} or later`} (${source}).`,
      ),
    ...(isMixed ? ["The members run different versions: finish the upgrade."] : []),
  ];
}

function dedupe(bugs: readonly KnownBug[]): KnownBug[] {
  return bugs.filter(({ problem }, at) => bugs.findIndex((other) => other.problem === problem) === at);
}
