import { IngestProblem } from "@/app/api/ingest/ingest-problem";
import { MAX_OPEN_BATCHES } from "@/app/api/ingest/limits";
import { webDb } from "@/lib/db/web-db";
import { isInboxFull } from "@/lib/queries/ingest-writes";

const REMEMBER_MS = 5_000;
const RETRY_AFTER_SECONDS = 30;

/** Keeps what waits for the worker within bounds. */
export class InboxGauge {
  readonly #read = new Map<number, { isFull: boolean; untilMs: number }>();

  /** Throws an `IngestProblem` (503) when too much of a cluster waits already. */
  async check(clusterId: number): Promise<void> {
    const nowMs = performance.now();
    let reading = this.#read.get(clusterId);
    if (reading === undefined || reading.untilMs < nowMs) {
      const isFull = await isInboxFull(webDb(), clusterId, MAX_OPEN_BATCHES);
      reading = { isFull, untilMs: nowMs + REMEMBER_MS };
      this.#read.set(clusterId, reading);
    }
    if (!reading.isFull) return;
    throw new IngestProblem(503, "The worker does not keep up", {
      detail: `${MAX_OPEN_BATCHES} batches of this cluster wait to be counted.`,
      remedy: "Keep the batch. See that the worker runs and that the cluster is not paused.",
      headers: { "retry-after": String(RETRY_AFTER_SECONDS) },
    });
  }
}
