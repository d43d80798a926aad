import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Bench } from "@/tests/bench/bench";
import { Child } from "@/tests/bench/child";
import { freePorts } from "@/tests/support/etcd";
import { TEST_SECRET_KEY } from "@/tests/support/worker";

/** The web interface on a database. */
export interface Web {
  url: string;
  /** The production build; else the API's handlers alone, without pages. */
  isBuild: boolean;
}

const root = join(import.meta.dirname, "../..");
const SERVER = join(root, ".next/standalone/server.js");
/** `npm start` copies it beside the server; without it pages have no scripts. */
const SERVER_STATIC = join(root, ".next/standalone/.next/static");
const READY_WITHIN_MS = 60_000;

/** Starts the production build where there is one, else a plain HTTP server around the API's handlers. */
export async function startWeb(bench: Bench, databaseUrl: string): Promise<Web> {
  const environment = { DATABASE_URL: databaseUrl, ETCDSCOPE_SECRET_KEY: TEST_SECRET_KEY.toString("hex") };
  const [port] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const isBuild = existsSync(SERVER) && existsSync(SERVER_STATIC);
  if (isBuild) startBuild(bench, { ...environment, PORT: String(port), HOSTNAME: "127.0.0.1" });
  else await new Child(bench, "api-server", { port }, environment).hear("ready");
  await waitUntilAnswers(`${url}/api/v1/clusters`);
  bench.say(
    isBuild ? "the production build answers" : "no production build (npm start makes one): the API's handlers answer",
  );
  return { url, isBuild };
}

function startBuild(bench: Bench, environment: Record<string, string>): void {
  const child: ChildProcess = spawn(process.execPath, ["--max-http-header-size=65536", SERVER], {
    cwd: root,
    env: { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1", LOG_LEVEL: "warn", ...environment },
    stdio: "ignore",
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  bench.defer(async () => {
    child.kill("SIGKILL"); // it only reads
    await ended;
  });
}

async function waitUntilAnswers(url: string): Promise<void> {
  const giveUpAt = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const answer = await fetch(url).catch(() => null);
    if (answer?.ok) return;
    if (Date.now() > giveUpAt) throw new Error(`${url} does not answer: ${answer?.status} ${await answer?.text()}`);
    await sleep(100);
  }
}
