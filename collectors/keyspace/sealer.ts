import { and, eq, gte, lt, sql } from "drizzle-orm";
import { writeDayRollUps } from "@/collectors/keyspace/day-roll-ups";
import type { Db } from "@/lib/db/client";
import { inFrames, readFrameStretch } from "@/lib/db/frame-rows";
import { ensurePartitions } from "@/lib/db/partitions";
import { listHourRollUps, listRolledUpHours } from "@/lib/db/roll-up-rows";
import { cluster, keyspaceFrame, sealedDay } from "@/lib/db/schema";
import { listSealed, SEALED, writeSealed } from "@/lib/db/sealed-rows";
import { log } from "@/lib/log";
import { CoarseStretch } from "@/lib/model/coarse-stretch";
import { FRAME_MEASURES } from "@/lib/model/frame";
import { FrameStretch } from "@/lib/model/frame-stretch";
import { sealStretch } from "@/lib/model/sealed";
import type { Stretch } from "@/lib/model/stretch";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** The last frame of an hour is written seconds after the hour's end. */
const GRACE_MS = 2 * MINUTE_MS;
/** Frames wait half an hour at most for a Postgres that is away: so far back an hour may have got more of them. */
const LATE_MS = 2 * HOUR_MS;
/** How far back the hourly roll-ups are asked what a prefix held that an unsealed hour does not name. */
const LOOK_BACK_MS = 7 * DAY_MS;

/** Seals what is over and not sealed yet, of every cluster. What fails does not hold up the rest. */
export async function sealDue(db: Db, nowMs: number): Promise<void> {
  for (const { id } of await db.select({ id: cluster.id }).from(cluster).orderBy(cluster.id)) {
    for (const fromMs of await listDueHours(db, id, nowMs)) {
      await attempt(id, fromMs, () => sealHour(db, id, fromMs, nowMs));
    }
    for (const fromMs of await listDueDays(db, id, nowMs)) {
      await attempt(id, fromMs, () => sealDay(db, id, fromMs, nowMs));
    }
  }
}

async function attempt(clusterId: number, fromMs: number, seal: () => Promise<void>): Promise<void> {
  try {
    await seal();
  } catch (error) {
    const from = new Date(fromMs).toISOString();
    log.warn({ clusterId, from, error: String(error) }, "history could not be sealed, will be tried again");
  }
}

/** Hours that are over and have frames that are not sealed: none of them, or some that came late. */
async function listDueHours(db: Db, clusterId: number, nowMs: number): Promise<number[]> {
  const endMs = Math.floor((nowMs - GRACE_MS) / HOUR_MS) * HOUR_MS;
  const rows = await db.execute<{ hour_ms: string }>(sql`
    select extract(epoch from series.hour) * 1000 as hour_ms
    from generate_series(
      (select date_trunc('hour', min(at), 'UTC') from keyspace_frame where cluster_id = ${clusterId}),
      ${new Date(endMs - HOUR_MS).toISOString()}::timestamptz, interval '1 hour') as series(hour)
    where exists (select from keyspace_frame as frame
        where frame.cluster_id = ${clusterId} and frame.at >= series.hour and frame.at < series.hour + interval '1 hour')
      and not exists (select from sealed_hour where cluster_id = ${clusterId} and sealed_hour.hour = series.hour)`);
  const due = rows.map((row) => Number(row.hour_ms));
  const range = { fromMs: endMs - LATE_MS, toMs: endMs };
  for (const { fromMs, source } of await listSealed(db, "hour", clusterId, { range, measures: [] })) {
    const frames = await countFrames(db, clusterId, fromMs);
    if (frames.rows !== source.rows || frames.observedMs !== source.observedMs) due.push(fromMs);
  }
  return due.sort((a, b) => a - b);
}

async function countFrames(db: Db, clusterId: number, hourMs: number): Promise<{ rows: number; observedMs: number }> {
  const [counted] = await db
    .select({
      rows: sql`count(*)`.mapWith(Number),
      observedMs: sql`coalesce(sum(${keyspaceFrame.observedMs}), 0)`.mapWith(Number),
    })
    .from(keyspaceFrame)
    .where(inFrames(clusterId, { fromMs: hourMs, toMs: hourMs + HOUR_MS }));
  return counted ?? { rows: 0, observedMs: 0 };
}

