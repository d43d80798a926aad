import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { reasonOf } from "@/lib/supervisor/access";
import { StartError } from "@/lib/supervisor/start-error";

/** A data directory that is ours alone until `release`. */
export interface DataDirLock {
  /** It was taken over from a supervisor that had been killed, whose children may be just about to end. */
  wasStale: boolean;
  release(): void;
}

/**
 * Makes the data directory and locks it. The lock of a supervisor that was killed is taken over; one that runs is
 * respected with a `StartError`.
 */
export function lockDataDir(dataDir: string): DataDirLock {
  try {
    // Others may pass through, not look around: as root, Postgres runs under another account.
    makeDirectory(join(dataDir, "logs"));
  } catch (error) {
    throw new StartError(
      `The data directory ${dataDir} cannot be made (${reasonOf(error)}); choose another with --data-dir.`,
    );
  }
  const file = join(dataDir, "supervisor.lock");
  const mine = `${process.pid} ${readStartOf(process.pid)}\n`;
  for (let tries = 0; tries < 5; tries++) {
    if (createLock(file, mine)) return { wasStale: tries > 0, release: () => release(file, mine) };
    const held = readFileSync(file, { encoding: "utf8", flag: "a+" });
    const [pid, start] = held.trim().split(/ (.*)/s);
    if (held !== "" && readStartOf(Number(pid)) === start) {
      throw new StartError(
        `etcdscope is already running on ${dataDir} (process ${pid}). Stop it first, or start this one with another --data-dir.`,
      );
    }
    takeAway(file, held);
  }
  throw new StartError(`The lock ${file} cannot be taken; remove it if no etcdscope is running on ${dataDir}.`);
}

/** Reads the key that seals secrets, making it at the first start. A file only its owner can read. */
export function readSecretKey(dataDir: string): string {
  const file = join(dataDir, "secret.key");
  if (!existsSync(file)) writeFileSync(file, `${randomBytes(32).toString("hex")}\n`, { mode: 0o600, flag: "wx" });
  const hex = readFileSync(file, "utf8").trim();
  if (/^[0-9a-f]{64}$/i.test(hex)) return hex;
  throw new StartError(
    `${file} does not hold a secret key (64 hexadecimal digits). Restore it from a backup, or remove it and enter the passwords of your clusters again.`,
  );
}

/** Step by step: where a file system makes no directories (`/proc`), Node's `recursive` would try for ever. */
function makeDirectory(path: string): void {
  if (existsSync(path)) return;
  makeDirectory(dirname(path));
  mkdirSync(path, { mode: 0o711 });
}

/** Creates the lock, whole or not at all. False when there is one. */
function createLock(file: string, content: string): boolean {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, content);
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Removes a stale lock, but not the one that another starter has put in its place meanwhile. */
function takeAway(file: string, stale: string): void {
  const aside = `${file}.${process.pid}.stale`;
  try {
    renameSync(file, aside);
    if (readFileSync(aside, "utf8") !== stale) linkSync(aside, file);
  } catch {
    // Someone else was quicker: the next round sees what is there now.
  } finally {
    rmSync(aside, { force: true });
  }
}

function release(file: string, mine: string): void {
  if (existsSync(file) && readFileSync(file, "utf8") === mine) rmSync(file, { force: true });
}

/** When a process started, as text to compare: process ids are given anew. Empty when there is no such process. */
function readStartOf(pid: number): string {
  try {
    if (existsSync("/proc/self/stat")) {
      const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
        .replace(/^.*\) /s, "")
        .split(" ");
      return fields[0] === "Z" ? "" : (fields[19] ?? "");
    }
    return execFileSync("ps", ["-p", String(pid), "-o", "lstart="], { stdio: "pipe" })
      .toString()
      .trim();
  } catch {
    return "";
  }
}
