import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { eq, ne } from "drizzle-orm";
import type { OpenDb } from "@/lib/db/client";
import { addCluster, type ClusterRow, removeCluster, removeOrphanedRows } from "@/lib/db/clusters";
import { cluster } from "@/lib/db/schema";
import { writeSource } from "@/lib/db/sources";
import { auditPaths } from "@/lib/demo/audit-file";
import type { DemoMessage } from "@/lib/demo/main";
import { ManagedProcess } from "@/lib/supervisor/managed-process";
import type { Terminal } from "@/lib/supervisor/terminal";

export const DEMO_NAME = "demo";
const POLL_MS = 10_000;
const WORKER_GRACE_MS = 3_000; // what a worker still had under way when the cluster went

/** Runs the demo as long as no other cluster is known; afterwards nothing of it is left. */
export class DemoKeeper {
  /**
   * Settles when a worker may start: the demo's etcd is up and registered; or it was registered by an earlier start and
   * is starting, which takes no longer than a worker does; or there is nothing to wait for.
   */
  readonly registered: Promise<void>;
  #settleRegistered: () => void = () => undefined;
  readonly #open: OpenDb;
  readonly #secretKey: Buffer;
  readonly #terminal: Terminal;
  readonly #dirs: { root: string; data: string };
  #process: ManagedProcess | null = null;
  #poll: NodeJS.Timeout | null = null;
  #isHopeless = false; // no etcd can be had: starting again would not help
  #turn: Promise<void> = Promise.resolve();

  constructor(options: { open: OpenDb; secretKey: Buffer; terminal: Terminal; dirs: { root: string; data: string } }) {
    this.#open = options.open;
    this.#secretKey = options.secretKey;
    this.#terminal = options.terminal;
    this.#dirs = options.dirs;
    this.registered = new Promise((resolve) => {
      this.#settleRegistered = resolve;
    });
  }

  /** Starts the demo if it is wanted, and watches for the moment it no longer is. */
  async start(): Promise<void> {
    if (await this.#isWanted()) this.#launch();
    else await this.#remove();
    if (!this.#process) {
      this.#settleRegistered();
      return;
    }
    const check = () => this.#inTurn(() => this.#check());
    await this.#open.sql.listen("cluster", check);
    this.#poll = setInterval(check, POLL_MS);
  }

  async stop(): Promise<void> {
    if (this.#poll) clearInterval(this.#poll);
    await this.#turn;
    if (!this.#process) return;
    await this.#process.stop();
    this.#terminal.line("demo", "stopped");
  }

  #launch(): void {
    const { root, data } = this.#dirs;
    this.#process = new ManagedProcess(
      {
        name: "demo",
        module: join(root, "lib/demo/main.ts"),
        args: [join(data, "demo"), join(data, "cache"), join(data, "logs/demo-etcd.log")],
        isTypeScript: true,
        directory: root,
        environment: {},
        logFile: join(data, "logs/demo.log"),
      },
      {
        onMessage: (message) => this.#handle(message as DemoMessage),
        onEnd: (reason, nextStartMs) => this.#handleEnd(reason, nextStartMs),
      },
    );
  }

  #handle(message: DemoMessage): void {
    if (message.kind === "progress") this.#terminal.line("demo", message.text);
    if (message.kind === "failed") {
      this.#isHopeless = message.isFinal;
      if (message.isFinal) this.#settleRegistered();
      this.#terminal.line("demo", message.reason);
    }
    if (message.kind === "starting") {
      this.#inTurn(async () => {
        if ((await this.#readRow()) !== undefined) this.#settleRegistered();
      });
    }
    if (message.kind === "ready") {
      this.#terminal.line(
        "demo",
        `etcd ${message.version} on ${message.endpoint}, a Kubernetes-like workload of our own`,
      );
      this.#inTurn(() => this.#register(message.endpoint));
    }
  }

  #handleEnd(reason: string, nextStartMs: number): boolean {
    if (this.#isHopeless) return false;
    this.#terminal.line("demo", `stopped (${reason}); starting it again in ${nextStartMs / 1_000} s`);
    return true;
  }

  async #register(endpoint: string): Promise<void> {
    const { db } = this.#open;
    const row = await this.#readRow();
    const demo = { name: DEMO_NAME, source: "demo" as const, access: { endpoints: [endpoint] } };
    const id = row?.id ?? (await addCluster(db, demo, this.#secretKey));
    const paths = auditPaths(join(this.#dirs.data, "demo"));
    await writeSource(db, id, "audit", { enabled: true, settings: { paths } }, this.#secretKey);
    if (row && row.endpoints.join() !== endpoint) {
      await db
        .update(cluster)
        .set({ endpoints: [endpoint] })
        .where(eq(cluster.id, row.id));
    }
  }

  async #readRow(): Promise<ClusterRow | undefined> {
    const [row] = await this.#open.db.select().from(cluster).where(eq(cluster.source, "demo"));
    return row;
  }

  async #check(): Promise<void> {
    if (!this.#process || (await this.#isWanted())) return;
    if (this.#poll) clearInterval(this.#poll);
    const ending = this.#process;
    this.#process = null;
    await ending.stop();
    await this.#remove();
    this.#terminal.line("demo", "stopped and removed: a cluster was added");
    await sleep(WORKER_GRACE_MS);
    await removeOrphanedRows(this.#open.db);
  }

  async #isWanted(): Promise<boolean> {
    const others = await this.#open.db
      .select({ id: cluster.id })
      .from(cluster)
      .where(ne(cluster.source, "demo"))
      .limit(1);
    return others.length === 0;
  }

  async #remove(): Promise<void> {
    const rows = await this.#open.db.select({ id: cluster.id }).from(cluster).where(eq(cluster.source, "demo"));
    for (const row of rows) await removeCluster(this.#open.db, row.id);
    rmSync(join(this.#dirs.data, "demo"), { recursive: true, force: true });
  }

  /** One change after the other. */
  #inTurn(change: () => Promise<void>): void {
    this.#turn = this.#turn.then(change).catch((error: unknown) => {
      // Postgres is away: the next poll or the demo's next start tries again.
      this.#terminal.line(
        "demo",
        `will be looked at again (${error instanceof Error ? error.message : String(error)})`,
      );
    });
  }
}
