import { and, eq, isNull, lt, sql } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { readRetention } from "@/lib/db/retention";
import { finding } from "@/lib/db/schema-health";

export type FindingRow = typeof finding.$inferSelect;
/** A finding as it was found just now. */
export type FoundNow = Pick<FindingRow, "rule" | "scope" | "severity" | "title" | "text" | "next">;

const HOUR_MS = 3_600_000;

/** The findings of a cluster that are open. Served by `finding_open`. */
export async function listOpenFindings(db: Db, clusterId: number): Promise<FindingRow[]> {
  return db
    .select()
    .from(finding)
    .where(and(eq(finding.clusterId, clusterId), isNull(finding.closedAt)))
    .orderBy(finding.rule, finding.scope);
}

/** Opens what is found, or says that it still holds, with its newest figures. */
export async function writeFound(db: Db, clusterId: number, found: FoundNow, nowMs: number): Promise<void> {
  const at = new Date(nowMs);
  const { severity, title, text, next } = found;
  await db
    .insert(finding)
    .values({ clusterId, ...found, openedAt: at, checkedAt: at })
    .onConflictDoUpdate({
      target: [finding.clusterId, finding.rule, finding.scope],
      targetWhere: sql`closed_at is null`,
      set: { severity, title, text, next, checkedAt: at },
    });
}

/** Closes a finding that does not hold any more. */
export async function closeFinding(db: Db, { clusterId, id }: FindingRow, nowMs: number): Promise<void> {
  await db
    .update(finding)
    .set({ closedAt: new Date(nowMs) })
    .where(and(eq(finding.clusterId, clusterId), eq(finding.id, id), isNull(finding.closedAt)));
}

/** Of clusters that are not watched any more nobody knows: their findings end when they were last found to hold. */
export async function endUnwatchedFindings(db: Db): Promise<void> {
  await db
    .update(finding)
    .set({ closedAt: sql`${finding.checkedAt}` })
    .where(
      and(
        isNull(finding.closedAt),
        sql`not exists (select from cluster where cluster.id = ${finding.clusterId} and not paused)`,
      ),
    );
}

/** Deletes findings that closed longer ago than hours are kept. */
export async function deleteOldFindings(db: Db, nowMs: number): Promise<void> {
  const { hours } = await readRetention(db);
  await db.delete(finding).where(lt(finding.closedAt, new Date(nowMs - hours * HOUR_MS)));
}
