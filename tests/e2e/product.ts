import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePorts } from "@/tests/support/etcd";

const root = join(import.meta.dirname, "../..");
/** The first start builds. */
const READY_WITHIN_MS = 600_000;

/** `npm start` as a child process. */
export interface StartedProduct {
  url: string;
  pid: number;
  /** What it has printed. */
  output(): string;
  /** Sends a signal (Ctrl-C is SIGINT) and waits for the end. Answers the exit code, or the signal it died of. */
  stop(signal?: NodeJS.Signals): Promise<number | string | null>;
}

/** Starts the product and waits until it prints its URL. Rejects with its output when it ends first. */
export async function startProduct(args: readonly string[]): Promise<StartedProduct> {
  const startMs = Date.now();
  let started = launch([...args, "--port", String((await freePorts(1))[0])]);
  for (;;) {
    const url = /^\s*ready\s+(http:\/\/\S+)/m.exec(started.output())?.[1];
    if (url !== undefined) return toStarted(started, url);
    const hasEnded = started.child.exitCode !== null || started.child.signalCode !== null;
    // The first start builds, minutes behind the choice of its port.
    if (hasEnded && /^Port \d+ .*is taken/m.test(started.output())) {
      started = launch([...args, "--port", String((await freePorts(1))[0])]);
    } else if (hasEnded || Date.now() - startMs > READY_WITHIN_MS) {
      await end(started.child, "SIGINT");
      throw new Error(`npm start ${hasEnded ? "ended" : "is not ready in time"}:\n${started.output()}`);
    }
    await sleep(50);
  }
}

function toStarted(started: Launched, url: string): StartedProduct {
  return {
    url,
    pid: started.child.pid ?? -1,
    output: started.output,
    stop: (signal = "SIGINT") => end(started.child, signal),
  };
}

/** Starts the product where it is expected to refuse. Answers its exit code and what it printed. */
export async function startRefused(args: readonly string[]): Promise<{ code: number | null; output: string }> {
  const { child, output } = launch(args);
  const timer = setTimeout(() => child.kill("SIGKILL"), 120_000);
  const [code] = (await once(child, "close")) as [number | null];
  clearTimeout(timer);
  return { code, output: output() };
}

/** The ids of all processes that descend from one, itself included, Postgres's among them or not. */
export async function listDescendants(pid: number, { withPostgres = true } = {}): Promise<number[]> {
  const child = spawn("ps", ["-eo", "pid=,ppid=,comm="], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.on("data", (chunk) => {
    text += chunk;
  });
  await once(child, "close");
  const rows = text
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .map(([id, parent, command = ""]) => ({ id: Number(id), parent: Number(parent), command }))
    .filter(({ command }) => withPostgres || !command.startsWith("postgres"));
  const found = [pid];
  for (const one of found) found.push(...rows.filter(({ parent }) => parent === one).map(({ id }) => id));
  return found;
}

interface Launched {
  child: ChildProcess;
  output(): string;
}

function launch(args: readonly string[]): Launched {
  // The clusters and databases of whoever runs the tests are not to be found.
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(ETCDCTL_|ETCDSCOPE_|DATABASE_URL$|NODE_ENV$)/.test(name),
  );
  const child = spawn(process.execPath, ["start.mjs", ...args], {
    cwd: root,
    env: { ...Object.fromEntries(kept), NEXT_TELEMETRY_DISABLED: "1" } as unknown as NodeJS.ProcessEnv,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      text += chunk;
    });
  }
  return { child, output: () => text };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | string | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode ?? child.signalCode;
  const ended = once(child, "exit") as Promise<[number | null, string | null]>;
  child.kill(signal);
  const [code, by] = await ended;
  return code ?? by;
}
