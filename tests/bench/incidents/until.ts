import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 100;

/** Waits until something holds. Fails with its name when it does not in time. */
export async function until(what: string, withinMs: number, holds: () => Promise<boolean>): Promise<void> {
  const giveUpAtMs = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > giveUpAtMs) throw new Error(`it did not come about within ${withinMs} ms that ${what}`);
    await sleep(POLL_MS);
  }
}
