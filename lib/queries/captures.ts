import { and, desc, eq, sql } from "drizzle-orm";
import type { CaptureAnswer, CaptureItem, CaptureParams, CapturesAnswer } from "@/lib/api/captures";
import type { Db } from "@/lib/db/client";
import { capture } from "@/lib/db/schema-health";
import { decodeCaptureReport } from "@/lib/model/capture-codec";
import { toReportPart } from "@/lib/queries/capture-answer";
import { CAPTURE_HEAD, type CaptureHead, toCaptureItems } from "@/lib/queries/capture-item";
import { UnknownCaptureError } from "@/lib/queries/errors";

const MAX_ITEMS = 200;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The sessions of a cluster, the newest first. Reports are kept for 30 days, 200 of a cluster at most. */
export async function listCaptures(db: Db, clusterId: number, nowMs: number): Promise<CapturesAnswer> {
  const rows = await db
    .select(CAPTURE_HEAD)
    .from(capture)
    .where(eq(capture.clusterId, clusterId))
    .orderBy(desc(capture.askedAt), capture.id)
    .limit(MAX_ITEMS);
  return { items: await toCaptureItems(db, rows, nowMs), nextCursor: null };
}

/**
 * One session and its report, whose lists are empty while it goes on. Keys beyond the limit are counted in `otherKeys`.
 * Throws an `UnknownCaptureError`.
 */
export async function readCapture(
  db: Db,
  clusterId: number,
  { id, limit }: CaptureParams & { id: string },
  nowMs: number,
): Promise<CaptureAnswer> {
  const [row] = await db.select().from(capture).where(isRow(clusterId, id));
  if (!row) throw new UnknownCaptureError(id);
  const [item] = await toCaptureItems(db, [row], nowMs);
  const { format, payload } = row;
  const report = format === null || payload === null ? null : await decodeCaptureReport(format, payload);
  return { ...(item as CaptureItem), ...toReportPart(report, { seconds: lastedSeconds(row), limit }) };
}

/** Removes a session, and ends it when it is running. Throws an `UnknownCaptureError`. */
export async function removeCapture(db: Db, clusterId: number, id: string): Promise<void> {
  const rows = await db.delete(capture).where(isRow(clusterId, id)).returning({ id: capture.id });
  if (rows.length === 0) throw new UnknownCaptureError(id);
  await db.execute(sql`select pg_notify('capture', ${String(clusterId)})`);
}

function isRow(clusterId: number, id: string) {
  if (!UUID.test(id)) throw new UnknownCaptureError(id);
  return and(eq(capture.clusterId, clusterId), eq(capture.id, id));
}

function lastedSeconds({ startedAt, endedAt }: CaptureHead): number {
  return startedAt === null || endedAt === null ? 0 : (endedAt.getTime() - startedAt.getTime()) / 1_000;
}
