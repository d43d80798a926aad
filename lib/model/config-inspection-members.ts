import { type ConfigFacts, type ConfigJudgement, type ConfigRow, valuesOf } from "@/lib/model/config-facts";

const NOT_TOLD = "It has not answered yet.";

/** Do all members run the same version? Source: Status. */
export function inspectVersions(facts: ConfigFacts): ConfigRow {
  const versions = [...new Set(facts.members.map(({ version }) => version).filter((text) => text !== null))];
  return {
    ...{ id: "versions", setting: "Version" },
    values: valuesOf(facts, ({ version }) => version, NOT_TOLD),
    ...judgeVersions(versions),
    source: { name: "etcd, upgrades", url: "https://etcd.io/docs/v3.6/upgrades/" },
  };
}

function judgeVersions(versions: readonly string[]): ConfigJudgement {
  const [first, ...others] = versions;
  if (first === undefined) return { verdict: "unknown", sentence: "No member has told its version." };
  if (others.length === 0) return { verdict: "ok", sentence: "All that answer run the same version." };
  const lines = new Set(versions.map((version) => version.split(".").slice(0, 2).join(".")));
  const sentence =
    lines.size > 1
      ? `A mix of ${[...versions].sort().join(" and ")}: the cluster works as the oldest of them. Finish the upgrade.`
      : `A mix of ${[...versions].sort().join(" and ")}: bring all to the newest.`;
  return { verdict: "warn", sentence };
}

/** Who votes. Source: the member list. */
export function inspectVoters(facts: ConfigFacts): ConfigRow {
  const voters = facts.members.filter(({ isLearner }) => !isLearner).length;
  const learners = facts.members.filter(({ isLearner }) => isLearner).map(({ name }) => name);
  return {
    ...{ id: "voters", setting: "Votes" },
    values: valuesOf(facts, ({ isLearner }) => (isLearner ? "learner" : "votes"), NOT_TOLD),
    ...judgeVoters(voters, learners),
    source: { name: "etcd FAQ", url: "https://etcd.io/docs/v3.6/faq/" },
  };
}

function judgeVoters(voters: number, learners: readonly string[]): ConfigJudgement {
  const spare = Math.ceil(voters / 2) - 1;
  if (learners.length > 0) {
    const [they, them] = learners.length === 1 ? ["has", "it"] : ["have", "them"];
    return {
      verdict: "warn",
      sentence: `${learners.join(", ")} ${they} no vote: promote ${them} once the log has been copied.`,
    };
  }
  if (voters === 1) return { verdict: "warn", sentence: "One member alone: when it is lost, so is the cluster." };
  if (voters % 2 === 0) {
    return {
      verdict: "warn",
      sentence: `${voters} members bear the loss of ${spare}, no more than ${voters - 1} would, and take longer to agree.`,
    };
  }
  return { verdict: "ok", sentence: `${voters} members bear the loss of ${spare}.` };
}

/** Bugs of the versions in use. Source: etcd's changelogs. */
export function inspectKnownBugs(facts: ConfigFacts): ConfigRow {
  const words = ({ version, knownBugs }: ConfigFacts["members"][number]) =>
    version === null ? null : knownBugs.length === 0 ? "none" : String(knownBugs.length);
  return {
    ...{ id: "known-bugs", setting: "Known bugs" },
    values: valuesOf(facts, words, NOT_TOLD),
    ...judgeBugs(facts),
    source: { name: "etcd changelogs", url: "https://github.com/etcd-io/etcd/tree/main/CHANGELOG" },
  };
}

function judgeBugs({ members }: ConfigFacts): ConfigJudgement {
  if (members.every(({ version }) => version === null)) {
    return { verdict: "unknown", sentence: "No member has told its version." };
  }
  const bugs = members.flatMap(({ knownBugs }) => knownBugs);
  const grave = [...new Set(bugs.filter(({ severity }) => severity !== "info").map(({ problem }) => problem))];
  if (grave.length === 0) return { verdict: "ok", sentence: "None that matters in what the members run." };
  const count = grave.length === 1 ? "One bug is" : `${grave.length} bugs are`;
  const upgrade = "Upgrade to the newest release of the line.";
  return {
    verdict: "warn",
    sentence: `${count} known in what the members run. ${upgrade} ${grave.map((problem) => `${problem}.`).join(" ")}`,
  };
}
