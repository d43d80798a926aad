import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { downloadDebianPackages } from "@/lib/demo/debian-etcd";
import { findCommand } from "@/tests/support/debian-package";
import { freePorts } from "@/tests/support/etcd";

const run = promisify(execFile);
const CACHE_DIR = join(import.meta.dirname, "../../.etcdscope/cache");
const WANTED = { packages: ["prometheus", "prometheus-alertmanager"], target: "prometheus" };
const TEMPLATES = "/usr/share/prometheus/alertmanager";
const READY_WITHIN_MS = 60_000;

/** The programs of Prometheus that the tests start. */
export interface PrometheusTools {
  prometheus: string;
  promtool: string;
  alertmanager: string;
}

/** Those on PATH, else those of Debian's packages, unpacked into the cache and not installed: no service is begun. */
export async function findPrometheus(log: (text: string) => void = () => undefined): Promise<PrometheusTools> {
  const found = locate();
  if (found !== null) return found;
  const downloaded = await downloadDebianPackages(CACHE_DIR, WANTED, log);
  if (downloaded === true) await makeMovable(join(CACHE_DIR, WANTED.target, "usr/bin/prometheus-alertmanager"));
  const unpacked = locate();
  if (unpacked !== null) return unpacked;
  throw new Error(
    `No prometheus, promtool and alertmanager were found, which the tests of metrics and alerts need (tried PATH, ${downloaded === true ? "Debian's packages" : downloaded}). Install them.`,
  );
}

/** Debian's Alertmanager looks for its templates in one place only: from now on in the directory it is started in. */
async function makeMovable(command: string): Promise<void> {
  const place = Buffer.from(TEMPLATES);
  const inDirectory = Buffer.from("/proc/self/cwd".padEnd(place.length, "/."));
  const program = await readFile(command);
  for (let at = program.indexOf(place); at >= 0; at = program.indexOf(place, at + 1)) inDirectory.copy(program, at);
  await writeFile(command, program);
}

function locate(): PrometheusTools | null {
  const place = (...names: string[]) => {
    const unpacked = names.map((name) => join(CACHE_DIR, WANTED.target, "usr/bin", name));
    return [...names.map(findCommand), ...unpacked].find((file) => file !== null && existsSync(file)) ?? null;
  };
  const prometheus = place("prometheus");
  const promtool = place("promtool");
  const alertmanager = place("prometheus-alertmanager", "alertmanager");
  return prometheus === null || promtool === null || alertmanager === null
    ? null
    : { prometheus, promtool, alertmanager };
}

/** Runs promtool and answers what it printed; rejects with that when it is not content. */
export async function promtool(args: readonly string[], input?: string): Promise<string> {
  const { promtool: command } = await findPrometheus();
  const running = run(command, [...args], { maxBuffer: 64 * 1024 ** 2 });
  running.child.stdin?.on("error", () => undefined);
  running.child.stdin?.end(input ?? "");
  try {
    const { stdout, stderr } = await running;
    return stdout + stderr;
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new Error(`promtool ${args.join(" ")}:\n${stdout}${stderr}`);
  }
}

/** A server of a test, on a port of its own, its files in a directory that goes with it. */
export interface StartedServer {
  url: string;
  stop(): Promise<void>;
}

/** A Prometheus on loopback with a configuration (YAML). Answers when it is ready. */
export async function startPrometheus(config: string): Promise<StartedServer> {
  const { prometheus } = await findPrometheus();
  return startServer(prometheus, config, (port, directory) => [
    `--config.file=${join(directory, "config.yml")}`,
    `--storage.tsdb.path=${join(directory, "data")}`,
    `--web.listen-address=127.0.0.1:${port}`,
    "--log.level=warn",
  ]);
}

/** An Alertmanager on loopback with a configuration (YAML). Answers when it is ready. */
export async function startAlertmanager(config: string): Promise<StartedServer> {
  const { alertmanager } = await findPrometheus();
  return startServer(alertmanager, config, (port, directory) => [
    `--config.file=${join(directory, "config.yml")}`,
    `--storage.path=${join(directory, "data")}`,
    `--web.listen-address=127.0.0.1:${port}`,
    "--cluster.listen-address=",
    "--log.level=warn",
  ]);
}

async function startServer(
  command: string,
  config: string,
  flags: (port: number, directory: string) => string[],
): Promise<StartedServer> {
  const directory = await mkdtemp(join(tmpdir(), "etcdscope-test-prometheus-"));
  await writeFile(join(directory, "config.yml"), config);
  const [port] = await freePorts(1);
  const templates = join(CACHE_DIR, WANTED.target, TEMPLATES);
  const cwd = existsSync(templates) ? templates : directory;
  const child = spawn(command, flags(port as number, directory), { cwd, stdio: ["ignore", "ignore", "pipe"] });
  let output = "";
  child.stderr.on("data", (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-8_000);
  });
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    await end(child);
    await rm(directory, { recursive: true, force: true });
  };
  const giveUpAt = Date.now() + READY_WITHIN_MS;
  while (!(await isReady(url))) {
    if (child.exitCode === null && child.signalCode === null && Date.now() < giveUpAt) await sleep(50);
    else {
      await stop();
      throw new Error(`${command} is not ready:\n${output}`);
    }
  }
  return { url, stop };
}

async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/-/ready`).then(
    (answer) => answer.ok,
    () => false,
  );
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await ended;
}

/** The answer of an instant query: label sets and values. Rejects when the expression is refused. */
export async function queryPrometheus(
  url: string,
  expression: string,
  atSeconds?: number,
): Promise<{ metric: Record<string, string>; value: number }[]> {
  const params = new URLSearchParams({
    query: expression,
    ...(atSeconds !== undefined && { time: String(atSeconds) }),
  });
  const answer = (await (await fetch(`${url}/api/v1/query?${params}`)).json()) as {
    status: string;
    error?: string;
    data?: { resultType: string; result: unknown };
  };
  if (answer.status !== "success" || answer.data === undefined) throw new Error(`${expression}: ${answer.error}`);
  if (answer.data.resultType === "scalar") return [{ metric: {}, value: Number((answer.data.result as string[])[1]) }];
  const rows = answer.data.result as { metric: Record<string, string>; value: [number, string] }[];
  return rows.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
}
