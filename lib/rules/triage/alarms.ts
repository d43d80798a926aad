import { contributing, likelyCause, NEEDS, noData, ruledOut } from "@/lib/rules/triage/findings";
import { happenings, logLines } from "@/lib/rules/triage/happenings";
import { alertAt, outOfSpec, SAYS } from "@/lib/rules/triage/limits";
import { nameOf } from "@/lib/rules/triage/readings";
import type { TriageFacts } from "@/lib/rules/triage/triage-facts";
import type { TriageRule, TriageSubject } from "@/lib/rules/triage/triage-rule";
import { countWords, joinWords, plainName } from "@/lib/rules/triage/triage-words";

const THRESHOLDS = [outOfSpec(0, "count", SAYS.maintenance), alertAt(0, "count", SAYS.maintenance)] as const;

/** NOSPACE: etcd refuses writes. CORRUPT: it refuses to be used. */
export const alarms: TriageRule = {
  id: "L06",
  name: "ALARMS",
  title: "An alarm is raised",
  stage: "alarms",
  explainedBy: [],
  isStanding: true,
  check(facts) {
    const raised = raisedNow(facts);
    if (raised.size > 0) return tellRaised(facts, raised);
    if (facts.members.length === 0) {
      return noData("No member says which alarms are raised.", NEEDS.access, { thresholds: THRESHOLDS });
    }
    const past = happenings(facts, "alarm").filter(({ text }) => text.includes("raises"));
    const refused = logLines(facts, "space-exceeded");
    const [first] = past;
    const refusals = refused?.windowLines ?? 0;
    if (first === undefined && refusals === 0) {
      return ruledOut({ text: "No member raises an alarm.", thresholds: THRESHOLDS });
    }
    const isRefused = refusals > 0;
    const parts = {
      text: first
        ? "An alarm was raised, and is cleared again."
        : `etcd refused ${countWords(refusals, "write")} for want of space.`,
      because: isRefused ? "a quota that was used up" : "an alarm that was raised",
      thresholds: THRESHOLDS,
      startedAtMs: first?.atMs ?? null,
      next: ["Look at the timeline for which alarm it was, and at the prefixes that grew before it."],
      weight: 0.9,
    };
    return first || refusals > (refused?.calmLines ?? 0) ? likelyCause(parts) : contributing(parts);
  },
};

/** The members that raise an alarm, by its name. */
function raisedNow({ members }: TriageFacts): Map<string, { memberId: string; name: string }[]> {
  const raised = new Map<string, { memberId: string; name: string }[]>();
  for (const member of members) {
    for (const alarm of new Set(member.alarms)) {
      raised.set(alarm, [...(raised.get(alarm) ?? []), { memberId: member.memberId, name: nameOf(member) }]);
    }
  }
  return raised;
}

function tellRaised(facts: TriageFacts, raised: Map<string, { memberId: string; name: string }[]>) {
  const names = [...raised.keys()].sort(
    (a, b) => Number(b === "CORRUPT") - Number(a === "CORRUPT") || (a < b ? -1 : 1),
  );
  const shown = names.slice(0, 3).map(plainName);
  const members = [...raised.values()].flat();
  const [only] = members;
  const subject: TriageSubject = only && members.length === 1 ? { kind: "member", ...only } : { kind: "cluster" };
  return likelyCause({
    text: `${joinWords(shown)} ${names.length === 1 ? "is" : "are"} raised by ${joinWords([...new Set(members.map(({ name }) => plainName(name)))].slice(0, 5))}: ${meaning(names)}.`,
    title: names.length === 1 ? `The ${shown[0]} alarm is raised` : "Alarms are raised",
    because: `the ${joinWords(shown)} alarm`,
    subject,
    figure: { label: "Alarms raised", value: members.length, calm: null, unit: "count" },
    thresholds: THRESHOLDS,
    startedAtMs: happenings(facts, "alarm").find(({ text }) => text.includes("raises"))?.atMs ?? null,
    next: names.flatMap((name) => STEPS[name] ?? []).slice(0, 6),
    weight: 1,
    isAlert: true,
  });
}

function meaning(names: readonly string[]): string {
  const words = names.flatMap((name) => (Object.hasOwn(MEANINGS, name) ? [MEANINGS[name] as string] : []));
  return words.length === 0 ? "see etcd's documentation of alarms" : joinWords(words);
}

const MEANINGS: Record<string, string> = {
  NOSPACE: "the space quota is used up and etcd refuses writes",
  CORRUPT: "the members' data differ and etcd refuses to be used",
};

const STEPS: Record<string, readonly string[] | undefined> = Object.assign(Object.create(null), {
  NOSPACE: [
    'Compact what is old: rev=$(etcdctl endpoint status -w json | grep -o \'"revision":[0-9]*\' | head -1 | cut -d: -f2); etcdctl compact --physical=true "$rev"',
    "Defragment the members one at a time, the leader last: etcdctl defrag --endpoints=<one member>",
    "Then take the alarm back: etcdctl alarm disarm",
    "Before that, stop what fills it: look at the prefixes that grew.",
  ],
  CORRUPT: [
    "Find the member that differs: etcdctl endpoint hashkv --cluster -w table",
    "Remove it, clear its data and add it again; then: etcdctl alarm disarm",
  ],
});
