import { gradeFigure } from "@/lib/rules/triage/grade";
import { happenings } from "@/lib/rules/triage/happenings";
import { earliest, firstStepAt, known, readingsOf } from "@/lib/rules/triage/readings";
import type { MemberFacts, Moved, TriageFacts } from "@/lib/rules/triage/triage-facts";

/** A member that did not answer, for a while or for good. */
export interface Outage {
  member: MemberFacts;
  /** Its Status calls failed; else only reads of the probe failed or took very long. */
  isDown: boolean;
  /** It was down and has not come back by the end of the window. */
  isAway: boolean;
  /** Serializable reads, which need no other member: asked, and failed. */
  asked: number;
  failed: number;
  /** The longest answer; null: not known. */
  slowestMs: number | null;
  startedAtMs: number | null;
}

/** A read of one absent key that takes so long was not worked on. */
const STILL_MS = 1_000;
/** What an overloaded member may take. A member that is busy or has a slow disk is not away: other checks name that. */
const OVERLOADED_MS = 3_000;
const CALM_TIMES = 5;
const OTHERS_TIMES = 2;
const BUSY_BYTES_PER_SECOND = 1_048_576;
const BUSY_TIMES = 3;
const FSYNC_LIMITS = { documentation: 10, alert: 500 };

/** The members that did not answer in the window, those that are down first, then the slowest. */
export function listOutages(facts: TriageFacts): Outage[] {
  const all = happenings(facts, "member-down");
  const found = facts.members.flatMap((member) => {
    const failed = Math.max(0, known(member.probes?.serializableFailed) ?? 0);
    const asked = Math.max(0, known(member.probes?.asked) ?? 0);
    // Status calls go by the endpoints we were given; a member that answers the probe is there, whoever else is not.
    const answers = asked > 0 && failed < asked / 2;
    const events = all.filter(({ memberId }) => memberId === member.memberId || (memberId === null && !answers));
    const isDown = events.length > 0 || (member.isDown && !answers);
    const slow = standsStill(facts, member);
    if (!isDown && failed === 0 && slow === null) return [];
    const isAway = isDown && !hasComeBack(facts, member, events.at(-1)?.atMs ?? facts.window.fromMs);
    const startedAtMs = earliest(events[0]?.atMs, slow?.atMs, slowSince(facts, member));
    return [{ member, isDown, isAway, asked, failed, slowestMs: slow?.ms ?? null, startedAtMs }];
  });
  return found.sort(
    (a, b) => Number(b.isDown) - Number(a.isDown) || b.failed - a.failed || (b.slowestMs ?? 0) - (a.slowestMs ?? 0),
  );
}

function hasComeBack({ timeline, window }: TriageFacts, { memberId }: MemberFacts, sinceMs: number): boolean {
  return timeline.some(
    (event) =>
      event.kind === "member-up" &&
      (event.memberId === memberId || event.memberId === null) &&
      event.atMs >= sinceMs &&
      event.atMs <= window.toMs,
  );
}

/** The slowest answer of any member in the window, milliseconds; null: not known. */
export function slowestAnswer(facts: TriageFacts): number | null {
  const worst = facts.members.flatMap((member) => answers(member).map(({ worst }) => known(worst) ?? 0));
  return worst.length === 0 ? null : worst.reduce((a, b) => Math.max(a, b));
}

function answers({ signals }: MemberFacts): Moved[] {
  return [signals.probeSerializable, signals.statusMs].filter(
    (moved): moved is Moved => moved !== undefined && known(moved.worst) !== null,
  );
}

function standsStill(facts: TriageFacts, member: MemberFacts): { ms: number; atMs: number | null } | null {
  const [slowest] = answers(member).sort((a, b) => (b.worst as number) - (a.worst as number));
  const ms = known(slowest?.worst);
  if (slowest === undefined || ms === null || ms < STILL_MS) return null;
  if (ms < (known(slowest.calmWorst) ?? 0) * CALM_TIMES) return null;
  if (ms < OVERLOADED_MS && (isBusy(facts, member) || !standsOut(facts, member, ms))) return null;
  return { ms, atMs: known(slowest.worstAtMs) };
}

/** Whether the others were much quicker; of one that has no others, yes. */
function standsOut(facts: TriageFacts, member: MemberFacts, ms: number): boolean {
  return facts.members.every(
    (other) => other === member || answers(other).every(({ worst }) => (worst as number) * OTHERS_TIMES <= ms),
  );
}

function isBusy(facts: TriageFacts, { signals }: MemberFacts): boolean {
  const disk = gradeFigure(facts, signals.fsyncP99, FSYNC_LIMITS)?.standing;
  if (disk === "moved" || disk === "chronic") return true;
  return [signals.sentBytesPerSecond, signals.receivedBytesPerSecond].some((moved) => {
    const now = known(moved?.window) ?? 0;
    return now >= BUSY_BYTES_PER_SECOND && now >= (known(moved?.calm) ?? 0) * BUSY_TIMES;
  });
}

function slowSince(facts: TriageFacts, member: MemberFacts): number | null {
  const isSlow = (ms: number) => ms >= STILL_MS;
  return earliest(...answers(member).map((moved) => firstStepAt(facts, moved, isSlow)));
}

/** Whether any member tells how quickly it answers. */
export function isAnswerTimeKnown(facts: TriageFacts): boolean {
  return readingsOf(facts, "probeSerializable").length > 0 || readingsOf(facts, "statusMs").length > 0;
}
