import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { StartConfig } from "@/lib/config";
import { type OpenDb, openDb } from "@/lib/db/client";
import { worker } from "@/lib/db/schema";
import { lockDataDir, readSecretKey } from "@/lib/supervisor/data-dir";
import { type Database, startDatabase } from "@/lib/supervisor/database";
import { declareStartClusters } from "@/lib/supervisor/declare";
import { DemoKeeper } from "@/lib/supervisor/demo-keeper";
import { ManagedProcess, type ProcessPlan } from "@/lib/supervisor/managed-process";
import { parseStartOptions, type StartOptions } from "@/lib/supervisor/options";
import { describeFirstContact, waitUntilReady } from "@/lib/supervisor/readiness";
import type { Terminal } from "@/lib/supervisor/terminal";
import { chooseWebPort } from "@/lib/supervisor/web-port";

const READY_TIMEOUT_MS = 60_000;
const KILLED_GRACE_MS = 2_000; // the web of a killed supervisor ends within moments
const DEMO_GRACE_MS = 2_500; // a worker that starts before the demo's etcd would first report it as away

/** Starts everything in order, keeps it running, and stops it in the opposite order. */
export class Supervisor {
  readonly #rootDir: string;
  readonly #terminal: Terminal;
  readonly #stopping = new AbortController();
  /** What has to be stopped, the last started first. */
  readonly #running: { name: string | null; stop(): void | Promise<void> }[] = [];
  readonly #processes: ManagedProcess[] = [];

  constructor(rootDir: string, terminal: Terminal) {
    this.#rootDir = rootDir;
    this.#terminal = terminal;
  }

  /** Brings everything up and answers the URL; throws a `StartError` when that is impossible. */
  async start(args: readonly string[], config: StartConfig): Promise<void> {
    const startMs = Date.now();
    const options = parseStartOptions(args, this.#rootDir, config);
    const lock = lockDataDir(options.dataDir);
    this.#running.push({ name: null, stop: () => lock.release() });
    const port = await chooseWebPort({ ...options, patienceMs: lock.wasStale ? KILLED_GRACE_MS : 0 });
    const database = await this.#startDatabase(options, config);
    const secretKeyHex = config.secretKeyHex ?? readSecretKey(options.dataDir);
    const open = openDb(database.url, { max: 2 });
    this.#running.push({ name: null, stop: () => open.close() });
    const secretKey = Buffer.from(secretKeyHex, "hex");
    const clusters = await declareStartClusters(open.db, options, secretKey);
    // The last sign of life of an earlier worker must not pass for the new one's. One elsewhere writes its own anew.
    await open.db.delete(worker);
    if (this.#stopping.signal.aborted) return;
    const url = urlOf(options.host, port);
    const environment = { DATABASE_URL: database.url, ETCDSCOPE_SECRET_KEY: secretKeyHex };
    const demo = await this.#startDemo(open, secretKey, options.dataDir);
    this.#startWeb({ ...environment, ...WEB_ENVIRONMENT, HOSTNAME: options.host, PORT: String(port) }, options.dataDir);
    await Promise.race([demo.registered, sleep(DEMO_GRACE_MS, undefined, { ref: false })]);
    if (this.#stopping.signal.aborted) return;
    this.#startWorker({ ...environment, ETCDSCOPE_DATA_DIR: options.dataDir }, options.dataDir);
    if (port !== options.port) this.#terminal.line("web", `port ${options.port} is taken, using ${port}`);
    await this.#announce(url, startMs, options.dataDir);
    for (const { id, name } of clusters) {
      const report = await describeFirstContact(open.db, id, startMs, this.#stopping.signal);
      if (!this.#stopping.signal.aborted) this.#terminal.line("cluster", `${name} ${report}`);
    }
  }

  /** Stops what was started, the last first. Called again meanwhile, it no longer waits for anyone but Postgres. */
  async stop(): Promise<void> {
    if (this.#stopping.signal.aborted) {
      for (const process of this.#processes) process.kill();
      return;
    }
    this.#stopping.abort();
    for (let part = this.#running.pop(); part; part = this.#running.pop()) {
      await part.stop();
      if (part.name) this.#terminal.line(part.name, "stopped");
    }
  }

  async #startDatabase({ dataDir }: StartOptions, { databaseUrl }: StartConfig): Promise<Database> {
    const database = await startDatabase({ databaseUrl, dataDir, terminal: this.#terminal });
    this.#running.push({ name: databaseUrl === null ? "Postgres" : null, stop: () => database.stop() });
    database.watch();
    return database;
  }

  async #startDemo(open: OpenDb, secretKey: Buffer, dataDir: string): Promise<DemoKeeper> {
    const dirs = { root: this.#rootDir, data: dataDir };
    const demo = new DemoKeeper({ open, secretKey, terminal: this.#terminal, dirs });
    await demo.start();
    this.#running.push({ name: null, stop: () => demo.stop() });
    return demo;
  }

  #startWeb(environment: ProcessPlan["environment"], dataDir: string): void {
    const module = join(this.#rootDir, "lib/supervisor/web-process.mjs");
    const args = [join(this.#rootDir, ".next/standalone/server.js")];
    this.#startProcess({ name: "web", module, args, isTypeScript: false, environment }, dataDir);
  }

  #startWorker(environment: ProcessPlan["environment"], dataDir: string): void {
    const module = join(this.#rootDir, "collectors/worker.ts");
    this.#startProcess({ name: "worker", module, isTypeScript: true, environment }, dataDir);
  }

  #startProcess(plan: Omit<ProcessPlan, "directory" | "logFile">, dataDir: string): void {
    const logFile = join(dataDir, "logs", `${plan.name}.log`);
    const child = new ManagedProcess(
      { ...plan, directory: this.#rootDir, logFile },
      {
        onEnd: (reason, nextStartMs) => {
          const seconds = nextStartMs / 1_000;
          this.#terminal.line(
            plan.name,
            `stopped by itself (${reason}, see ${logFile}); starting it again in ${seconds} s`,
          );
          return true;
        },
      },
    );
    this.#processes.push(child);
    this.#running.push({ name: plan.name, stop: () => child.stop() });
  }

  async #announce(url: string, startMs: number, dataDir: string): Promise<void> {
    const { signal } = this.#stopping;
    while (!(await waitUntilReady(url, READY_TIMEOUT_MS, signal)) && !signal.aborted) {
      this.#terminal.line(
        "web",
        `is not ready after ${READY_TIMEOUT_MS / 1_000} s, still waiting; the logs are in ${join(dataDir, "logs")}`,
      );
    }
    if (!signal.aborted) this.#terminal.line("ready", `${url} (${((Date.now() - startMs) / 1_000).toFixed(1)} s)`);
  }
}

const WEB_ENVIRONMENT = { NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" };

function urlOf(host: string, port: number): string {
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}
