import { type ChildProcess, fork } from "node:child_process";
import { closeSync, existsSync, openSync, renameSync, statSync } from "node:fs";
import { childEnvironment, type Environment } from "@/lib/config";

const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 5_000;
const STEADY_MS = 30_000; // who ran that long has earned a short wait again
/** A key of 4 KiB can take 12 KiB in a URL, and the framework repeats it in headers; Node refuses more than 16 KiB. */
const LONG_URLS = "--max-http-header-size=65536";
const STOP_TIMEOUT_MS = 10_000;
const LARGEST_LOG_BYTES = 5 * 1024 * 1024;

export interface ProcessPlan {
  name: string;
  module: string;
  args?: readonly string[];
  /** Runs TypeScript. */
  isTypeScript: boolean;
  directory: string;
  environment: Environment;
  logFile: string;
}

/** What a managed process tells: its messages, and that it has ended and will be started again. */
export interface ProcessEvents {
  onMessage?(message: unknown): void;
  /** Answers false when it shall not be started again. */
  onEnd(reason: string, nextStartMs: number): boolean;
}

/** A child process that is started again whenever it ends, until `stop`. It ends by itself when we are gone. */
export class ManagedProcess {
  readonly #plan: ProcessPlan;
  readonly #events: ProcessEvents;
  #child: ChildProcess | null = null;
  #timer: NodeJS.Timeout | null = null;
  #backoffMs = FIRST_BACKOFF_MS;
  #isStopping = false;

  constructor(plan: ProcessPlan, events: ProcessEvents) {
    this.#plan = plan;
    this.#events = events;
    rotateLog(plan.logFile);
    this.#start();
  }

  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  /** SIGTERM, and SIGKILL after 10 s. Answers when it has ended. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    if (this.#timer) clearTimeout(this.#timer);
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(timer);
  }

  /** Ends it at once. */
  kill(): void {
    this.#isStopping = true;
    if (this.#timer) clearTimeout(this.#timer);
    this.#child?.kill("SIGKILL");
  }

  #start(): void {
    const { module, args, isTypeScript, directory, environment, logFile } = this.#plan;
    const output = openSync(logFile, "a", 0o600);
    const startMs = Date.now();
    const child = fork(module, [...(args ?? [])], {
      cwd: directory,
      env: childEnvironment(environment),
      execArgv: isTypeScript ? ["--import", "tsx"] : [LONG_URLS],
      stdio: ["ignore", output, output, "ipc"],
      detached: true, // Ctrl-C in the terminal reaches us alone, so that we can stop things in order
    });
    closeSync(output);
    this.#child = child;
    child.on("message", (message) => this.#events.onMessage?.(message));
    child.on("error", () => undefined); // followed by "exit", or by nothing when a signal could not be sent
    child.once("exit", (code, signal) => this.#handleEnd(describeEnd(code, signal), Date.now() - startMs));
  }

  #handleEnd(reason: string, ranMs: number): void {
    if (this.#isStopping) return;
    if (ranMs > STEADY_MS) this.#backoffMs = FIRST_BACKOFF_MS;
    if (!this.#events.onEnd(reason, this.#backoffMs)) return;
    this.#timer = setTimeout(() => this.#start(), this.#backoffMs);
    this.#backoffMs = Math.min(this.#backoffMs * 2, LONGEST_BACKOFF_MS);
  }
}

function describeEnd(code: number | null, signal: NodeJS.Signals | null): string {
  return signal === null ? `exit code ${code}` : signal;
}

/** A large log of earlier starts is kept beside the new one. */
function rotateLog(file: string): void {
  if (existsSync(file) && statSync(file).size > LARGEST_LOG_BYTES) renameSync(file, `${file}.1`);
}
