import { setTimeout as sleep } from "node:timers/promises";
import type { Activity } from "@/lib/demo/workload";

const TICK_MS = 100;
const MOST_IN_FLIGHT = 48;
const LONGEST_TICK_MS = 1_000; // after a pause of the machine the missed writes are not made up for

/**
 * Runs activities at their rates until `signal` ends it. When etcd answers slowly, no more than 48 are under way and
 * the rest is left out: the demo must never be what makes a machine slow. Throws what an activity throws.
 */
export async function runActivities(
  listNow: (nowMs: number) => readonly Activity[],
  signal: AbortSignal,
): Promise<void> {
  const due = new Map<string, number>();
  const underWay = new Set<Promise<void>>();
  let failure: unknown = null;
  let lastMs = Date.now();
  while (!signal.aborted && failure === null) {
    await sleep(TICK_MS);
    const nowMs = Date.now();
    const elapsedSeconds = Math.min(nowMs - lastMs, LONGEST_TICK_MS) / 1_000;
    lastMs = nowMs;
    for (const activity of listNow(nowMs)) {
      let times = (due.get(activity.name) ?? 0) + activity.perSecond * elapsedSeconds;
      for (; times >= 1; times--) {
        if (underWay.size >= MOST_IN_FLIGHT) continue;
        const done: Promise<void> = activity
          .run()
          .catch((error: unknown) => {
            failure ??= error;
          })
          .finally(() => underWay.delete(done));
        underWay.add(done);
      }
      due.set(activity.name, times);
    }
  }
  await Promise.all(underWay);
  if (failure !== null && !signal.aborted) throw failure;
}
