import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import type { Bench } from "@/tests/bench/bench";

const root = join(import.meta.dirname, "../..");
const STOP_PATIENCE_MS = 10_000;

type Told = { kind: string } & Record<string, unknown>;

/** A program of `children/` as a process of its own, with a channel for messages. It goes when the bench does. */
export class Child {
  #process: ChildProcess;
  #name: string;
  #told: Told[] = [];
  #output = "";
  #isEnded = false;
  /** How it ended. */
  #end = "";
  #wake: (() => void) | null = null;
  #ended: Promise<void>;

  constructor(bench: Bench, name: string, options: object, environment: Record<string, string> = {}) {
    this.#name = name;
    const child = fork(join(import.meta.dirname, "children", `${name}.ts`), [JSON.stringify(options)], {
      cwd: root,
      env: { ...process.env, LOG_LEVEL: "warn", NODE_ENV: "production", ...environment },
      execArgv: ["--import", "tsx", ...bench.nodeFlags],
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    this.#process = child;
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => this.#keep(chunk));
    child.on("message", (message) => {
      this.#told.push(message as Told);
      this.#wake?.();
    });
    this.#ended = new Promise((resolve) => {
      child.once("exit", (code, signal) => {
        this.#end = `${code ?? signal}`;
        resolve();
      });
    });
    void this.#ended.then(() => {
      this.#isEnded = true;
      this.#wake?.();
    });
    bench.defer(() => this.stop());
  }

  get pid(): number {
    return this.#process.pid ?? -1;
  }

  send(kind: string, body: Record<string, unknown> = {}): void {
    if (this.#process.connected) this.#process.send({ kind, ...body });
  }

  /** The next message of a kind, one that has come already included. Fails when the process ends before. */
  async hear<Body>(kind: string): Promise<Body> {
    for (;;) {
      const at = this.#told.findIndex((message) => message.kind === kind);
      if (at >= 0) return this.#told.splice(at, 1)[0] as unknown as Body;
      if (this.#isEnded)
        throw new Error(`${this.#name} ended (${this.#end}) before it said "${kind}":\n${this.#output}`);
      await new Promise<void>((resolve) => {
        const before = this.#wake;
        this.#wake = () => {
          before?.();
          resolve();
        };
      });
    }
  }

  /** Asks, and answers what the child says of the same kind. */
  ask<Body>(kind: string, body: Record<string, unknown> = {}): Promise<Body> {
    this.send(kind, body);
    return this.hear<Body>(kind);
  }

  /** Ends it: its channel is closed, which it heeds, and killed when it does not. */
  async stop(): Promise<void> {
    if (this.#process.connected) this.#process.disconnect();
    const timer = setTimeout(() => this.#process.kill("SIGKILL"), STOP_PATIENCE_MS);
    await this.#ended;
    clearTimeout(timer);
  }

  #keep(chunk: Buffer): void {
    this.#output = (this.#output + chunk.toString()).slice(-4_000);
  }
}
