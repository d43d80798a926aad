import { and, eq, gte, lt, sql } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { memberSample } from "@/lib/db/schema";
import type { TimeRange } from "@/lib/model/time-range";

/** By the id of a member; null: not known. */
export interface RevisionsBehind {
  of(memberId: string): number | null;
}

/** How many revisions each member was behind the leader all through a window: the least that a poll of it could prove. */
export async function readRevisionsBehind(db: Db, clusterId: number, window: TimeRange): Promise<RevisionsBehind> {
  const { at, memberId, revisionsBehind } = memberSample;
  const rows = await db
    .select({ memberId, least: sql`min(${revisionsBehind})`.mapWith(Number) })
    .from(memberSample)
    .where(and(eq(memberSample.clusterId, clusterId), gte(at, new Date(window.fromMs)), lt(at, new Date(window.toMs))))
    .groupBy(memberId)
    .having(sql`min(${revisionsBehind}) is not null`);
  const behind = new Map(rows.map((row) => [row.memberId, row.least]));
  return { of: (id) => behind.get(id) ?? null };
}
