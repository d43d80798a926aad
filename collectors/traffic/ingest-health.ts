import { type CollectorReport, reportState } from "@/collectors/report-state";
import { MINUTE_MS } from "@/collectors/traffic/limits";
import { type OpenBatch, readBacklog } from "@/collectors/traffic/open-batches";
import type { Db } from "@/lib/db/client";
import type { IngestKind } from "@/lib/db/ingest";
import { formatCount, formatDuration } from "@/lib/model/units";

const REPORT_MS = 10_000;

/** Says how the sources do whose events are sent, at most every ten seconds each. */
export class IngestHealth {
  #reportedMs = new Map<string, number>();

  constructor(
    private readonly db: Db,
    private readonly isFollowed: (clusterId: number, source: IngestKind) => boolean,
  ) {}

  /** To be called when batches have been counted. */
  async counted(clusterId: number, batches: readonly OpenBatch[]): Promise<void> {
    for (const source of new Set(batches.map(({ kind }) => kind))) {
      const key = `${clusterId} ${source}`;
      if (this.isFollowed(clusterId, source) || Date.now() - (this.#reportedMs.get(key) ?? 0) < REPORT_MS) continue;
      this.#reportedMs.set(key, Date.now());
      await reportState(this.db, clusterId, source, await this.#judge(clusterId));
    }
  }

  async #judge(clusterId: number): Promise<CollectorReport> {
    const backlog = await readBacklog(this.db, clusterId);
    const behindMs = backlog === null ? 0 : Date.now() - backlog.sinceMs;
    if (backlog === null || behindMs < MINUTE_MS) return { health: "ok" };
    return {
      health: "degraded",
      reason: `${formatCount(backlog.batches)} batches wait to be counted, the oldest for ${formatDuration(behindMs)}.`,
      remedy: "Nothing is lost. If it goes on, send less: an audit policy that leaves out what nobody asks for.",
    };
  }
}
