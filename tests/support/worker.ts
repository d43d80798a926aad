import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const root = join(import.meta.dirname, "../..");
const RESTART_MS = 100;

/** Seals secrets in tests. */
export const TEST_SECRET_KEY = Buffer.alloc(32, 7);

/** The real worker as a child process, started again whenever it ends, as the supervisor does. */
export class WorkerProcess {
  #databaseUrl: string;
  #child: ChildProcess | null = null;
  #isWanted = false;
  #output = "";
  #restartAfterMs = RESTART_MS;
  starts = 0;

  constructor(databaseUrl: string) {
    this.#databaseUrl = databaseUrl;
  }

  get pid(): number {
    return this.#child?.pid ?? -1;
  }

  /** The end of what it has logged. */
  get log(): string {
    return this.#output;
  }

  start(): void {
    this.#isWanted = true;
    this.starts++;
    const child = spawn(process.execPath, ["--import", "tsx", "collectors/worker.ts"], {
      cwd: root,
      env: {
        ...process.env,
        DATABASE_URL: this.#databaseUrl,
        ETCDSCOPE_SECRET_KEY: TEST_SECRET_KEY.toString("hex"),
        LOG_LEVEL: "info",
      },
      stdio: ["ignore", "pipe", "pipe", "ipc"], // by the channel it notices that the test has gone
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk: Buffer) => {
        this.#output = (this.#output + chunk.toString()).slice(-20_000);
      });
    }
    child.once("exit", () => {
      if (this.#child === child) this.#child = null;
      if (this.#isWanted) setTimeout(() => this.#isWanted && this.start(), this.#restartAfterMs);
      this.#restartAfterMs = RESTART_MS;
    });
  }

  /** SIGKILL; it is started again after a while. One that is just being started again is waited for. */
  async kill({ restartAfterMs = RESTART_MS } = {}): Promise<void> {
    while (this.#child === null && this.#isWanted) await sleep(10);
    const child = this.#child;
    if (!child) throw new Error("the worker is not running");
    this.#restartAfterMs = restartAfterMs;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }

  /** Ends it in order, for good. Answers how it ended. */
  async stop(): Promise<number | NodeJS.Signals | null> {
    this.#isWanted = false;
    const child = this.#child;
    if (!child) return null;
    const ended = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
    child.kill("SIGTERM");
    const [code, signal] = await ended;
    return code ?? signal;
  }
}
