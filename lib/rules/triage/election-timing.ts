import { parseGoDurationMicros } from "@/lib/model/go-duration";
import { contributing, NEEDS, noData, ruledOut } from "@/lib/rules/triage/findings";
import { outOfSpec, SAYS } from "@/lib/rules/triage/limits";
import { known, nameOf, readingsOf } from "@/lib/rules/triage/readings";
import type { MemberFacts, TriageFacts } from "@/lib/rules/triage/triage-facts";
import type { TriageRule } from "@/lib/rules/triage/triage-rule";
import { formatMilliseconds, plainName } from "@/lib/rules/triage/triage-words";

/** Of the round trip between members. */
const ELECTION_ROUND_TRIPS = 10;
const HEARTBEAT_ROUND_TRIPS = 0.5;
const THRESHOLDS = [
  outOfSpec(ELECTION_ROUND_TRIPS, "count", SAYS.tuning),
  outOfSpec(HEARTBEAT_ROUND_TRIPS, "count", SAYS.tuning),
] as const;

/** Heartbeats and elections must be slow enough for the network, or leaders are lost for nothing. */
export const electionTiming: TriageRule = {
  id: "L10",
  name: "ELECTION_CONFIG",
  title: "Election timing against the round trip",
  stage: "configuration",
  explainedBy: [],
  isStanding: false,
  check(facts) {
    if (facts.memberCount === 1) return ruledOut({ text: "The only member elects itself.", thresholds: THRESHOLDS });
    const timings = facts.members.flatMap((member) => toTiming(member) ?? []);
    const roundTripMs = roundTrip(facts);
    if (timings.length === 0 || roundTripMs === null) {
      const what =
        timings.length === 0
          ? "The members' heartbeat and election settings are not known"
          : "The round trip is not known";
      return noData(`${what}.`, timings.length === 0 ? NEEDS.log : NEEDS.metrics, { thresholds: THRESHOLDS });
    }
    const tight = timings.find(({ electionMs }) => electionMs < roundTripMs * ELECTION_ROUND_TRIPS);
    const quick = timings.find(({ heartbeatMs }) => heartbeatMs < roundTripMs * HEARTBEAT_ROUND_TRIPS);
    const mixed = timings.find(
      ({ electionMs, heartbeatMs }) => electionMs !== timings[0]?.electionMs || heartbeatMs !== timings[0]?.heartbeatMs,
    );
    const bad = tight ?? quick ?? mixed;
    const told = bad ?? (timings[0] as Timing);
    const settings = `heartbeat ${formatMilliseconds(told.heartbeatMs)}, election ${formatMilliseconds(told.electionMs)}, round trip ${formatMilliseconds(roundTripMs)}`;
    if (bad === undefined)
      return ruledOut({ text: `The timing fits the network: ${settings}.`, thresholds: THRESHOLDS });
    const why = tight
      ? "elections begin too soon"
      : quick
        ? "heartbeats come faster than they travel"
        : "members differ";
    const heartbeat = roundUp(Math.max(100, roundTripMs), 10);
    const election = roundUp(Math.max(1_000, roundTripMs * ELECTION_ROUND_TRIPS, heartbeat * 10), 100);
    return contributing({
      text: `${plainName(told.name)}: ${settings}; ${why}.`,
      because: "election timing that is too tight",
      subject: { kind: "member", memberId: told.memberId, name: told.name },
      figure: {
        label: "Election timeout in round trips",
        value: told.electionMs / Math.max(0.001, roundTripMs),
        calm: null,
        unit: "count",
      },
      thresholds: THRESHOLDS,
      next: [`Set on every member, alike: --heartbeat-interval=${heartbeat} --election-timeout=${election}`],
      weight: tight ? 0.5 : 0.3,
    });
  },
};

interface Timing {
  memberId: string;
  name: string;
  heartbeatMs: number;
  electionMs: number;
}

/** As the start-up line has them: `100ms`, `1s`; by some versions as bare milliseconds. */
function toTiming(member: MemberFacts): Timing | null {
  const heartbeatMs = toMilliseconds(member.config?.get("heartbeat-interval"));
  const electionMs = toMilliseconds(member.config?.get("election-timeout"));
  return heartbeatMs === null || electionMs === null
    ? null
    : { memberId: member.memberId, name: nameOf(member), heartbeatMs, electionMs };
}

function toMilliseconds(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (/^\d{1,7}$/.test(text)) return Number(text) || null;
  const micros = parseGoDurationMicros(text);
  return micros === null || micros === 0 ? null : micros / 1_000;
}

function roundTrip(facts: TriageFacts): number | null {
  const told = readingsOf(facts, "peerRttP99").flatMap(({ moved }) => known(moved.window) ?? []);
  return told.length === 0 ? null : told.reduce((a, b) => Math.max(a, b));
}

function roundUp(value: number, to: number): number {
  return Math.ceil(value / to) * to;
}
