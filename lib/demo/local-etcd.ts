import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { childEnvironment } from "@/lib/config";

const READY_TIMEOUT_MS = 30_000;
const QUOTA_BYTES = 2 * 1024 ** 3;

export interface LocalEtcd {
  endpoint: string;
  pid: number;
  /** Settles when the server has ended, by itself or by `stop`. */
  ended: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts a single etcd of our own on loopback, with its data below `dataDir`. It keeps the ports it had before, where
 * they are free. One that an earlier start left running on the same directory is stopped first.
 */
export async function startLocalEtcd(options: { etcd: string; dataDir: string; logFile: string }): Promise<LocalEtcd> {
  mkdirSync(options.dataDir, { recursive: true });
  await stopLeftover(options.dataDir);
  const ports = await choosePorts(join(options.dataDir, "ports.json"));
  const endpoint = `http://127.0.0.1:${ports.client}`;
  const output = openSync(options.logFile, "a", 0o600);
  const child = spawn(options.etcd, listArguments(options.dataDir, ports), {
    detached: true, // Ctrl-C reaches us, and we stop it when its writers have stopped
    env: childEnvironment({ ...ETCD_VARIABLES, ALLOW_NONE_AUTHENTICATION: undefined }),
    stdio: ["ignore", output, output],
  });
  closeSync(output);
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  writeFileSync(join(options.dataDir, "pid"), String(child.pid ?? 0));
  if (!(await becomesReady(child, endpoint))) {
    child.kill("SIGKILL");
    throw new Error(`etcd (${options.etcd}) does not start; its log is ${options.logFile}.`);
  }
  return { endpoint, pid: child.pid ?? 0, ended, stop: () => stop(child, ended) };
}

/** etcd reads ETCD_* variables as flags; those that a user has set are meant for another etcd. */
const ETCD_VARIABLES = Object.fromEntries(
  Object.keys(childEnvironment({}))
    .filter((name) => name.startsWith("ETCD_"))
    .map((name) => [name, undefined]),
);

function listArguments(dataDir: string, ports: { client: number; peer: number }): string[] {
  const client = `http://127.0.0.1:${ports.client}`;
  const peer = `http://127.0.0.1:${ports.peer}`;
  return [
    ["--name", "demo"],
    ["--data-dir", join(dataDir, "member-data")],
    ["--listen-client-urls", client],
    ["--advertise-client-urls", client],
    ["--listen-peer-urls", peer],
    ["--initial-advertise-peer-urls", peer],
    ["--initial-cluster", `demo=${peer}`],
    ["--quota-backend-bytes", String(QUOTA_BYTES)],
    ["--snapshot-count", "10000"],
    ["--logger", "zap"],
    ["--log-level", "warn"],
  ].flat();
}

async function becomesReady(child: ChildProcess, endpoint: string): Promise<boolean> {
  const endMs = Date.now() + READY_TIMEOUT_MS;
  while (Date.now() < endMs && child.exitCode === null && child.signalCode === null) {
    try {
      const answer = await fetch(`${endpoint}/health`, { signal: AbortSignal.timeout(2_000) });
      if (answer.ok && (await answer.text()).includes('"true"')) return true;
    } catch {
      // Not listening yet.
    }
    await sleep(50);
  }
  return false;
}

async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  child.kill("SIGTERM");
  const isLate = await Promise.race([ended.then(() => false), sleep(5_000, true, { ref: false })]);
  if (isLate) child.kill("SIGKILL");
  await ended;
}

/** Stops the etcd of a demo that was killed before it could. Only a process that names our directory is touched. */
async function stopLeftover(dataDir: string): Promise<void> {
  const file = join(dataDir, "pid");
  const pid = existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
  for (let tries = 0; pid > 0 && readCommand(pid).includes(join(dataDir, "member-data")); tries++) {
    process.kill(pid, tries < 50 ? "SIGTERM" : "SIGKILL");
    await sleep(100);
  }
}

function readCommand(pid: number): string {
  try {
    if (existsSync("/proc/self/cmdline")) return readFileSync(`/proc/${pid}/cmdline`, "utf8");
    return execFileSync("ps", ["-p", String(pid), "-o", "args="], { stdio: "pipe" }).toString();
  } catch {
    return "";
  }
}

async function choosePorts(file: string): Promise<{ client: number; peer: number }> {
  const before = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as { client: number; peer: number }) : null;
  const ports = { client: await findFreePort(before?.client ?? 0), peer: await findFreePort(before?.peer ?? 0) };
  writeFileSync(file, JSON.stringify(ports));
  return ports;
}

/** `wanted` if it is free, else any. */
async function findFreePort(wanted: number): Promise<number> {
  return (await tryPort(wanted)) ?? (await tryPort(0)) ?? 0;
}

function tryPort(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(null));
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(address && typeof address === "object" ? address.port : null));
    });
  });
}
