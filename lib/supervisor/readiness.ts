import { setTimeout as sleep } from "node:timers/promises";
import { and, eq, gte } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { collectorState } from "@/lib/db/schema";

const REPORT_TIMEOUT_MS = 5_000;

/** Waits until the web says that it, Postgres and the worker are up. False when that takes longer, or `signal` ends it. */
export async function waitUntilReady(url: string, timeoutMs: number, signal: AbortSignal): Promise<boolean> {
  const endMs = Date.now() + timeoutMs;
  while (Date.now() < endMs && !signal.aborted) {
    try {
      const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) });
      await answer.arrayBuffer();
      if (answer.ok) return true;
    } catch {
      // Not listening yet.
    }
    await sleep(100);
  }
  return false;
}

/** What the collectors found out about a cluster since `sinceMs`, as one line; waits up to 5 s for the first word. */
export async function describeFirstContact(
  db: Db,
  clusterId: number,
  sinceMs: number,
  signal: AbortSignal,
): Promise<string> {
  const endMs = Date.now() + REPORT_TIMEOUT_MS;
  while (Date.now() < endMs && !signal.aborted) {
    const reports = await db
      .select()
      .from(collectorState)
      .where(and(eq(collectorState.clusterId, clusterId), gte(collectorState.at, new Date(sinceMs))));
    const bad =
      reports.find((report) => report.health === "failed") ?? reports.find((report) => report.health === "degraded");
    if (bad) return `does not answer as it should: ${[bad.reason, bad.remedy].filter(Boolean).join(" ")}`;
    if (reports.length > 0) return "answers";
    await sleep(200);
  }
  return "has not answered yet; its page says why once that is known";
}
