import { asc, desc, eq, sql } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { keyspaceFrame } from "@/lib/db/schema";
import type { Stretch } from "@/lib/model/stretch";
import type { TimeRange } from "@/lib/model/time-range";
import { readCoverage } from "@/lib/queries/history-levels";
import { listSealedCached } from "@/lib/queries/sealed-cache";

/** When revisions were written, as far back as history is kept. */
export interface RevisionClock {
  /** Start of the sample the revision came in (RFC 3339); null when it is older than `since`. */
  at(revision: number): string | null;
  since: string | null;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** The newest sample tells when later revisions were written only while it is the newest there can be. */
const RECENT_SAMPLES = 6;

/**
 * The instants of `revisions`: for each the first sample whose revision is not smaller. Of a frame while frames are kept
 * (one lookup each in `keyspace_frame_by_revision`), then of a sealed minute, then of a sealed hour. What was written
 * before the first sample has no instant.
 */
export async function readRevisionClock(
  db: Db,
  clusterId: number,
  revisions: readonly number[],
  nowMs: number,
): Promise<RevisionClock> {
  const [[first], [last], { sinceMs, unitMs }] = await Promise.all([
    selectEnds(db, clusterId).orderBy(asc(keyspaceFrame.at)).limit(1),
    selectEnds(db, clusterId).orderBy(desc(keyspaceFrame.at)).limit(1),
    readCoverage(db, clusterId),
  ]);
  const framesSinceMs = first?.at.getTime() ?? nowMs;
  const hasOlder = sinceMs.hours < Math.floor(framesSinceMs / HOUR_MS) * HOUR_MS;
  const older = hasOlder ? await listOlder(db, clusterId, { fromMs: sinceMs.hours, toMs: framesSinceMs }) : [];
  const newest = last ? { atMs: last.at.getTime(), revision: last.revision, lengthMs: unitMs.frames } : toNewest(older);
  const isInFrames = (revision: number) => first !== undefined && revision > first.revision;
  const asked = revisions.filter((revision) => isInFrames(revision) && revision <= (newest?.revision ?? 0));
  const instants = await findInstants(db, clusterId, [...new Set(asked)]);
  return {
    at: (revision) => {
      if (newest === null) return null;
      if (revision > newest.revision) return toRecent(newest, nowMs);
      if (isInFrames(revision)) return instants.get(revision) ?? null;
      return toIso(findSample(older, revision, first?.at.getTime() ?? null));
    },
    since: toIso(startOf(older[0]) ?? first?.at.getTime() ?? null),
  };
}

/** What came after the newest sample was written just now, or nobody knows when. */
function toRecent({ atMs, lengthMs }: { atMs: number; lengthMs: number }, nowMs: number): string | null {
  const endMs = atMs + lengthMs;
  return endMs > nowMs - RECENT_SAMPLES * lengthMs ? toIso(Math.min(endMs, nowMs)) : null;
}

function toNewest(older: readonly Stretch[]) {
  const last = older.at(-1);
  if (!last) return null;
  const column = last.observedMs.findLastIndex((ms) => ms > 0);
  const { fromMs, columnMs, revisions } = last;
  return { atMs: fromMs + column * columnMs, revision: revisions[column] ?? 0, lengthMs: columnMs };
}

function selectEnds(db: Db, clusterId: number) {
  return db
    .select({ at: keyspaceFrame.at, revision: keyspaceFrame.revision })
    .from(keyspaceFrame)
    .where(eq(keyspaceFrame.clusterId, clusterId))
    .$dynamic();
}

async function findInstants(db: Db, clusterId: number, revisions: readonly number[]): Promise<Map<number, string>> {
  if (revisions.length === 0) return new Map();
  const rows = await db.execute<{ revision: string; at: string }>(sql`
    select wanted.revision, extract(epoch from frame.at) * 1000 as at
    from unnest(${`{${revisions.join(",")}}`}::bigint[]) as wanted(revision)
    cross join lateral (
      select at from keyspace_frame
      where cluster_id = ${clusterId} and keyspace_frame.revision >= wanted.revision
      order by keyspace_frame.revision, at limit 1
    ) as frame`);
  return new Map(rows.map((row) => [Number(row.revision), new Date(Number(row.at)).toISOString()]));
}

/** What was sealed before the frames, oldest first: days where no hours are kept, then hours. */
async function listOlder(db: Db, clusterId: number, range: TimeRange): Promise<Stretch[]> {
  const [hours, days] = await Promise.all([
    listSealedCached(db, "hour", clusterId, { range, measures: [] }),
    listSealedCached(db, "day", clusterId, { range, measures: [] }),
  ]);
  const hoursSinceMs = hours[0]?.fromMs ?? range.toMs;
  return [...days.filter(({ fromMs }) => fromMs + DAY_MS <= hoursSinceMs), ...hours].filter(
    (stretch) => startOf(stretch) !== null,
  );
}

/** The start of the first watched column. */
function startOf(stretch: Stretch | undefined): number | null {
  const column = stretch?.observedMs.findIndex((ms) => ms > 0) ?? -1;
  return stretch && column >= 0 ? stretch.fromMs + column * stretch.columnMs : null;
}

/**
 * The first watched sample whose revision is not smaller, `nextMs` when that comes after the last; null when it is the
 * first of all, which may be older still.
 */
function findSample(stretches: readonly Stretch[], revision: number, nextMs: number | null): number | null {
  let low = 0;
  let high = stretches.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((stretches[middle]?.revisions.at(-1) ?? 0) < revision) low = middle + 1;
    else high = middle;
  }
  const stretch = stretches[low];
  if (!stretch) return stretches.length === 0 ? null : nextMs;
  const { fromMs, columnMs, observedMs, revisions } = stretch;
  const column = revisions.findIndex((last, i) => (observedMs[i] as number) > 0 && last >= revision);
  const atMs = fromMs + column * columnMs;
  return low === 0 && atMs === startOf(stretch) ? null : atMs;
}

function toIso(ms: number): string;
function toIso(ms: number | null): string | null;
function toIso(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
