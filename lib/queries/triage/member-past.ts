import { and, eq, gte, inArray, lt, sql } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { type member, memberSample, timelineEvent } from "@/lib/db/schema";
import type { TimeRange } from "@/lib/model/time-range";
import type { MemberFacts } from "@/lib/rules/triage/triage-facts";

const MINUTE_MS = 60_000;
/** Members are asked every 10 s; what was not heard for longer is not known. */
const FRESH_MS = 2 * MINUTE_MS;
/** A member that is down longer than this has left other marks than its timeline event. */
const REACH_MS = 24 * 60 * MINUTE_MS;

type MemberRow = typeof member.$inferSelect;
type Past = Pick<MemberFacts, "isLeader" | "isDown" | "alarms">;

/** What members were in a window. */
export interface MemberPast {
  of(memberId: string, row: MemberRow | undefined): Past;
}

/** Who led, who did not answer and who raised an alarm, from Status samples and the timeline. */
export async function readMemberPast(db: Db, clusterId: number, window: TimeRange, nowMs: number): Promise<MemberPast> {
  const [leaders, reach, alarms] = await Promise.all([
    readLeaders(db, clusterId, window.toMs),
    listEvents(db, clusterId, ["member-down", "member-up"], { fromMs: window.fromMs - REACH_MS, toMs: window.toMs }),
    listEvents(db, clusterId, ["alarm"], { fromMs: window.fromMs, toMs: nowMs + 1 }),
  ]);
  const endsNow = window.toMs >= nowMs - FRESH_MS;
  return {
    of: (memberId, row) => ({
      isLeader: leaders.get(memberId) ?? null,
      isDown:
        wasDown(
          reach.filter((event) => event.memberId === memberId || event.memberId === ""),
          window,
        ) ||
        (endsNow && row !== undefined && row.failure !== null && row.checkedAt.getTime() >= window.fromMs),
      alarms: toAlarms(
        row?.alarms ?? [],
        alarms.filter((event) => event.memberId === memberId),
        window,
      ),
    }),
  };
}

async function readLeaders(db: Db, clusterId: number, atMs: number): Promise<Map<string, boolean>> {
  const rows = await db
    .selectDistinctOn([memberSample.memberId], { memberId: memberSample.memberId, isLeader: memberSample.isLeader })
    .from(memberSample)
    .where(
      and(
        eq(memberSample.clusterId, clusterId),
        gte(memberSample.at, new Date(atMs - FRESH_MS)),
        lt(memberSample.at, new Date(atMs)),
      ),
    )
    .orderBy(memberSample.memberId, sql`${memberSample.at} desc`);
  return new Map(rows.map(({ memberId, isLeader }) => [memberId, isLeader]));
}

type PastEvent = Pick<typeof timelineEvent.$inferSelect, "at" | "kind" | "memberId" | "text">;

function listEvents(db: Db, clusterId: number, kinds: PastEvent["kind"][], range: TimeRange): Promise<PastEvent[]> {
  const { at, kind, memberId, text } = timelineEvent;
  return db
    .select({ at, kind, memberId, text })
    .from(timelineEvent)
    .where(
      and(
        eq(timelineEvent.clusterId, clusterId),
        gte(at, new Date(range.fromMs)),
        lt(at, new Date(range.toMs)),
        inArray(kind, kinds),
      ),
    )
    .orderBy(at, memberId);
}

/** Whether it was silent at the start of the window, or fell silent in it. */
function wasDown(events: readonly PastEvent[], { fromMs }: TimeRange): boolean {
  const before = events.findLast(({ at }) => at.getTime() < fromMs);
  const within = events.filter(({ at }) => at.getTime() >= fromMs);
  return before?.kind === "member-down" || within.some(({ kind }) => kind === "member-down");
}

/** From what it raises now back to the window: every alarm that stood at any instant of it. */
function toAlarms(now: readonly string[], events: readonly PastEvent[], { fromMs, toMs }: TimeRange): string[] {
  const standing = new Set(now);
  const found = new Set<string>();
  for (const { at, text } of [...events].reverse()) {
    if (at.getTime() < toMs) for (const alarm of standing) found.add(alarm);
    for (const alarm of listWords(text, RAISED)) standing.delete(alarm);
    for (const alarm of listWords(text, CLEARED)) standing.add(alarm);
    if (at.getTime() >= fromMs && at.getTime() < toMs) for (const alarm of listWords(text, RAISED)) found.add(alarm);
  }
  for (const alarm of standing) found.add(alarm);
  return [...found].sort();
}

/** As `collectors/members/events.ts` words them. */
const RAISED = /raises the ([A-Z]+) alarm\./g;
const CLEARED = /The ([A-Z]+) alarm of /g;

function listWords(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map((match) => match[1] as string);
}
