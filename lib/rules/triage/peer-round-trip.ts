import type { HealthSignalName } from "@/lib/model/health-signals";
import { likelyCause, NEEDS, noData, ruledOut } from "@/lib/rules/triage/findings";
import { checkLatency } from "@/lib/rules/triage/latency-rule";
import { alertAt, outOfSpec, SAYS } from "@/lib/rules/triage/limits";
import { known, readingsOf } from "@/lib/rules/triage/readings";
import { command, shellArgument, steps } from "@/lib/rules/triage/shell-words";
import type { MemberFacts, Moved, TriageFacts } from "@/lib/rules/triage/triage-facts";
import type { TriageFinding, TriageRule } from "@/lib/rules/triage/triage-rule";
import { formatMilliseconds, plainName, wentFrom } from "@/lib/rules/triage/triage-words";

const THRESHOLDS = [outOfSpec(100, "milliseconds", SAYS.etcdIssues), alertAt(150, "milliseconds", SAYS.mixin)] as const;

/** Each write, and each linearizable read, waits for a majority: the round trip between members is in all of them. */
export const peerRoundTrip: TriageRule = {
  id: "L09",
  name: "PEER_RTT",
  title: "The network between members is slow",
  stage: "network",
  explainedBy: ["L05", "L07", "L11", "L15", "L16", "L24", "L25", "L35"],
  isStanding: true,
  check(facts) {
    if (facts.memberCount === 1) return ruledOut({ text: "The only member has no peers.", thresholds: THRESHOLDS });
    if (facts.members.length === 0) {
      return noData("No member tells its round trip to the others.", NEEDS.access, { thresholds: THRESHOLDS });
    }
    const judged = checkLatency(facts, {
      signal: "peerRttP99",
      thresholds: THRESHOLDS,
      ignoresIsolated: true, // it is asked every few seconds: one bad answer is one answer
      because: (member) => (member === null ? "a slow network between members" : `a slow network at ${member}`),
      next: ({ worst }) => {
        const peer = slowestPeer(worst.member);
        const to = peer === null ? null : shellArgument(peer.name);
        return steps(
          peer &&
            `From ${plainName(worst.name)} the slowest way is to ${plainName(peer.name)}: ${formatMilliseconds(peer.ms)}.`,
          command`ping -c 20 ${to}`,
          "Look for losses and another path between the machines: mtr, ip -s link, a change of zone or of firewall.",
          "Members in different regions need longer heartbeats: see the check of election timing.",
        );
      },
    });
    return judged.verdict === "ruled-out" ? (tellRise(facts, judged) ?? judged) : judged;
  },
};

/** So many times the calm round trip, and so much longer. */
const RISE_TIMES = 5;
const RISE_MS = 20;

/**
 * What etcd tells is smoothed and follows the network over minutes. Where it rises while reads that need a majority have
 * become slow, and those that need none have not, the network is why before the limit is passed.
 */
function tellRise(facts: TriageFacts, judged: TriageFinding): TriageFinding | null {
  const isUp = (signal: HealthSignalName) =>
    readingsOf(facts, signal).some(({ moved }) => known(moved.movedAtMs) !== null);
  if (!isUp("probeLinearizable") || isUp("probeSerializable")) return null;
  const [risen] = readingsOf(facts, "peerRttP99")
    .filter(({ moved }) => isRisen(moved))
    .sort((a, b) => (b.moved.worst as number) - (a.moved.worst as number));
  if (risen === undefined) return null;
  const [calm, now] = [risen.moved.calm, risen.moved.worst as number];
  return likelyCause({
    text: `Peer round trip ${wentFrom(calm, now, "milliseconds")} at ${plainName(risen.name)} and follows the network slowly; linearizable reads became slow, serializable ones did not.`,
    because: "a slow network between members",
    thresholds: judged.thresholds,
    figure: { label: "Peer round trip p99", value: now, calm, unit: "milliseconds" },
    startedAtMs: known(risen.moved.movedAtMs),
    next: [
      "Look for losses and another path between the machines: mtr, ip -s link, a change of zone or of firewall.",
      "Members in different regions need longer heartbeats: see the check of election timing.",
    ],
    chart: judged.chart,
    weight: 0.7,
  });
}

function isRisen({ calm, worst, movedAtMs }: Moved): boolean {
  const [before, now] = [known(calm), known(worst)];
  if (before === null || now === null || known(movedAtMs) === null) return false;
  return now >= before * RISE_TIMES && now - before >= RISE_MS;
}

function slowestPeer({ splitSignals }: MemberFacts): { name: string; ms: number } | null {
  let slowest: { name: string; ms: number } | null = null;
  for (const [name, moved] of splitSignals.peerRttP99 ?? []) {
    const ms = known(moved.window);
    if (ms !== null && (slowest === null || ms > slowest.ms)) slowest = { name, ms };
  }
  return slowest;
}
