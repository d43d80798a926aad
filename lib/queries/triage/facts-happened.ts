import { and, desc, eq, gt, gte, isNotNull, lt, lte, or } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { timelineEvent } from "@/lib/db/schema";
import { capture, hashCheck } from "@/lib/db/schema-health";
import type { HashResult } from "@/lib/model/consistency";
import type { TimeRange } from "@/lib/model/time-range";
import type { TimelineFact, TriageFacts } from "@/lib/rules/triage/triage-facts";

const HOUR_MS = 3_600_000;
/** A day of one compaction a minute, and then some; of more the newest. */
const MOST_EVENTS = 2_000;

/** What happened on an axis, and in the hour before it. */
export interface Happened {
  timeline: TimelineFact[];
  earlierTimeline: TimelineFact[];
}

/** What the timeline has of `range` and of the hour before, the oldest first. Served by its primary key. */
export async function readHappened(db: Db, clusterId: number, range: TimeRange): Promise<Happened> {
  const from = new Date(range.fromMs - HOUR_MS);
  const rows = await db
    .select()
    .from(timelineEvent)
    .where(
      and(
        eq(timelineEvent.clusterId, clusterId),
        lt(timelineEvent.at, new Date(range.toMs)),
        or(gte(timelineEvent.at, from), gt(timelineEvent.until, from)),
      ),
    )
    .orderBy(desc(timelineEvent.at), timelineEvent.kind, timelineEvent.memberId)
    .limit(MOST_EVENTS);
  const facts = rows.reverse().map(({ kind, at, until, memberId, text }) => ({
    ...{ kind, text, atMs: at.getTime(), untilMs: until?.getTime() ?? null },
    memberId: memberId === "" ? null : memberId,
  }));
  const isEarlier = ({ atMs, untilMs }: TimelineFact) => Math.max(atMs, untilMs ?? atMs) < range.fromMs;
  return { timeline: facts.filter((fact) => !isEarlier(fact)), earlierTimeline: facts.filter(isEarlier) };
}

/** Our own scans, captures and hash checks that overlap a range, the oldest first. */
export async function readOwnWork(
  db: Db,
  clusterId: number,
  { range, timeline, nowMs }: { range: TimeRange; timeline: readonly TimelineFact[]; nowMs: number },
): Promise<TriageFacts["ownWork"]> {
  const scans = timeline
    .filter(({ kind }) => kind === "own-scan")
    .map(({ atMs, untilMs, text }) => ({ atMs, untilMs: untilMs ?? atMs, what: text }));
  const captures = await listCaptures(db, clusterId, range, nowMs);
  const checks = await listChecks(db, clusterId, range);
  return [...scans, ...captures, ...checks].sort((a, b) => a.atMs - b.atMs || (a.what < b.what ? -1 : 1));
}

/** The last comparison of hashes that was begun before an instant; null: none was. */
export async function readLastHashCheck(
  db: Db,
  clusterId: number,
  beforeMs: number,
): Promise<TriageFacts["lastHashCheck"]> {
  const [row] = await db
    .select()
    .from(hashCheck)
    .where(and(eq(hashCheck.clusterId, clusterId), lte(hashCheck.at, new Date(beforeMs))))
    .orderBy(desc(hashCheck.at))
    .limit(1);
  return row ? { atMs: row.at.getTime(), verdict: row.verdict, members: listOdd(row.results) } : null;
}

async function listCaptures(db: Db, clusterId: number, range: TimeRange, nowMs: number) {
  const rows = await db
    .select({ startedAt: capture.startedAt, endedAt: capture.endedAt, seconds: capture.seconds })
    .from(capture)
    .where(and(eq(capture.clusterId, clusterId), isNotNull(capture.startedAt)));
  return rows.flatMap(({ startedAt, endedAt, seconds }) => {
    const atMs = startedAt?.getTime() ?? 0;
    const untilMs = endedAt?.getTime() ?? Math.min(nowMs, atMs + seconds * 1_000);
    const what = `A capture of ${seconds} s counted the writes of the watch that is open anyway.`;
    return atMs < range.toMs && untilMs > range.fromMs ? [{ atMs, untilMs, what }] : [];
  });
}

/** A check takes as long as its slowest member. */
async function listChecks(db: Db, clusterId: number, range: TimeRange) {
  const rows = await db
    .select({ at: hashCheck.at, results: hashCheck.results })
    .from(hashCheck)
    .where(
      and(
        eq(hashCheck.clusterId, clusterId),
        gte(hashCheck.at, new Date(range.fromMs - HOUR_MS)),
        lt(hashCheck.at, new Date(range.toMs)),
      ),
    );
  return rows.flatMap(({ at, results }) => {
    const untilMs = at.getTime() + Math.max(0, ...results.map(({ tookMs }) => tookMs ?? 0));
    const what = `The hashes of ${results.length} members were compared.`;
    return untilMs > range.fromMs ? [{ atMs: at.getTime(), untilMs, what }] : [];
  });
}

/** The members whose hash is not that of most; all that answered where there is no majority. */
function listOdd(results: readonly HashResult[]): string[] {
  const answered = results.filter(({ hash }) => hash !== null);
  const byHash = new Map<string, string[]>();
  for (const { hash, compactRevision, name, memberId } of answered) {
    const key = `${hash} ${compactRevision}`;
    byHash.set(key, [...(byHash.get(key) ?? []), name || memberId]);
  }
  if (byHash.size < 2) return [];
  const groups = [...byHash.values()].sort((a, b) => b.length - a.length);
  const hasMajority = (groups[0] as string[]).length > answered.length / 2;
  return (hasMajority ? groups.slice(1) : groups).flat();
}
