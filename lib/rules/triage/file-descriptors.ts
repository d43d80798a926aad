import { contributing, likelyCause, NEEDS, noData, ruledOut } from "@/lib/rules/triage/findings";
import { alertAt, outOfSpec, SAYS } from "@/lib/rules/triage/limits";
import { known, type Reading, readingsOf } from "@/lib/rules/triage/readings";
import type { TriageRule } from "@/lib/rules/triage/triage-rule";
import { formatFigure, plainName } from "@/lib/rules/triage/triage-words";

const THRESHOLDS = [outOfSpec(0.8, "ratio", SAYS.metrics), alertAt(0.8, "ratio", SAYS.metrics)] as const;
/** Here connections begin to be refused. */
const USED_UP = 0.97;

/** Without a descriptor to spare, no connection is taken. */
export const fileDescriptors: TriageRule = {
  id: "L22",
  name: "FD_LIMIT",
  title: "File descriptors run out",
  stage: "configuration",
  explainedBy: ["L19", "L25"],
  isStanding: true,
  check(facts) {
    const told = readingsOf(facts, "openFiles").flatMap((reading) => toUsed(reading) ?? []);
    const [most] = told.sort((a, b) => b.used - a.used);
    if (most === undefined) {
      const needs = facts.members.length === 0 ? NEEDS.access : NEEDS.metrics;
      return noData("File descriptors are not counted.", needs, { thresholds: THRESHOLDS });
    }
    const name = plainName(most.reading.name);
    const parts = {
      text: `${name} has ${formatFigure(most.open, "count")} of ${formatFigure(most.limit, "count")} file descriptors in use.`,
      because: `${name} running out of file descriptors`,
      figure: { label: "File descriptors in use", value: most.used, calm: most.calm, unit: "ratio" as const },
      thresholds: THRESHOLDS,
      chart: { kind: "signal" as const, signal: "openFiles" as const, memberId: most.reading.memberId },
    };
    if (most.used <= THRESHOLDS[0].value) return ruledOut(parts);
    const found = {
      ...parts,
      subject: { kind: "member" as const, memberId: most.reading.memberId, name: most.reading.name },
      startedAtMs: known(most.reading.moved.movedAtMs),
      next: [
        "Raise the limit: LimitNOFILE=65536 in etcd's unit, or ulimit -n.",
        "Who holds the connections? ss -tn sport = :2379 | awk '{print $5}' | cut -d: -f1 | sort | uniq -c | sort -rn | head",
      ],
      weight: most.used >= USED_UP ? 0.8 : 0.4,
      isAlert: true,
    };
    const hasMoved = most.calm !== null && most.calm < USED_UP;
    return most.used >= USED_UP && hasMoved ? likelyCause(found) : contributing(found);
  },
};

function toUsed(reading: Reading) {
  const open = known(reading.moved.window) ?? known(reading.moved.worst);
  const limit = known(reading.member.signals.fileLimit?.window);
  if (open === null || limit === null || limit <= 0) return null;
  const calm = known(reading.moved.calm);
  return { reading, open, limit, used: open / limit, calm: calm === null ? null : calm / limit };
}
