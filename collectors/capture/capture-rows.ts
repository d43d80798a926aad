import { and, eq, inArray, sql } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { capture } from "@/lib/db/schema-health";
import { trafficMinute } from "@/lib/db/schema-sources";
import type { CaptureReport } from "@/lib/model/capture";
import { CAPTURE_FORMAT, encodeCaptureReport } from "@/lib/model/capture-codec";

/** Reports are kept for 30 days, and the newest 200 of a cluster at most. */
const KEPT_DAYS = 30;
const KEPT_ROWS = 200;
/** A source of requests that was heard within so many minutes before a session counts as there. */
const HEARD_MINUTES = 15;

/** Which session of which cluster. */
export interface CaptureId {
  clusterId: number;
  id: string;
}

/** A session that waits, or that somebody runs. */
export interface OpenCapture extends CaptureId {
  state: "waiting" | "running";
  seconds: number;
  /** How long ago it was asked for, by Postgres's clock. */
  waitedMs: number;
}

/** A finished session, as its row is to have it. */
export interface FinishedCapture {
  startMs: number;
  endMs: number;
  /** Why it is not whole; null: it is. */
  reason: string | null;
  report: CaptureReport;
}

/** The sessions that are not over, the longest asked for first. */
export async function listOpenCaptures(db: Db): Promise<OpenCapture[]> {
  const { clusterId, id, state, seconds, askedAt } = capture;
  const waitedMs = sql<number>`extract(epoch from now() - ${askedAt}) * 1000`.mapWith(Number);
  const rows = await db
    .select({ clusterId, id, state, seconds, waitedMs })
    .from(capture)
    .where(inArray(state, ["waiting", "running"]))
    .orderBy(askedAt, id);
  return rows as OpenCapture[];
}

/** Takes a waiting session; false when it is not waiting any more. */
export async function claimCapture(db: Db, id: CaptureId): Promise<boolean> {
  const rows = await db
    .update(capture)
    .set({ state: "running", startedAt: sql`now()` })
    .where(and(isRow(id), eq(capture.state, "waiting")))
    .returning({ id: capture.id });
  return rows.length > 0;
}

/** Ends a session that came to nothing. One that is over, or was removed, stays as it is. */
export async function failCapture(db: Db, id: CaptureId, reason: string): Promise<void> {
  await db
    .update(capture)
    .set({ state: "failed", endedAt: sql`now()`, reason })
    .where(and(isRow(id), inArray(capture.state, ["waiting", "running"])));
}

/** Keeps the report of a running session. One that was removed is not made again. */
export async function finishCapture(db: Db, id: CaptureId, finished: FinishedCapture): Promise<void> {
  const { startMs, endMs, reason, report } = finished;
  await db
    .update(capture)
    .set({
      ...{ state: "done", startedAt: new Date(startMs), endedAt: new Date(endMs), reason },
      ...(await toPayload(report)),
    })
    .where(and(isRow(id), eq(capture.state, "running")));
}

/** Keeps a report anew into which more requests have come. */
export async function renewReport(db: Db, id: CaptureId, report: CaptureReport): Promise<void> {
  await db
    .update(capture)
    .set(await toPayload(report))
    .where(and(isRow(id), eq(capture.state, "done")));
}

/** Whether audit events or log lines of a cluster have been heard lately. */
export async function hasRequestSource(db: Db, clusterId: number, sinceMs: number): Promise<boolean> {
  const since = new Date(sinceMs - HEARD_MINUTES * 60_000).toISOString();
  const rows = await db.execute(sql`
    select 1 from ${trafficMinute} where cluster_id = ${clusterId} and at >= ${since}::timestamptz limit 1`);
  return rows.length > 0;
}

/** Drops what is older than 30 days, or beyond the newest 200 of its cluster. */
export async function dropOldCaptures(db: Db): Promise<void> {
  await db.execute(sql`
    delete from capture using (
      select cluster_id, id, row_number() over (partition by cluster_id order by asked_at desc, id) as place from capture
    ) as placed
    where capture.cluster_id = placed.cluster_id and capture.id = placed.id and capture.state in ('done', 'failed')
      and (placed.place > ${KEPT_ROWS} or capture.asked_at < now() - ${KEPT_DAYS} * interval '1 day')`);
}

async function toPayload(report: CaptureReport) {
  return { summary: report.summary, format: CAPTURE_FORMAT, payload: await encodeCaptureReport(report) };
}

function isRow({ clusterId, id }: CaptureId) {
  return and(eq(capture.clusterId, clusterId), eq(capture.id, id));
}
