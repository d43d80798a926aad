import { contributing, NEEDS, noData, ruledOut } from "@/lib/rules/triage/findings";
import { alertAt, outOfSpec, SAYS } from "@/lib/rules/triage/limits";
import { known, type Reading, readingsOf } from "@/lib/rules/triage/readings";
import type { TriageRule } from "@/lib/rules/triage/triage-rule";
import { formatFigure, plainName } from "@/lib/rules/triage/triage-words";

/** Of the size in use and a gibibyte, or of the leader's memory. */
const TIMES = 2;
const THRESHOLDS = [outOfSpec(TIMES, "count", SAYS.article), alertAt(TIMES, "count", SAYS.article)] as const;
const GIB = 1024 ** 3;

/** Memory far above what the data needs: large answers in flight, or a leak. */
export const memory: TriageRule = {
  id: "L21",
  name: "MEMORY",
  title: "A member holds much memory",
  stage: "apply",
  explainedBy: ["L07", "L15", "L16", "L24", "L25"],
  isStanding: true,
  check(facts) {
    const told = readingsOf(facts, "residentBytes").flatMap((reading) => toExcess(reading) ?? []);
    const [most] = told.sort((a, b) => b.times - a.times);
    if (most === undefined) {
      return noData("The members' memory is not measured.", facts.members.length === 0 ? NEEDS.access : NEEDS.metrics, {
        thresholds: THRESHOLDS,
      });
    }
    const leader = told.find(({ reading }) => reading.member.isLeader === true);
    const above =
      leader &&
      told.find(({ reading, bytes }) => reading !== leader.reading && bytes > GIB && bytes > leader.bytes * TIMES);
    const shown = most.times > TIMES ? most : (above ?? most);
    const isOut = most.times > TIMES || above !== undefined;
    const name = plainName(shown.reading.name);
    const against =
      most.times <= TIMES && above && leader
        ? `the leader ${formatFigure(leader.bytes, "bytes")}`
        : `${formatFigure(shown.inUse, "bytes")} are in use`;
    const parts = {
      text: `${name} holds ${formatFigure(shown.bytes, "bytes")} of memory; ${against}.`,
      because: `the memory of ${name}`,
      subject: { kind: "member" as const, memberId: shown.reading.memberId, name: shown.reading.name },
      figure: {
        label: "Resident memory",
        value: shown.bytes,
        calm: known(shown.reading.moved.calm),
        unit: "bytes" as const,
      },
      thresholds: THRESHOLDS,
      chart: { kind: "signal" as const, signal: "residentBytes" as const, memberId: shown.reading.memberId },
    };
    if (!isOut) return ruledOut(parts);
    return contributing({
      ...parts,
      next: [
        "Look for large answers (expensive ranges) and for a bug of its version.",
        `Restarting ${name} gives the memory back; if it grows again, it leaks.`,
      ],
      weight: 0.3,
      isAlert: most.times > TIMES,
    });
  },
};

function toExcess(reading: Reading): { reading: Reading; bytes: number; inUse: number; times: number } | null {
  const bytes = known(reading.moved.window) ?? known(reading.moved.worst);
  const inUse = known(reading.member.signals.dbSizeInUse?.window) ?? known(reading.member.signals.dbSize?.window);
  return bytes === null || inUse === null ? null : { reading, bytes, inUse, times: bytes / (Math.max(0, inUse) + GIB) };
}
