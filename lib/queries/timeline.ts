import { and, desc, eq, gt, gte, inArray, lt, or } from "drizzle-orm";
import { listWantedKinds, type TimelineAnswer, type TimelineParams } from "@/lib/api/timeline";
import type { Db } from "@/lib/db/client";
import { timelineEvent } from "@/lib/db/schema";
import { toQueryRange } from "@/lib/queries/query-range";

/**
 * What happened to a cluster in a range, the oldest first; what lasted is in it when any part of it is. Of more than
 * `limit` events the newest. Served by the primary key.
 */
export async function readTimeline(
  db: Db,
  clusterId: number,
  params: TimelineParams,
  nowMs: number,
): Promise<TimelineAnswer> {
  const range = toQueryRange(params, nowMs);
  const from = new Date(range.fromMs);
  const to = new Date(range.toMs);
  const kinds = listWantedKinds(params);
  const rows = await db
    .select()
    .from(timelineEvent)
    .where(
      and(
        eq(timelineEvent.clusterId, clusterId),
        lt(timelineEvent.at, to),
        kinds === null ? undefined : inArray(timelineEvent.kind, kinds),
        or(gte(timelineEvent.at, from), gt(timelineEvent.until, from)),
      ),
    )
    .orderBy(desc(timelineEvent.at), timelineEvent.kind, timelineEvent.memberId)
    .limit(params.limit + 1);
  const items = rows.slice(0, params.limit).map(({ at, until, kind, memberId, text }) => ({
    at: at.toISOString(),
    until: until?.toISOString() ?? null,
    kind,
    memberId: memberId === "" ? null : memberId,
    text,
  }));
  return {
    items: items.reverse(),
    nextCursor: null,
    truncated: rows.length > params.limit,
    range: { from: from.toISOString(), to: to.toISOString() },
    origin: "sampled",
  };
}
