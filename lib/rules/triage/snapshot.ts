import { contributing, likelyCause, NEEDS, noData, ruledOut } from "@/lib/rules/triage/findings";
import { happenings, isNearOnset } from "@/lib/rules/triage/happenings";
import { alertAt, outOfSpec, SAYS } from "@/lib/rules/triage/limits";
import { countInWindow, earliest, firstStepAt, known, nameOf, stepsOfWindow } from "@/lib/rules/triage/readings";
import type { MemberFacts, TriageFacts } from "@/lib/rules/triage/triage-facts";
import type { TriageRule } from "@/lib/rules/triage/triage-rule";
import { formatMilliseconds, plainName } from "@/lib/rules/triage/triage-words";

const THRESHOLDS = [
  outOfSpec(30_000, "milliseconds", SAYS.metrics),
  alertAt(30_000, "milliseconds", SAYS.metrics),
] as const;
const ALMOST_ONE = 0.5;
/** A read that stays open for so many steps, where none did before, is a backup or a forgotten one. */
const OPEN_STEPS = 3;

/** A backup reads the whole file, and a follower far behind is sent it; free pages wait until it is done. */
export const snapshot: TriageRule = {
  id: "L08",
  name: "SNAPSHOT_OR_BACKUP",
  title: "A snapshot was taken or sent",
  stage: "maintenance",
  explainedBy: ["L05"],
  isStanding: false,
  check(facts) {
    const found = facts.members.flatMap((member) => findSnapshot(facts, member) ?? []);
    const events = happenings(facts, "snapshot");
    if (found.length === 0 && events.length === 0) {
      const isMeasured = facts.members.some(({ signals }) => signals.snapshotsPerSecond || signals.snapshotSends);
      return isMeasured
        ? ruledOut({ text: "No snapshot was taken or sent.", thresholds: THRESHOLDS })
        : noData("Nothing tells of snapshots.", facts.members.length === 0 ? NEEDS.access : NEEDS.metrics, {
            thresholds: THRESHOLDS,
          });
    }
    const [first] = found;
    const startedAtMs = earliest(events[0]?.atMs, ...found.map(({ atMs }) => atMs));
    const p99 = known(first?.member.signals.snapshotP99?.worst);
    const isLong = p99 !== null && p99 > THRESHOLDS[0].value;
    const isAtOnset = isNearOnset(facts, startedAtMs);
    const name = first ? plainName(nameOf(first.member)) : null;
    const parts = {
      text: `${name ?? "A member"} ${first?.what ?? "took a snapshot"}${p99 === null ? "" : `, which took up to ${formatMilliseconds(p99)}`}${isAtOnset ? ", as latency rose" : ""}.`,
      because: "a snapshot",
      subject: first
        ? { kind: "member" as const, memberId: first.member.memberId, name: nameOf(first.member) }
        : { kind: "cluster" as const },
      figure: p99 === null ? null : { label: "Snapshot p99", value: p99, calm: null, unit: "milliseconds" as const },
      thresholds: THRESHOLDS,
      startedAtMs,
      next: [
        first?.member.isLeader === true
          ? "Take backups from a follower: etcdctl snapshot save --endpoints=<a follower> backup.db"
          : "Take backups when little is written.",
        "While a long read is open no page is freed, and the file grows.",
      ],
      weight: isLong ? 0.8 : 0.65,
    };
    return isAtOnset || isLong ? likelyCause(parts) : contributing(parts);
  },
};

function findSnapshot(
  facts: TriageFacts,
  member: MemberFacts,
): { member: MemberFacts; what: string; atMs: number | null } | null {
  const { snapshotsPerSecond, snapshotSends, openReads } = member.signals;
  if (snapshotSends && (known(snapshotSends.worst) ?? 0) >= 1) {
    const atMs = firstStepAt(facts, snapshotSends, (value) => value >= 1);
    return { member, what: "sends its db to a member that is far behind", atMs };
  }
  if (snapshotsPerSecond && (countInWindow(facts, snapshotsPerSecond) ?? 0) >= ALMOST_ONE) {
    const atMs = firstStepAt(facts, snapshotsPerSecond, (value) => value > 0);
    return { member, what: "was read for a snapshot", atMs };
  }
  if (openReads === undefined) return null;
  const calm = Math.max(1, known(openReads.calmWorst) ?? known(openReads.calm) ?? Number.POSITIVE_INFINITY);
  const open = stepsOfWindow(facts, openReads).filter(({ value }) => value > calm);
  const [first] = open;
  if (first === undefined || open.length < OPEN_STEPS) return null;
  return { member, what: "had a read transaction open for long", atMs: first.atMs };
}
