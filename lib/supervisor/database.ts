import { type EmbeddedPostgres, startEmbeddedPostgres } from "@/lib/db/embedded/embedded-postgres";
import { EmbeddedPostgresError } from "@/lib/db/embedded/installation";
import { isAlive } from "@/lib/db/embedded/postmaster";
import { migrateDb } from "@/lib/db/migrate";
import { StartError } from "@/lib/supervisor/start-error";
import type { Terminal } from "@/lib/supervisor/terminal";

const WATCH_MS = 1_000;

/** The database of a start: our own Postgres, or the server that `DATABASE_URL` names. */
export interface Database {
  url: string;
  /** Starts our own Postgres again when it has died, until `stop`. */
  watch(): void;
  stop(): Promise<void>;
}

export async function startDatabase(options: {
  databaseUrl: string | null;
  dataDir: string;
  terminal: Terminal;
}): Promise<Database> {
  const { databaseUrl, dataDir, terminal } = options;
  if (databaseUrl !== null) {
    await terminal.step("database", async () => ({ text: await migrateGiven(databaseUrl), result: undefined }));
    return { url: databaseUrl, watch: () => undefined, stop: async () => undefined };
  }
  const log = (text: string) => terminal.line("Postgres", text);
  const server = await terminal.step("Postgres", async () => {
    const result = await startOwn(dataDir, log);
    return { text: result.wasRunning ? "was still running, left by an earlier start" : "started", result };
  });
  try {
    await terminal.step("database", async () => ({ text: await migrateOwn(server), result: undefined }));
  } catch (error) {
    await server.stop();
    throw error;
  }
  return new OwnDatabase({ server, dataDir, terminal });
}

class OwnDatabase implements Database {
  readonly url: string;
  readonly #dataDir: string;
  readonly #terminal: Terminal;
  #server: EmbeddedPostgres;
  #timer: NodeJS.Timeout | null = null;
  #restart: Promise<void> | null = null;

  constructor(options: { server: EmbeddedPostgres; dataDir: string; terminal: Terminal }) {
    this.#server = options.server;
    this.#dataDir = options.dataDir;
    this.#terminal = options.terminal;
    this.url = options.server.databaseUrl;
  }

  watch(): void {
    this.#timer = setInterval(() => {
      if (this.#restart || isAlive(this.#server.pid)) return;
      this.#terminal.line("Postgres", "stopped by itself; starting it again");
      this.#restart = this.#startAgain().finally(() => {
        this.#restart = null;
      });
    }, WATCH_MS);
  }

  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    await this.#restart;
    await this.#server.stop();
  }

  /** On the same port, so that worker and web find it by themselves. A failure is tried again by the watch. */
  async #startAgain(): Promise<void> {
    try {
      this.#server = await startEmbeddedPostgres({ dataDir: this.#dataDir });
      const isMoved = this.#server.databaseUrl !== this.url;
      this.#terminal.line(
        "Postgres",
        isMoved ? "started, but its port was taken: please start etcdscope anew" : "started",
      );
    } catch (error) {
      this.#terminal.line("Postgres", error instanceof Error ? error.message : String(error));
    }
  }
}

async function startOwn(dataDir: string, log: (text: string) => void): Promise<EmbeddedPostgres> {
  try {
    return await startEmbeddedPostgres({ dataDir, log });
  } catch (error) {
    if (error instanceof EmbeddedPostgresError) throw new StartError(error.message);
    throw error;
  }
}

async function migrateOwn(server: EmbeddedPostgres): Promise<string> {
  await migrateDb(server.databaseUrl);
  return "ready";
}

async function migrateGiven(databaseUrl: string): Promise<string> {
  const { host, pathname } = new URL(databaseUrl);
  const name = `${host}${pathname}`;
  try {
    await migrateDb(databaseUrl);
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const reason =
      cause instanceof Error ? cause.message || String((cause as NodeJS.ErrnoException).code) : String(cause);
    throw new StartError(
      `The database of DATABASE_URL (${name}) cannot be used: ${reason}. Check the URL and the server, or unset DATABASE_URL to use the built-in Postgres.`,
    );
  }
  return `DATABASE_URL, ${name}`;
}
