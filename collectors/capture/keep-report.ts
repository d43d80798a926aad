import { setTimeout as sleep } from "node:timers/promises";
import { type CaptureId, finishCapture, hasRequestSource, renewReport } from "@/collectors/capture/capture-rows";
import { toReport, toSummary } from "@/collectors/capture/report";
import type { EndedSession } from "@/collectors/capture/session";
import type { Db } from "@/lib/db/client";
import { log } from "@/lib/log";
import { type CaptureReport, LATE_REQUESTS_MS } from "@/lib/model/capture";

const RETRY_MS = 2_000;
/** After the end, when a report is written again if requests have come in since. */
const RENEWALS_MS = [5_000, 15_000, 30_000, 60_000, LATE_REQUESTS_MS];

/**
 * Writes the report of a session and answers it. While Postgres is away it is tried again until `signal` says stop, at
 * least once; null: in vain.
 */
export async function keepReport(
  db: Db,
  id: CaptureId,
  session: EndedSession,
  signal: AbortSignal,
): Promise<CaptureReport | null> {
  const { startMs, endMs, interruption: reason } = session;
  do {
    try {
      const summary = toSummary(session, await hasRequestSource(db, id.clusterId, startMs));
      const report = toReport(session, summary);
      await finishCapture(db, id, { startMs, endMs, reason, report });
      return report;
    } catch (error) {
      log.warn({ capture: id.id, error: String(error) }, "report not written, will be tried again");
      await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  } while (!signal.aborted);
  return null;
}

/** Adds the requests that come late to a report that is kept, until the time for them is over or `signal` says stop. */
export async function keepLateRequests(
  db: Db,
  id: CaptureId,
  { session, report }: { session: EndedSession; report: CaptureReport },
  signal: AbortSignal,
): Promise<void> {
  let written = report;
  for (const afterMs of RENEWALS_MS) {
    const pauseMs = Math.max(0, session.endMs + afterMs - Date.now());
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    written = await renew(db, id, { session, report: written });
    if (signal.aborted) break;
  }
  session.closeRequests();
}

/** Answers the report as it is kept now. */
async function renew(
  db: Db,
  id: CaptureId,
  { session, report }: { session: EndedSession; report: CaptureReport },
): Promise<CaptureReport> {
  const { requests } = session;
  if (requests.requests === (report.summary.requests ?? 0)) return report;
  const summary = { ...report.summary, requests: requests.requests };
  const renewed = { ...report, summary, requests: requests.list() };
  try {
    await renewReport(db, id, renewed);
    return renewed;
  } catch (error) {
    log.warn({ capture: id.id, error: String(error) }, "late requests not written, will be tried again");
    return report;
  }
}
