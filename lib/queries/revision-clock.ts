import { and, asc, desc, eq, sql } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { keyspaceFrame } from "@/lib/db/schema";
import { FRAME_MS } from "@/lib/model/time-range";

/** When revisions were written, as far back as frames are kept. */
export interface RevisionClock {
  /** Start of the 10 s slice the revision came in (RFC 3339); null when it is older than `since`. */
  at(revision: number): string | null;
  since: string | null;
}

/** The newest frame tells when later revisions were written only while it is the newest slice there was. */
const RECENT_MS = 6 * FRAME_MS;

/**
 * The instants of `revisions`: for each the first frame whose revision is not smaller. One lookup each in
 * `keyspace_frame_by_revision`. What was written before the first frame has no instant.
 */
export async function readRevisionClock(
  db: Db,
  clusterId: number,
  revisions: readonly number[],
  nowMs: number,
): Promise<RevisionClock> {
  const [first] = await selectEnds(db, clusterId).orderBy(asc(keyspaceFrame.at)).limit(1);
  const [last] = await selectEnds(db, clusterId).orderBy(desc(keyspaceFrame.at)).limit(1);
  if (!first || !last) return { at: () => null, since: null };
  const dated = revisions.filter((revision) => revision > first.revision && revision <= last.revision);
  const instants = await findInstants(db, clusterId, [...new Set(dated)]);
  const newest = last.at.getTime() + FRAME_MS;
  return {
    at: (revision) => {
      if (revision <= last.revision) return instants.get(revision) ?? null;
      return newest > nowMs - RECENT_MS ? new Date(Math.min(newest, nowMs)).toISOString() : null;
    },
    since: first.at.toISOString(),
  };
}

function selectEnds(db: Db, clusterId: number) {
  return db
    .select({ at: keyspaceFrame.at, revision: keyspaceFrame.revision })
    .from(keyspaceFrame)
    .where(and(eq(keyspaceFrame.clusterId, clusterId)))
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
