import { asc, eq, sql } from "drizzle-orm";
import type { MemberSeriesAnswer, MemberSeriesParams, MembersAnswer } from "@/lib/api/members";
import type { Db } from "@/lib/db/client";
import { member, memberSample } from "@/lib/db/schema";
import { toBuckets, toQueryRange } from "@/lib/queries/query-range";

/** The latest answer of every member, by name. Figures of a member that fails are its last good ones, dated by `at`. */
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
  }));
  return { items, nextCursor: null };
}

/** Seconds a sample stands for: members are asked every 10 s. */
const SAMPLE_SECONDS = 10;

const MEASURES = {
  dbSizeBytes: sql`${memberSample.dbSizeBytes}`,
  dbSizeInUseBytes: sql`${memberSample.dbSizeInUseBytes}`,
  statusMs: sql`${memberSample.statusMs}`,
  raftLag: sql`${memberSample.raftIndex} - ${memberSample.raftAppliedIndex}`,
  revision: sql`${memberSample.revision}`,
};

/** A measure of every member over time: the mean of each bucket's samples, null where there is none. */
export async function readMemberSeries(
  db: Db,
  clusterId: number,
  params: MemberSeriesParams,
  nowMs: number,
): Promise<MemberSeriesAnswer> {
  const range = toQueryRange(params, nowMs);
  const buckets = toBuckets(range, params.step);
  const from = new Date(buckets.fromMs).toISOString();
  const to = new Date(range.toMs).toISOString();
  const bucket = sql`floor((extract(epoch from ${memberSample.at}) * 1000 - ${buckets.fromMs}) / ${buckets.stepMs})`;
  const rows = await db
    .select({
      memberId: memberSample.memberId,
      bucket: sql`${bucket}`.mapWith(Number),
      value: sql`avg(${MEASURES[params.measure]})`.mapWith(Number),
      samples: sql`count(*)`.mapWith(Number),
    })
    .from(memberSample)
    .where(
      sql`${memberSample.clusterId} = ${clusterId} and ${memberSample.at} >= ${from}::timestamptz and ${memberSample.at} < ${to}::timestamptz`,
    )
    .groupBy(memberSample.memberId, sql`2`)
    .orderBy(memberSample.memberId, sql`2`);
  const names = new Map((await listMembers(db, clusterId)).items.map((row) => [row.memberId, row.name]));
  const series = new Map<string, (number | null)[]>();
  const samples = new Map<string, number>();
  for (const row of rows) {
    const values = series.get(row.memberId) ?? buckets.atMs.map(() => null);
    values[row.bucket] = row.value;
    series.set(row.memberId, values);
    samples.set(row.memberId, (samples.get(row.memberId) ?? 0) + row.samples);
  }
  const observedSeconds = Math.max(0, ...samples.values()) * SAMPLE_SECONDS;
  return {
    measure: params.measure,
    stepSeconds: buckets.stepMs / 1_000,
    atMs: buckets.atMs,
    series: [...series]
      .map(([memberId, values]) => ({ memberId, name: names.get(memberId) ?? memberId, values }))
      .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)),
    range: { from, to, observedSeconds: Math.min(observedSeconds, (range.toMs - buckets.fromMs) / 1_000) },
    origin: "sampled",
  };
}
