import { setTimeout as sleep } from "node:timers/promises";
import { log } from "@/lib/log";

const RETRY_MS = 1_000;

/** Does a job now and every `intervalMs` until told to stop. A failure is logged and tried again after a second. */
export async function repeat(
  name: string,
  job: () => Promise<void>,
  intervalMs: number,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    let pauseMs = intervalMs;
    try {
      await job();
    } catch (error) {
      log.warn({ job: name, error: String(error) }, "failed, will be tried again");
      pauseMs = Math.min(RETRY_MS, intervalMs);
    }
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}
