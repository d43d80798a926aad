import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openDb } from "@/lib/db/client";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "@/lib/db/embedded/embedded-postgres";
import { isAlive } from "@/lib/db/embedded/postmaster";

let dataDir: string;
let started: EmbeddedPostgres[];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "etcdscope-embedded-"));
  started = [];
});
afterEach(async () => {
  for (const server of started) await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

test("starts on loopback with checksums and keeps its data over a stop", async () => {
  const first = await start();
  expect(new URL(first.databaseUrl).hostname).toBe("127.0.0.1");
  await query(first, "create table kept (id int)");
  expect(await query(first, "show data_checksums")).toEqual([{ data_checksums: "on" }]);
  expect(await query(first, "show server_encoding")).toEqual([{ server_encoding: "UTF8" }]);
  await first.stop();
  expect(isAlive(first.pid)).toBe(false);
  const second = await start();
  expect(second.wasRunning).toBe(false);
  expect(second.databaseUrl).toBe(first.databaseUrl);
  expect(await query(second, "select count(*)::int from kept")).toEqual([{ count: 0 }]);
});

test("a wrong password is refused", async () => {
  const server = await start();
  await expect(
    query({ databaseUrl: server.databaseUrl.replace(/:[0-9a-f]{48}@/, ":wrong@") }, "select 1"),
  ).rejects.toThrow(/password authentication failed/);
});

test("a server whose starter was killed is found again", async () => {
  const script = `
    import { startEmbeddedPostgres } from "@/lib/db/embedded/embedded-postgres";
    const server = await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)} });
    console.log("ready", server.pid);
    setInterval(() => undefined, 1000);`;
  const starter = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], {
    cwd: process.cwd(),
    stdio: ["ignore", "pipe", "inherit"],
  });
  const pid = await new Promise<number>((resolve) =>
    starter.stdout.on("data", (chunk) => resolve(Number(/ready (\d+)/.exec(String(chunk))?.[1]))),
  );
  starter.kill("SIGKILL");
  const server = await start();
  expect(server).toMatchObject({ pid, wasRunning: true });
  expect(await query(server, "select 1 as one")).toEqual([{ one: 1 }]);
});

test("a server that was killed is started anew, with what it had acknowledged", async () => {
  const first = await start();
  await query(first, "create table kept as select generate_series(1, 1000) as id");
  process.kill(first.pid, "SIGKILL");
  const second = await start();
  expect(second.pid).not.toBe(first.pid);
  expect(await query(second, "select count(*)::int from kept")).toEqual([{ count: 1000 }]);
});

test("a pid file whose number belongs to another program by now is no server", async () => {
  const first = await start();
  await first.stop();
  writeFileSync(join(dataDir, "postgres/data/postmaster.pid"), `${process.pid}\n/data\n1\n5432\n\n127.0.0.1\n`);
  const second = await start();
  expect(second.wasRunning).toBe(false);
});

test("data of another major version is named, with what to do", async () => {
  const first = await start();
  await first.stop();
  const versionFile = join(dataDir, "postgres/data/PG_VERSION");
  const version = readFileSync(versionFile, "utf8");
  writeFileSync(versionFile, "12\n");
  await expect(start()).rejects.toThrow(
    /was written by Postgres 12, but only Postgres \d+ is installed here\. Install/,
  );
  writeFileSync(versionFile, version);
});

async function start(): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir });
  started.push(server);
  return server;
}

async function query(server: { databaseUrl: string }, text: string): Promise<unknown[]> {
  const { sql, close } = openDb(server.databaseUrl, { max: 1 });
  try {
    return [...(await sql.unsafe(text))];
  } finally {
    await close();
  }
}
