import { readdir, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Runs `body` while a process stands still (SIGSTOP). It begins only when every thread has stopped: the kernel takes
 * its time, and a server may answer meanwhile.
 */
export async function whileFrozen<Result>(pid: number, body: () => Promise<Result>): Promise<Result> {
  process.kill(pid, "SIGSTOP");
  try {
    while (!(await isStopped(pid))) await sleep(10);
    return await body();
  } finally {
    process.kill(pid, "SIGCONT");
  }
}

/** The third field of a thread's `stat` is its state; its name, the second, may hold anything but ends the parenthesis. */
async function isStopped(pid: number): Promise<boolean> {
  const threads = await readdir(`/proc/${pid}/task`);
  const states = await Promise.all(
    threads.map(async (thread) => {
      const stat = await readFile(`/proc/${pid}/task/${thread}/stat`, "latin1");
      return stat.slice(stat.lastIndexOf(")") + 2, stat.lastIndexOf(")") + 3);
    }),
  );
  return states.every((state) => state === "T");
}
