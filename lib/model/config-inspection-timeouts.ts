import {
  type ConfigFacts,
  type ConfigJudgement,
  type ConfigMember,
  type ConfigRow,
  NOT_LOGGED,
  valuesOf,
} from "@/lib/model/config-facts";
import { parseGoDurationMicros } from "@/lib/model/go-duration";

const DEFAULT_HEARTBEAT_MS = 100;
const DEFAULT_ELECTION_MS = 1_000;
/** etcd's tuning guide: a heartbeat takes 0.5 to 1.5 round trips, an election ten. */
const LEAST_HEARTBEAT_RTTS = 0.5;
const MOST_HEARTBEAT_RTTS = 1.5;
const ELECTION_RTTS = 10;
const LARGEST_ELECTION_MS = 50_000;

/** Heartbeat and election timeout against the round trip that was measured between the members. */
export function inspectTimeouts(facts: ConfigFacts): ConfigRow {
  return {
    ...{ id: "timeouts", setting: "Heartbeat and election" },
    values: valuesOf(facts, loggedWords, NOT_LOGGED),
    ...judge(facts),
    source: { name: "etcd, time parameters", url: "https://etcd.io/docs/v3.6/tuning/#time-parameters" },
  };
}

interface Timeouts {
  heartbeatMs: number;
  electionMs: number;
}

function loggedWords(member: ConfigMember): string | null {
  const timeouts = timeoutsOf(member);
  return timeouts === null ? null : `${timeouts.heartbeatMs} ms, ${timeouts.electionMs} ms`;
}

function timeoutsOf({ logged }: ConfigMember): Timeouts | null {
  const heartbeat = parseGoDurationMicros(logged?.get("heartbeat-interval"));
  const election = parseGoDurationMicros(logged?.get("election-timeout"));
  return heartbeat === null || election === null
    ? null
    : { heartbeatMs: heartbeat / 1_000, electionMs: election / 1_000 };
}

function judge({ members }: ConfigFacts): ConfigJudgement {
  if (members.length === 1) return { verdict: "ok", sentence: "One member alone elects itself: they do not matter." };
  const rtts = members.map(({ peerRttMs }) => peerRttMs).filter((ms) => ms !== null);
  const known = members.map(timeoutsOf).filter((timeouts) => timeouts !== null);
  if (rtts.length === 0) {
    const sentence = "The round trip between the members is not measured, so there is nothing to hold them against.";
    return { verdict: "unknown", sentence };
  }
  const rttMs = Math.max(...rtts);
  if (known.length === 0) return { verdict: "unknown", sentence: rightFor(rttMs) };
  return judgeAgainst(known, rttMs);
}

function judgeAgainst(known: readonly Timeouts[], rttMs: number): ConfigJudgement {
  const heartbeatMs = Math.min(...known.map((one) => one.heartbeatMs));
  const longestMs = Math.max(...known.map((one) => one.heartbeatMs));
  const electionMs = Math.min(...known.map((one) => one.electionMs));
  const rtt = `a round trip of ${msWords(rttMs)} (p99)`;
  const differ = known.some((one) => one.heartbeatMs !== heartbeatMs || one.electionMs !== electionMs);
  if (differ) return { verdict: "warn", sentence: "Members differ: give every one of them the same two values." };
  if (electionMs < ELECTION_RTTS * rttMs) {
    return {
      verdict: "warn",
      sentence: `The election timeout is less than ten times ${rtt}: leaders are lost for nothing. ${setWords(rttMs)}`,
    };
  }
  if (heartbeatMs < LEAST_HEARTBEAT_RTTS * rttMs) {
    return { verdict: "warn", sentence: `The heartbeat is shorter than half of ${rtt}. ${setWords(rttMs)}` };
  }
  if (longestMs > MOST_HEARTBEAT_RTTS * rttMs && longestMs > DEFAULT_HEARTBEAT_MS) {
    return {
      verdict: "warn",
      sentence: `The heartbeat is longer than ${rtt} needs: a lost leader is noticed late. ${setWords(rttMs)}`,
    };
  }
  if (Math.max(...known.map((one) => one.electionMs)) > LARGEST_ELECTION_MS) {
    return { verdict: "warn", sentence: "The election timeout is above the 50 s that etcd allows for." };
  }
  return { verdict: "ok", sentence: `Long enough for ${rtt}.` };
}

/** What would be right for the round trip that was measured. */
function rightFor(rttMs: number): string {
  const { heartbeatMs, electionMs } = wanted(rttMs);
  const isDefault = heartbeatMs === DEFAULT_HEARTBEAT_MS && electionMs === DEFAULT_ELECTION_MS;
  const values = `${heartbeatMs} ms and ${electionMs} ms`;
  return `Not told. For the measured round trip of ${msWords(rttMs)} (p99) ${isDefault ? `the defaults, ${values},` : values} are right.`;
}

function setWords(rttMs: number): string {
  const { heartbeatMs, electionMs } = wanted(rttMs);
  return `Set --heartbeat-interval=${heartbeatMs} and --election-timeout=${electionMs} on every member.`;
}

function wanted(rttMs: number): Timeouts {
  const heartbeatMs = Math.max(DEFAULT_HEARTBEAT_MS, Math.ceil(rttMs / 10) * 10);
  return { heartbeatMs, electionMs: Math.max(DEFAULT_ELECTION_MS, heartbeatMs * 10) };
}

function msWords(ms: number): string {
  return ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`;
}
