import { contributing, NEEDS, noData, ruledOut } from "@/lib/rules/triage/findings";
import { happenings } from "@/lib/rules/triage/happenings";
import { alertAt, outOfSpec, SAYS } from "@/lib/rules/triage/limits";
import { known, nameOf } from "@/lib/rules/triage/readings";
import type { TriageFacts } from "@/lib/rules/triage/triage-facts";
import type { TriageRule } from "@/lib/rules/triage/triage-rule";
import { countWords, joinWords, plainName } from "@/lib/rules/triage/triage-words";

const THRESHOLDS = [outOfSpec(0, "count", SAYS.corruption), alertAt(0, "count", SAYS.corruption)] as const;

/** Members that hold different data. Nothing is slow for it, and nothing is worse. */
export const inconsistency: TriageRule = {
  id: "L32",
  name: "INCONSISTENCY",
  title: "The members' data",
  stage: "alarms",
  explainedBy: [],
  isStanding: true,
  check(facts) {
    if (facts.memberCount === 1)
      return ruledOut({ text: "The only member differs from none.", thresholds: THRESHOLDS });
    const check = facts.lastHashCheck;
    const [event] = happenings(facts, "inconsistency");
    if (check?.verdict === "different" || event !== undefined) {
      const names = (check?.verdict === "different" ? check.members : []).slice(0, 5).map(plainName);
      return contributing({
        title: "The members' data differ",
        text: `The hashes of the members' data differ at the same revision${names.length === 0 ? "" : `: ${joinWords(names)}`}.`,
        because: "members whose data differ",
        thresholds: THRESHOLDS,
        startedAtMs: event?.atMs ?? check?.atMs ?? null,
        next: STEPS,
        weight: 0.95,
        isAlert: true,
      });
    }
    const apart = listApart(facts);
    if (apart.length > 0) return tellApart(apart);
    const isCounted = facts.members.some(({ keysApart }) => known(keysApart) !== null);
    if (check?.verdict === "equal") {
      return ruledOut({
        text: "The hashes of the members' data were equal at the last check.",
        thresholds: THRESHOLDS,
      });
    }
    if (isCounted)
      return ruledOut({
        text: "The members count the same keys. Their hashes were not compared.",
        thresholds: THRESHOLDS,
      });
    const needs =
      facts.members.length === 0
        ? NEEDS.access
        : "Run a hash check on the Members page; it costs seconds of CPU on a large db.";
    return noData("Whether the members' data are equal was not checked.", needs, { thresholds: THRESHOLDS });
  },
};

const STEPS = [
  "Look which member differs from the majority: etcdctl endpoint hashkv --cluster -w table",
  "Take a snapshot of a member of the majority first. Then remove the other one, clear its data and add it again.",
  "Have etcd check by itself: --experimental-compact-hash-check-enabled=true (3.5.5 and later).",
];

/** A member at the leader's revision that counts other keys. */
function listApart({ members }: TriageFacts): { name: string; keys: number }[] {
  return members.flatMap((member) => {
    const keys = known(member.keysApart);
    const isBehind = (known(member.revisionsBehind) ?? 0) > 0;
    return keys === null || keys === 0 || isBehind ? [] : [{ name: nameOf(member), keys: Math.abs(keys) }];
  });
}

function tellApart(apart: readonly { name: string; keys: number }[]) {
  const most = apart.reduce((a, b) => (b.keys > a.keys ? b : a));
  return contributing({
    title: "The members count different keys",
    text: `${plainName(most.name)} counts ${countWords(most.keys, "key")} more or fewer than the leader at the same revision.`,
    because: "members that count different keys",
    figure: { label: "Keys apart", value: most.keys, calm: null, unit: "count" },
    thresholds: THRESHOLDS,
    next: ["Run a hash check on the Members page: counting lags, a hash does not.", ...STEPS.slice(0, 1)],
    weight: 0.5,
  });
}
