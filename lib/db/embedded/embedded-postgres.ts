import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { runAs, spawnOptions } from "@/lib/db/embedded/account";
import { EmbeddedPostgresError, findInstallation, type Installation, listHomes } from "@/lib/db/embedded/installation";
import { isAlive, type Postmaster, readPostmaster, stopPostmaster } from "@/lib/db/embedded/postmaster";

const DATABASE = "etcdscope";
const USER = "etcdscope";
const LOG_FILE = "postgres.log";
const READY_TIMEOUT_MS = 60_000; // recovery after a hard stop replays the log first
const LAUNCH_ATTEMPTS = 4;
const LARGEST_LOG_BYTES = 8 * 1024 * 1024;

export interface EmbeddedPostgres {
  databaseUrl: string;
  pid: number;
  /** True when it was still running, left by an earlier start that could not stop it. */
  wasRunning: boolean;
  stop(): Promise<void>;
}

/**
 * Starts Postgres for this installation alone: on a free loopback port, its files below `<dataDir>/postgres`. A server
 * that still runs there is used as it is. It outlives this process unless `stop` is called. `log` hears a line for each
 * slow step. Throws an `EmbeddedPostgresError` that says what to do.
 */
export async function startEmbeddedPostgres(options: {
  dataDir: string;
  log?: (text: string) => void;
}): Promise<EmbeddedPostgres> {
  mkdirSync(options.dataDir, { recursive: true });
  const running = await findRunning(options.dataDir);
  if (running) return toEmbeddedPostgres({ ...running, wasRunning: true });
  const installation = await findInstallation(options.dataDir);
  if (!existsSync(join(installation.home, "data/PG_VERSION"))) {
    options.log?.(`creating a Postgres ${installation.major} database`);
    await createCluster(installation);
  }
  const password = readPassword(installation.home);
  return toEmbeddedPostgres({ ...(await launch(installation, password)), password, wasRunning: false });
}

interface Server extends Postmaster {
  password: string;
}

async function toEmbeddedPostgres(server: Server & { wasRunning: boolean }): Promise<EmbeddedPostgres> {
  await createDatabase(server);
  return {
    databaseUrl: urlOf(server, DATABASE),
    pid: server.pid,
    wasRunning: server.wasRunning,
    stop: () => stopPostmaster(server.pid),
  };
}

/** The server that an earlier start left behind; one that is just starting or stopping gets time to finish. */
async function findRunning(dataDir: string): Promise<Server | null> {
  for (const home of listHomes(dataDir)) {
    const postmaster = readPostmaster(join(home, "data"));
    if (!postmaster) continue;
    const server = { ...postmaster, password: readPassword(home) };
    if (await becomesReady(server)) return server;
    if (!isAlive(server.pid)) continue;
    throw new EmbeddedPostgresError(
      `A Postgres server (process ${server.pid}) runs on ${home} but does not answer on port ${server.port}. Stop it and start again.`,
    );
  }
  return null;
}

