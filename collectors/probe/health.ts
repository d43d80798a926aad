import { REFUSED_REASON, REFUSED_REMEDY } from "@/collectors/probe/explain-read";
import type { ProbedMember, ProbeResult } from "@/collectors/probe/member-probe";
import type { CollectorReport } from "@/collectors/report-state";
import { PROBE_FAILED } from "@/lib/model/probe-slots";

const FAILED_REMEDY = "Look at the member and at the way to it; the Members page has its latencies and its state.";
const OBSTACLE_REMEDY = "Add an endpoint that leads to the member, so that it can be asked from here.";

/** How probing goes: whether every member could be asked, and answered. */
export function judgeProbes(members: readonly ProbedMember[], results: readonly ProbeResult[]): CollectorReport {
  const names = new Map(members.map(({ memberId, name }) => [memberId, name || memberId]));
  const told = results.flatMap(({ memberId, failures, obstacle }) => {
    const texts = [...new Set([...failures.map(({ text }) => text), ...(obstacle === null ? [] : [obstacle])])];
    return texts.length === 0 ? [] : [`${names.get(memberId)}: ${texts.join(" ")}`];
  });
  if (told.length === 0) return { health: "ok" };
  const isAnswered = results.some((result) => isGood(result.serializableMicros) || isGood(result.linearizableMicros));
  return {
    health: isAnswered ? "degraded" : "failed",
    reason: `${told.length} of ${results.length} members could not be read from as a client does. ${told.join(" ")}`,
    remedy: remedyOf(results),
  };
}

function remedyOf(results: readonly ProbeResult[]): string {
  if (results.some(({ obstacle }) => obstacle === REFUSED_REASON)) return REFUSED_REMEDY;
  return results.some(({ failures }) => failures.length > 0) ? FAILED_REMEDY : OBSTACLE_REMEDY;
}

function isGood(micros: number | null): boolean {
  return micros !== null && micros !== PROBE_FAILED;
}
