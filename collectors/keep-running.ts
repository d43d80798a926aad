import { setTimeout as sleep } from "node:timers/promises";
import { reportState } from "@/collectors/report-state";
import type { Db } from "@/lib/db/client";
import type { Log } from "@/lib/log";

const FIRST_PAUSE_MS = 1_000;
const LAST_PAUSE_MS = 60_000;

/** A collector: what it is called, and what it does until it is told to stop. */
export interface Collector {
  readonly name: string;
  run(signal: AbortSignal): Promise<void>;
}

/**
 * Runs a collector until told to stop, or until it says itself that it is done. One that throws, which none should, is
 * reported as failed under the name of its source and begun again after a while: it takes no other down.
 */
export async function keepRunning(
  collector: Collector,
  { db, clusterId, source, log }: { db: Db; clusterId: number; source: string; log: Log },
  signal: AbortSignal,
): Promise<void> {
  for (let pauseMs = FIRST_PAUSE_MS; !signal.aborted; pauseMs = Math.min(pauseMs * 2, LAST_PAUSE_MS)) {
    try {
      await collector.run(signal);
      return;
    } catch (error) {
      if (signal.aborted) return;
      log.error({ collector: collector.name, error: String(error) }, "a collector ended by a fault, begun again");
      const reason = `It ended by a fault of etcdscope: ${error instanceof Error ? error.message : String(error)}`;
      const remedy = "It is begun again by itself. The worker's log says more.";
      await reportState(db, clusterId, source, { health: "failed", reason, remedy }).catch(() => undefined);
    }
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}
