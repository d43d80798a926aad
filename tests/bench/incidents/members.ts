import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { EtcdConnection } from "@/collectors/etcd/connection";
import type { Bench } from "@/tests/bench/bench";
import { DelayProxy } from "@/tests/bench/incidents/delay-proxy";
import { until } from "@/tests/bench/incidents/until";
import { freePorts } from "@/tests/support/etcd";
import type { EtcdVersion } from "@/tests/support/etcd-versions";

const run = promisify(execFile);
const READY_WITHIN_MS = 60_000;

/** One member of the cluster that things happen to. */
export interface Member {
  name: string;
  endpoint: string;
  /** Its log, JSON lines. */
  logFile: string;
  /** The network that leads to it from the others. */
  network: DelayProxy;
  readonly pid: number;
  etcdctl(...args: string[]): Promise<string>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts `size` members whose logs are files and whose network can be made slow. */
export async function startMembers(
  bench: Bench,
  { version, size, flags = [] }: { version: EtcdVersion; size: number; flags?: readonly string[] },
): Promise<Member[]> {
  const directory = bench.tempDir("incidents");
  const ports = await freePorts(size * 2);
  const plans = await Promise.all(
    Array.from({ length: size }, async (_, index) => {
      const network = await DelayProxy.open(ports[index * 2 + 1] as number);
      bench.defer(() => network.close());
      return { name: `etcd-${index}`, clientPort: ports[index * 2] as number, peerPort: ports[index * 2 + 1], network };
    }),
  );
  const initialCluster = plans.map(({ name, network }) => `${name}=http://127.0.0.1:${network.port}`).join(",");
  const members = plans.map(({ name, clientPort, peerPort, network }) => {
    const endpoint = `http://127.0.0.1:${clientPort}`;
    const logFile = join(directory, `${name}.log`);
    const dataDir = join(directory, name);
    mkdirSync(dataDir, { mode: 0o700 });
    const args = [
      ...["--name", name, "--data-dir", dataDir, "--initial-cluster", initialCluster],
      ...["--listen-client-urls", endpoint, "--advertise-client-urls", endpoint],
      ...["--listen-peer-urls", `http://127.0.0.1:${peerPort}`],
      ...["--initial-advertise-peer-urls", `http://127.0.0.1:${network.port}`],
      ...["--initial-cluster-token", directory, "--logger", "zap", "--log-level", logLevel(version), ...flags],
    ];
    return openMember({ name, endpoint, logFile, network, version, args });
  });
  bench.defer(() => Promise.all(members.map((member) => member.stop())));
  await Promise.all(members.map((member) => member.start()));
  return members;
}

/** 3.4 names the callers of requests at debug level only. */
function logLevel({ version }: EtcdVersion): string {
  return version.startsWith("3.4.") ? "debug" : "info";
}

function openMember(plan: {
  name: string;
  endpoint: string;
  logFile: string;
  network: DelayProxy;
  version: EtcdVersion;
  args: readonly string[];
}): Member {
  const { name, endpoint, logFile, network, version, args } = plan;
  let child: ChildProcess | null = null;
  return {
    ...{ name, endpoint, logFile, network },
    get pid() {
      return child?.pid ?? -1;
    },
    async etcdctl(...command) {
      const environment = { PATH: process.env.PATH, ETCDCTL_API: "3", NODE_ENV: "production" as const };
      const given = ["--endpoints", endpoint, "--command-timeout=600s", ...command];
      return (await run(version.etcdctl, given, { env: environment, maxBuffer: 1024 ** 3 })).stdout;
    },
    async start() {
      const output = openSync(logFile, "a");
      child = spawn(version.binary, args, { stdio: ["ignore", "ignore", output] });
      await ready(endpoint);
    },
    async stop() {
      const ending = child;
      child = null;
      if (ending === null || ending.exitCode !== null || ending.signalCode !== null) return;
      const ended = once(ending, "exit");
      ending.kill("SIGCONT");
      ending.kill("SIGTERM");
      await ended;
    },
  };
}

async function ready(endpoint: string): Promise<void> {
  const connection = EtcdConnection.open(endpoint, { endpoints: [endpoint] });
  try {
    await until(`${endpoint} knows a leader`, READY_WITHIN_MS, async () => {
      const status = await connection.status({ deadlineMs: 1_000 }).catch(() => null);
      return status !== null && status.leaderId !== null;
    });
  } finally {
    connection.close();
  }
}

/** The member that leads, and those that follow. */
export async function tellRoles(members: readonly Member[]): Promise<{ leader: Member; followers: Member[] }> {
  for (const member of members) {
    const connection = EtcdConnection.open(member.endpoint, { endpoints: [member.endpoint] });
    const status = await connection.status({ deadlineMs: 2_000 }).catch(() => null);
    connection.close();
    if (status !== null && status.memberId === status.leaderId) {
      return { leader: member, followers: members.filter((other) => other !== member) };
    }
  }
  throw new Error("no member says that it leads");
}
