import { and, desc, eq, gt, isNull, lt, or, sql } from "drizzle-orm";
import type { FindingItem, FindingsAnswer, FindingsParams } from "@/lib/api/findings";
import type { Db } from "@/lib/db/client";
import { finding } from "@/lib/db/schema-health";
import { FINDING_SEVERITIES } from "@/lib/model/notifications";
import { toQueryRange } from "@/lib/queries/query-range";

/** What holds of a cluster now, and what held in a range. */
export async function readFindings(
  db: Db,
  clusterId: number,
  params: FindingsParams,
  nowMs: number,
): Promise<FindingsAnswer> {
  const range = toQueryRange(params, nowMs);
  const isOpen = isNull(finding.closedAt);
  const isHeld = and(
    lt(finding.openedAt, new Date(range.toMs)),
    or(isOpen, gt(finding.closedAt, new Date(range.fromMs))),
  );
  const severities = sql.raw(FINDING_SEVERITIES.map((severity) => `'${severity}'`).join(","));
  const rows = await db
    .select()
    .from(finding)
    .where(and(eq(finding.clusterId, clusterId), params.state === "open" ? isOpen : isHeld))
    .orderBy(
      sql`${finding.closedAt} is null desc`,
      sql`case when ${finding.closedAt} is null then array_position(array[${severities}], ${finding.severity}) end desc`,
      ...[desc(finding.openedAt), finding.rule, finding.scope, finding.id],
    )
    .limit(params.limit);
  return {
    items: rows.map(toItem),
    nextCursor: null,
    range: { from: new Date(range.fromMs).toISOString(), to: new Date(range.toMs).toISOString() },
    open: await db.$count(finding, and(eq(finding.clusterId, clusterId), isOpen)),
    origin: "sampled",
  };
}

function toItem({ clusterId: _, openedAt, checkedAt, closedAt, ...row }: typeof finding.$inferSelect): FindingItem {
  return {
    ...row,
    openedAt: openedAt.toISOString(),
    checkedAt: checkedAt.toISOString(),
    closedAt: closedAt?.toISOString() ?? null,
  };
}
