import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** What `postmaster.pid` says about the server that wrote it. */
export interface Postmaster {
  pid: number;
  port: number;
}

/** The server that runs on a data directory; null when none does. A pid file that a dead server left is removed. */
export function readPostmaster(dataDir: string): Postmaster | null {
  const file = join(dataDir, "postmaster.pid");
  if (!existsSync(file)) return null;
  const lines = readFileSync(file, "utf8").split("\n");
  const pid = Number(lines[0]);
  if (isAlive(pid) && isPostgres(pid)) return { pid, port: Number(lines[3] ?? 0) };
  rmSync(file, { force: true });
  return null;
}

/** Stops a server: at once for its clients (SIGINT), and after 20 s without cleaning up (SIGQUIT). */
export async function stopPostmaster(pid: number): Promise<void> {
  if (!isAlive(pid)) return;
  process.kill(pid, "SIGINT");
  if (await waitForEnd(pid, 20_000)) return;
  process.kill(pid, "SIGQUIT");
  await waitForEnd(pid, 5_000);
}

/** Whether a process runs. One that has ended but was not yet collected by its parent does not. */
export function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  return !isZombie(pid);
}

/** In a container without an init process the dead are never collected. */
function isZombie(pid: number): boolean {
  try {
    return /\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false; // gone meanwhile, or a system without /proc
  }
}

/** Process ids are given anew: after a restart of the machine another program may have the one in the file. */
function isPostgres(pid: number): boolean {
  try {
    if (existsSync("/proc/self/comm")) return readFileSync(`/proc/${pid}/comm`, "utf8").startsWith("postgres");
    return execFileSync("ps", ["-p", String(pid), "-o", "comm="], { stdio: "pipe" })
      .toString()
      .includes("postgres");
  } catch {
    return false;
  }
}

async function waitForEnd(pid: number, timeoutMs: number): Promise<boolean> {
  const endMs = Date.now() + timeoutMs;
  while (Date.now() < endMs) {
    if (!isAlive(pid)) return true;
    await sleep(25);
  }
  return !isAlive(pid);
}
