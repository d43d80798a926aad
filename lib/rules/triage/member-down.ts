import { likelyCause, NEEDS, noData, ruledOut } from "@/lib/rules/triage/findings";
import { alertAt, outOfSpec, SAYS } from "@/lib/rules/triage/limits";
import { isAnswerTimeKnown, listOutages, type Outage, slowestAnswer } from "@/lib/rules/triage/outages";
import { nameOf } from "@/lib/rules/triage/readings";
import { command, shellArgument, steps } from "@/lib/rules/triage/shell-words";
import type { TriageFacts } from "@/lib/rules/triage/triage-facts";
import type { TriageFinding, TriageRule } from "@/lib/rules/triage/triage-rule";
import { countWords, formatMilliseconds, joinWords, plainName } from "@/lib/rules/triage/triage-words";

const THRESHOLDS = [
  outOfSpec(1_000, "milliseconds", SAYS.ours),
  alertAt(0.01, "ratio", SAYS.mixin), // of what is sent to a peer, lost
  alertAt(0, "count", SAYS.mixin), // members beyond which quorum is lost
] as const;

/** A member that does not answer: stopped, cut off, or standing still. */
export const memberDown: TriageRule = {
  id: "L05",
  name: "MEMBER_DOWN",
  title: "A member does not answer",
  stage: "quorum",
  explainedBy: ["L07", "L35"],
  isStanding: true,
  check(facts) {
    if (facts.members.length === 0) return noData("No member can be asked.", NEEDS.access, { thresholds: THRESHOLDS });
    const outages = listOutages(facts);
    if (outages.length > 0) return tellOutages(facts, outages);
    if (!isAsked(facts)) return noData("No member was asked in the window.", NEEDS.probe, { thresholds: THRESHOLDS });
    return ruledOut({ text: answeredWords(facts), thresholds: THRESHOLDS, chart: CHART });
  },
};

const CHART = { kind: "signal", signal: "probeSerializable", memberId: null } as const;

function isAsked(facts: TriageFacts): boolean {
  if (facts.members.some(({ probes }) => probes !== null && probes.asked > 0)) return true;
  return isAnswerTimeKnown(facts);
}

function answeredWords(facts: TriageFacts): string {
  const reads = facts.members.reduce((sum, { probes }) => sum + (probes?.asked ?? 0), 0);
  const slowest = slowestAnswer(facts);
  const who = facts.members.length === 1 ? "The only member" : `All ${facts.members.length} members`;
  const what = reads > 0 ? `answered ${countWords(reads, "read")}` : "answered";
  return `${who} ${what}${slowest === null ? "" : `, the slowest in ${formatMilliseconds(slowest)}`}.`;
}

function tellOutages(facts: TriageFacts, outages: readonly Outage[]): TriageFinding {
  const [worst] = outages as [Outage];
  const away = outages.filter(({ isAway }) => isAway);
  const voters = facts.members.filter(({ isLearner }) => !isLearner).length;
  const downVoters = away.filter(({ member }) => !member.isLearner).length;
  const isQuorumLost = voters > 0 && voters - downVoters < Math.floor(voters / 2) + 1;
  const isOne = outages.length === 1;
  const { memberId } = worst.member;
  const name = nameOf(worst.member);
  const verb = worst.isDown ? "down" : "not answering";
  return likelyCause({
    title: worst.isDown ? "A member is down" : "A member stood still",
    text: `${outageWords(outages)}${isQuorumLost ? " No majority is left: etcd takes no writes." : ""}`,
    because: isQuorumLost
      ? "a lost quorum"
      : isOne
        ? `${plainName(name)} ${verb}`
        : `${countWords(outages.length, "member")} ${verb}`,
    subject: isOne ? { kind: "member", memberId, name } : { kind: "cluster" },
    figure: figureOf(worst),
    thresholds: THRESHOLDS,
    startedAtMs: outages.reduce<number | null>(
      (first, { startedAtMs }) =>
        first === null || (startedAtMs !== null && startedAtMs < first) ? startedAtMs : first,
      null,
    ),
    next: nextSteps(name, isQuorumLost, worst),
    chart: { kind: "signal", signal: "probeSerializable", memberId: isOne ? memberId : null },
    weight: isQuorumLost ? 0.99 : worst.isDown ? 0.98 : worst.failed > 0 ? 0.95 : 0.88,
    isAlert: away.length > 0,
  });
}

function figureOf({ slowestMs, failed }: Outage): TriageFinding["figure"] {
  if (failed > 0) return { label: "Reads that failed", value: failed, calm: null, unit: "count" };
  if (slowestMs === null) return null;
  return { label: "Slowest answer", value: slowestMs, calm: null, unit: "milliseconds" };
}

function outageWords(outages: readonly Outage[]): string {
  const said = outages.slice(0, 3).map(({ member, isDown, isAway, failed, asked, slowestMs }) => {
    const name = plainName(nameOf(member));
    const reads = failed > 0 ? `; ${failed} of ${countWords(Math.max(asked, failed), "read")} of it failed` : "";
    if (isDown) return `${name} did not answer${isAway ? " and is still away" : " for a while"}${reads}`;
    const slow = slowestMs === null ? "" : ` for ${formatMilliseconds(slowestMs)}`;
    return failed > 0
      ? `${name} did not answer ${failed} of ${countWords(asked, "read")}`
      : `${name} did not answer${slow}`;
  });
  const more = outages.length - said.length;
  return `${joinWords(more > 0 ? [...said, `${more} more`] : said)}.`;
}

function nextSteps(name: string, isQuorumLost: boolean, { isDown }: Outage): string[] {
  const pod = shellArgument(name);
  return steps(
    "See who answers: etcdctl endpoint health --cluster -w table",
    isDown && `Look at the process and the log of ${plainName(name)}: journalctl -u etcd -n 100, or as a pod:`,
    isDown && command`kubectl -n kube-system logs ${pod} --tail=100`,
    !isDown &&
      `Something held ${plainName(name)} up: look for a machine that was paused, live-migrated, out of memory or starved of CPU (dmesg -T | tail).`,
    isQuorumLost &&
      "Bring members back until a majority runs. Only when they are lost for good: restore from a snapshot.",
  );
}