/** Fills `data/`, under another name until it is whole. */
async function createCluster(installation: Installation): Promise<void> {
  const { account, binDir, home } = installation;
  const unfinished = join(home, "data.unfinished");
  rmSync(unfinished, { recursive: true, force: true });
  writeFileSync(passwordFile(installation.home), randomBytes(24).toString("hex"), { mode: 0o600 });
  if (account.owner) {
    chownSync(passwordFile(installation.home), account.owner.uid, account.owner.gid);
  }
  const args = [
    `--pgdata=${unfinished}`,
    `--username=${USER}`,
    `--pwfile=${passwordFile(installation.home)}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    "--data-checksums",
  ];
  try {
    await runAs(account, join(binDir, "initdb"), args, home);
  } catch (error) {
    throw new EmbeddedPostgresError(
      `Postgres could not create its database in ${home}: ${lastLine((error as Error).message)}`,
    );
  }
  renameSync(unfinished, join(home, "data"));
}

/** Spawns the server, on the port it had before if that is free: clients of a server that died then find it again. */
async function launch(installation: Installation, password: string): Promise<Postmaster> {
  const portFile = join(installation.home, "port");
  let wantedPort = existsSync(portFile) ? Number(readFileSync(portFile, "utf8")) : 0;
  for (let attempt = 1; ; attempt++) {
    const port = await findFreePort(wantedPort);
    const pid = spawnServer(installation, port);
    if (await becomesReady({ pid, port, password })) {
      writeFileSync(portFile, String(port), { mode: 0o600 });
      return { pid, port };
    }
    if (attempt === LAUNCH_ATTEMPTS) {
      const logFile = join(installation.home, LOG_FILE);
      throw new EmbeddedPostgresError(
        `Postgres does not start: ${lastLine(readFileSync(logFile, "utf8"))} (whole log: ${logFile})`,
      );
    }
    if (attempt > 1) wantedPort = 0;
    await sleep(400); // after a kill, the old server's processes hold its shared memory for a moment
  }
}

function spawnServer({ account, binDir, home }: Installation, port: number): number {
  const settings = {
    listen_addresses: "127.0.0.1",
    port,
    unix_socket_directories: "",
    max_connections: 100,
    shared_buffers: "64MB",
    max_wal_size: "512MB",
    jit: "off", // our queries are short; compiling them costs more than it saves
    log_timezone: "UTC",
    timezone: "UTC",
  };
  const args = [
    "-D",
    join(home, "data"),
    ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  ];
  const wrapped = account.wrap(join(binDir, "postgres"), args);
  const output = openLog(join(home, LOG_FILE));
  try {
    // Detached: Ctrl-C in the terminal must reach us, not Postgres, which has to stop last.
    const options = {
      ...spawnOptions(account, home),
      detached: true,
      stdio: ["ignore", output, output] as ("ignore" | number)[],
    };
    const child = spawn(wrapped.command, wrapped.args, options);
    child.on("error", () => undefined); // shows as a server that does not get ready
    child.unref();
    return child.pid ?? 0;
  } finally {
    closeSync(output);
  }
}

async function becomesReady(server: Server): Promise<boolean> {
  const endMs = Date.now() + READY_TIMEOUT_MS;
  while (Date.now() < endMs && isAlive(server.pid)) {
    if (await tryConnect(server)) return true;
    await sleep(40);
  }
  return false;
}

async function tryConnect(server: Server): Promise<boolean> {
  const sql = postgres(urlOf(server, "postgres"), { max: 1, connect_timeout: 5 });
  try {
    await sql`select 1`;
    return true;
  } catch {
    return false;
  } finally {
    await sql.end({ timeout: 1 });
  }
}

async function createDatabase(server: Server): Promise<void> {
  const sql = postgres(urlOf(server, "postgres"), { max: 1 });
  try {
    const found = await sql`select 1 from pg_database where datname = ${DATABASE}`;
    if (found.length === 0) await sql`create database ${sql(DATABASE)}`;
  } finally {
    await sql.end();
  }
}

function urlOf({ port, password }: Server, database: string): string {
  return `postgres://${USER}:${password}@127.0.0.1:${port}/${database}`;
}

/** `wanted` if it is free, else any free port of the loopback interface. */
async function findFreePort(wanted: number): Promise<number> {
  return (wanted > 0 ? await tryPort(wanted) : null) ?? (await tryPort(0)) ?? 0;
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

/** Opens the log for appending; a large one of earlier runs is kept beside it. */
function openLog(file: string): number {
  if (existsSync(file) && statSync(file).size > LARGEST_LOG_BYTES) renameSync(file, `${file}.1`);
  return openSync(file, "a", 0o600);
}

function passwordFile(home: string): string {
  return join(home, "password");
}

function readPassword(home: string): string {
  return readFileSync(passwordFile(home), "utf8").trim();
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1)?.trim() ?? "";
}