/** One hour by minutes. Its day is no longer as it was sealed. */
async function sealHour(db: Db, clusterId: number, hourMs: number, nowMs: number): Promise<void> {
  const range = { fromMs: hourMs, toMs: hourMs + SEALED.hour.lengthMs };
  const stretch = await readFrameStretch(db, clusterId, { range, columnMs: SEALED.hour.columnMs });
  if (stretch === null) return;
  const parts = await sealStretch(stretch, stretch.frameCount);
  if (hourMs < nowMs - DAY_MS) await ensurePartitions(db, nowMs, hourMs);
  await db.transaction(async (tx) => {
    await writeSealed(tx, "hour", clusterId, { fromMs: hourMs, parts });
    const dayMs = Math.floor(hourMs / DAY_MS) * DAY_MS;
    const isDay = and(gte(sealedDay.day, new Date(dayMs)), lt(sealedDay.day, new Date(dayMs + DAY_MS)));
    await tx.delete(sealedDay).where(and(eq(sealedDay.clusterId, clusterId), isDay));
  });
}

/** UTC days that are over, of which something is known, and that are not sealed. */
async function listDueDays(db: Db, clusterId: number, nowMs: number): Promise<number[]> {
  const endMs = Math.floor((nowMs - GRACE_MS) / DAY_MS) * DAY_MS;
  const rows = await db.execute<{ day_ms: string }>(sql`
    select extract(epoch from series.day) * 1000 as day_ms
    from generate_series(
      (select date_trunc('day', least(
        (select min(hour) from sealed_hour where cluster_id = ${clusterId}),
        (select min(hour) from prefix_hour where cluster_id = ${clusterId})), 'UTC')),
      ${new Date(endMs - DAY_MS).toISOString()}::timestamptz, interval '1 day') as series(day)
    where not exists (select from sealed_day where cluster_id = ${clusterId} and sealed_day.day = series.day)
      and (exists (select from sealed_hour as sealed where sealed.cluster_id = ${clusterId}
          and sealed.hour >= series.day and sealed.hour < series.day + interval '1 day')
        or exists (select from prefix_hour as rolled where rolled.cluster_id = ${clusterId}
          and rolled.hour >= series.day and rolled.hour < series.day + interval '1 day'))
    order by 1`);
  return rows.map((row) => Number(row.day_ms));
}

/** One day by hours, and its roll-up. */
async function sealDay(db: Db, clusterId: number, dayMs: number, nowMs: number): Promise<void> {
  const parts = await listDayParts(db, clusterId, dayMs);
  const stretch = new CoarseStretch(parts, dayMs, SEALED.day.columnMs, SEALED.day.lengthMs / SEALED.day.columnMs);
  const sealed = await sealStretch(stretch, parts.length);
  await ensurePartitions(db, nowMs, Math.min(dayMs, nowMs - DAY_MS));
  await db.transaction(async (tx) => {
    await writeSealed(tx, "day", clusterId, { fromMs: dayMs, parts: sealed });
    await writeDayRollUps(tx, clusterId, dayMs, parts);
  });
}

/** The sealed hours of a day, and where there is none, what the hourly roll-up says. */
async function listDayParts(db: Db, clusterId: number, dayMs: number): Promise<Stretch[]> {
  const range = { fromMs: dayMs, toMs: dayMs + DAY_MS };
  const parts: Stretch[] = await listSealed(db, "hour", clusterId, { range, measures: FRAME_MEASURES });
  const sealed = new Set(parts.map(({ fromMs }) => fromMs));
  const others = (await listRolledUpHours(db, clusterId, range)).filter((hourMs) => !sealed.has(hourMs));
  if (others.length === 0) return parts;
  const frames = await listHourRollUps(db, clusterId, { ...range, fromMs: dayMs - LOOK_BACK_MS });
  for (const hourMs of others) {
    const known = frames.filter(({ atMs }) => atMs <= hourMs);
    parts.push(new FrameStretch(known, hourMs, HOUR_MS, 1));
  }
  return parts.sort((a, b) => a.fromMs - b.fromMs);
}
