import { asc, eq } from "drizzle-orm";
import type { MembersAnswer } from "@/lib/api/members";
import type { Db } from "@/lib/db/client";
import { member } from "@/lib/db/schema";

/** The latest answer of every member, by name, without the figures of a range. Figures of a member that fails are its last good ones, dated by `at`. */
export async function listMembers(db: Db, clusterId: number): Promise<MembersAnswer> {
  const rows = await db
    .select()
    .from(member)
    .where(eq(member.clusterId, clusterId))
    .orderBy(asc(member.name), asc(member.memberId));
  const items = rows.map(({ clusterId: _, ...row }) => ({
    ...row,
    at: row.at?.toISOString() ?? null,
    checkedAt: row.checkedAt.toISOString(),
    origin: "sampled" as const,
    health: null,
  }));
  return { items, nextCursor: null, compared: null };
}
