import { formatBytes } from "@/lib/model/units";
import { likelyCause, NEEDS, noData, ruledOut } from "@/lib/rules/triage/findings";
import { happenings, logLines } from "@/lib/rules/triage/happenings";
import { alertAt, outOfSpec, SAYS } from "@/lib/rules/triage/limits";
import { countInWindow, earliest, firstStepAt, known, nameOf, readingsOf } from "@/lib/rules/triage/readings";
import type { MemberFacts, TriageFacts } from "@/lib/rules/triage/triage-facts";
import type { TriageFinding, TriageRule } from "@/lib/rules/triage/triage-rule";
import { formatMilliseconds, joinWords, plainName } from "@/lib/rules/triage/triage-words";

const THRESHOLDS = [outOfSpec(0, "count", SAYS.maintenance), alertAt(1, "count", SAYS.metrics)] as const;
/** A counter's growth is spread over two readings: this much of one is one. */
const ALMOST_ONE = 0.5;
/** As measured: 4.1 GB in about 15 s (etcd #20952). */
const BYTES_PER_SECOND = 280_000_000;

/** While a member is defragmented it answers nothing. */
export const defragmentation: TriageRule = {
  id: "L07",
  name: "DEFRAG_RUNNING",
  title: "A member was defragmented",
  stage: "maintenance",
  explainedBy: [],
  isStanding: false,
  check(facts) {
    const found = facts.members.flatMap((member) => findDefragmentation(facts, member) ?? []);
    const log = logLines(facts, "defragmentation");
    if (found.length > 0 || (log?.windowLines ?? 0) > 0) return tell(facts, found, log?.worstMs ?? null);
    if (facts.members.length === 0) {
      return noData("No member says whether it was defragmented.", NEEDS.access, { thresholds: THRESHOLDS });
    }
    return ruledOut({ text: "No member was defragmented.", thresholds: THRESHOLDS });
  },
};

interface Defragmentation {
  member: MemberFacts;
  isRunning: boolean;
  startedAtMs: number | null;
}

function findDefragmentation(facts: TriageFacts, member: MemberFacts): Defragmentation | null {
  const { defragInflight, defragsPerSecond } = member.signals;
  const runningAt = defragInflight ? firstStepAt(facts, defragInflight, (value) => value >= 0.5) : null;
  const isCounted = defragsPerSecond !== undefined && (countInWindow(facts, defragsPerSecond) ?? 0) >= ALMOST_ONE;
  const countedAt = isCounted ? firstStepAt(facts, defragsPerSecond, (value) => value > 0) : null;
  const event = happenings(facts, "defragmentation").find(({ memberId }) => memberId === member.memberId);
  if (runningAt === null && !isCounted && event === undefined) return null;
  const isRunning = (known(defragInflight?.values.findLast((value) => known(value) !== null)) ?? 0) >= 0.5;
  return { member, isRunning, startedAtMs: earliest(runningAt, countedAt, event?.atMs) };
}

function tell(facts: TriageFacts, found: readonly Defragmentation[], tookMs: number | null): TriageFinding {
  const names = found.map(({ member }) => plainName(nameOf(member)));
  const [first] = found;
  const running = found.filter(({ isRunning }) => isRunning);
  const took = tookMs === null ? "" : ` It took ${formatMilliseconds(tookMs)}, as its log says.`;
  const still = running.length > 0 ? " It is still going on." : "";
  const who = names.length === 0 ? "A member was" : `${joinWords(names)} ${names.length === 1 ? "was" : "were"}`;
  const isOne = found.length === 1 && first !== undefined;
  return likelyCause({
    text: `${who} defragmented; a member answers nothing meanwhile.${took}${still}`,
    because: `a defragmentation${isOne ? ` of ${names[0]}` : ""}`,
    subject: isOne
      ? { kind: "member", memberId: first.member.memberId, name: nameOf(first.member) }
      : { kind: "cluster" },
    figure: tookMs === null ? null : { label: "Defragmentation took", value: tookMs, calm: null, unit: "milliseconds" },
    thresholds: THRESHOLDS,
    startedAtMs: earliest(...found.map(({ startedAtMs }) => startedAtMs)),
    next: [
      running.length > 0
        ? `Wait for its end${expectation(facts, running)}.`
        : "It is over: latency should be as before.",
      "Next time: one member at a time, the leader last, when little is written.",
      "Let clients go to other members meanwhile: --experimental-stop-grpc-service-on-defrag=true (3.5.14 and later).",
    ],
    chart: { kind: "signal", signal: "defragInflight", memberId: isOne ? first.member.memberId : null },
    weight: 0.97,
  });
}

/** How long it may take, by the size of what is in use. */
function expectation(facts: TriageFacts, running: readonly Defragmentation[]): string {
  const [first] = running;
  const sizes = readingsOf(facts, "dbSizeInUse").filter(({ memberId }) => memberId === first?.member.memberId);
  const bytes = known(sizes[0]?.moved.window);
  if (bytes === null || bytes <= 0) return "";
  const seconds = Math.max(1, Math.round(bytes / BYTES_PER_SECOND));
  return `, about ${formatMilliseconds(seconds * 1_000)} for the ${formatBytes(bytes)} in use if its disk is quick`;
}
