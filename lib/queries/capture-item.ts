import type { CaptureItem } from "@/lib/api/captures";
import type { Db } from "@/lib/db/client";
import { capture } from "@/lib/db/schema-health";
import { LATE_REQUESTS_MS } from "@/lib/model/capture";
import { isWorkerAlive } from "@/lib/queries/worker-life";

/** A worker silent for so long runs no session. Longer than a busy one stays silent. */
export const WORKER_SILENT_MS = 15_000;

/** The columns of a session without its report. */
export const CAPTURE_HEAD = {
  id: capture.id,
  askedAt: capture.askedAt,
  seconds: capture.seconds,
  state: capture.state,
  startedAt: capture.startedAt,
  endedAt: capture.endedAt,
  reason: capture.reason,
  summary: capture.summary,
};
export type CaptureHead = Pick<typeof capture.$inferSelect, keyof typeof CAPTURE_HEAD>;

/** Sessions as the API tells them. What no worker runs any more has come to nothing, though its row cannot say so yet. */
export async function toCaptureItems(db: Db, rows: readonly CaptureHead[], nowMs: number): Promise<CaptureItem[]> {
  const hasWorker = !rows.some(isOpen) || (await isWorkerAlive(db, WORKER_SILENT_MS));
  return rows.map((row) => {
    const item = toItem(row, nowMs);
    return hasWorker || !isOpen(row) ? item : { ...item, ...withoutWorker(row) };
  });
}

function toItem(row: CaptureHead, nowMs: number): CaptureItem {
  const { id, state, seconds, askedAt, startedAt, endedAt, reason, summary } = row;
  const lateUntilMs = state === "done" && summary?.requests != null ? (endedAt?.getTime() ?? 0) + LATE_REQUESTS_MS : 0;
  return {
    ...{ id, state, seconds, reason, summary },
    askedAt: askedAt.toISOString(),
    startedAt: startedAt?.toISOString() ?? null,
    endedAt: endedAt?.toISOString() ?? null,
    isAwaitingRequests: nowMs < lateUntilMs,
  };
}

function withoutWorker({ state }: CaptureHead): Pick<CaptureItem, "state" | "reason"> {
  if (state === "waiting") return { state, reason: "The worker is not running; the session begins when it is." };
  return { state: "failed", reason: "The worker ended in the middle of it, and what it had counted is lost." };
}

function isOpen({ state }: CaptureHead): boolean {
  return state === "waiting" || state === "running";
}
