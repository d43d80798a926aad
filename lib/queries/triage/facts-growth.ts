import { and, desc, eq, gte, lte, sql } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { memberSample } from "@/lib/db/schema";
import { leaseSample } from "@/lib/db/schema-metrics";
import type { TriageFacts } from "@/lib/rules/triage/triage-facts";

const MINUTE_MS = 60_000;
/** As etcd's own alert looks back (rules.md, L27), and what it takes to say anything. */
const REACH_MS = 240 * MINUTE_MS;
const LEAST_MS = 30 * MINUTE_MS;
const LEASES_FRESH_MS = 10 * MINUTE_MS;

/** Bytes a second by a line through the db sizes of four hours, of the member that grows fastest; null: too little. */
export async function readGrowth(db: Db, clusterId: number, atMs: number): Promise<number | null> {
  const toIso = (ms: number) => new Date(ms).toISOString();
  const [row] = await db.execute<{ growth: string | null }>(sql`
    select max(slope) as growth from (
      select regr_slope(db_size_bytes, extract(epoch from at)) as slope
      from ${memberSample}
      where cluster_id = ${clusterId} and at >= ${toIso(atMs - REACH_MS)}::timestamptz and at < ${toIso(atMs)}::timestamptz
      group by member_id
      having extract(epoch from max(at) - min(at)) * 1000 >= ${LEAST_MS}
    ) as slopes`);
  return row?.growth === null || row?.growth === undefined ? null : Number(row.growth);
}

/** The last look at the leases before an instant; null: nobody looked lately. */
export async function readLeaseFacts(db: Db, clusterId: number, atMs: number): Promise<TriageFacts["leases"]> {
  const { at, leases } = leaseSample;
  const [row] = await db
    .select({ at, leases })
    .from(leaseSample)
    .where(
      and(eq(leaseSample.clusterId, clusterId), gte(at, new Date(atMs - LEASES_FRESH_MS)), lte(at, new Date(atMs))),
    )
    .orderBy(desc(at))
    .limit(1);
  return row ? { leases: row.leases, at: row.at.getTime() } : null;
}
