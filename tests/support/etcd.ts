import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { EtcdConnection } from "@/collectors/etcd/connection";
import { findEtcd } from "@/lib/demo/etcd-binary";
import type { ClusterAccess } from "@/lib/model/questions";

/** Files of a server's TLS set-up, as etcd's flags take them. */
export interface EtcdTls {
  certFile: string;
  keyFile: string;
  /** With `clientCertAuth`: who signs clients. etcdctl trusts it for the server, too. */
  caFile: string;
  clientCertAuth?: boolean;
  /** What etcdctl shows, where clients need a certificate. */
  clientCertFile?: string;
  clientKeyFile?: string;
}

export interface StartEtcdOptions {
  name?: string;
  tls?: EtcdTls;
  /** Switches authentication on, with a root user of this password. */
  auth?: { rootPassword: string };
  extraArgs?: string[];
  /** Kept when the member stops, so that another can be started on it; a scratch one is removed. */
  dataDir?: string;
  binary?: string;
  /** Joins the cluster of this member, as a learner. */
  learnerOf?: TestEtcd;
  clientPort?: number;
  peerPort?: number;
}

export interface TestEtcd {
  name: string;
  endpoint: string;
  peerEndpoint: string;
  clientPort: number;
  dataDir: string;
  pid: number;
  /** Runs etcdctl against this member and answers its standard output. Fails with its standard error. */
  etcdctl(...args: string[]): Promise<string>;
  /** `etcdctl` with something on its standard input, such as a transaction. */
  etcdctlWithInput(input: string | Buffer, ...args: string[]): Promise<string>;
  /** Ends the process in order; the data directory stays until `stop`. */
  pause(): Promise<void>;
  /** SIGKILL; the data directory stays until `stop`. */
  kill(): Promise<void>;
  /** Starts the ended process again: same data, same ports. */
  restart(): Promise<void>;
  /** Ends the process and removes a scratch data directory. */
  stop(): Promise<void>;
}

const CACHE_DIR = join(import.meta.dirname, "../../.etcdscope/cache");
const READY_WITHIN_MS = 60_000;
const FIRST_PORT = 20_000;
const PORTS = 10_000;
let nextPort = process.pid * 101; // two processes that run side by side have neighbouring ids
const run = promisify(execFile);

/** A real etcd of one member on loopback, ready to answer. */
export async function startEtcd(options: StartEtcdOptions = {}): Promise<TestEtcd> {
  const [member] = await startMembers([options]);
  return member as TestEtcd;
}

/** A real cluster of `size` members on loopback. Any member's `etcdctl` talks to that member alone. */
export async function startEtcdCluster(size: number, options: StartEtcdOptions = {}): Promise<TestEtcd[]> {
  return startMembers(
    Array.from({ length: size }, (_, index) => ({ ...options, name: `${options.name ?? "m"}${index}` })),
  );
}

/**
 * Ports nobody listens on, on loopback, each answered once. They lie below those that a system gives out by itself, and
 * every process begins elsewhere: nobody takes one before it is used, or while the server on it is started again.
 */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  for (let tries = 0; ports.length < count && tries < PORTS; tries++) {
    const port = FIRST_PORT + (nextPort++ % PORTS);
    if (await isFree(port)) ports.push(port);
  }
  if (ports.length < count) throw new Error(`no ${count} ports are free from ${FIRST_PORT} on`);
  return ports;
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  });
}

async function startMembers(list: StartEtcdOptions[], tries = 3): Promise<TestEtcd[]> {
  const ports = await freePorts(list.length * 2);
  const plans = await Promise.all(
    list.map(async (options, index) => ({
      options,
      name: options.name ?? "default",
      clientPort: options.clientPort ?? (ports[index * 2] as number),
      peerPort: options.peerPort ?? (ports[index * 2 + 1] as number),
      dataDir: options.dataDir ?? (await mkdtemp(join(tmpdir(), "etcdscope-test-etcd-"))),
    })),
  );
  const peers = plans.map(({ name, peerPort }) => `${name}=http://127.0.0.1:${peerPort}`);
  const leader = list[0]?.learnerOf;
  if (leader) await addLearner(leader, plans[0] as (typeof plans)[0]);
  const initialCluster = [...(leader ? [`${leader.name}=${leader.peerEndpoint}`] : []), ...peers].join(",");
  const clusterToken = randomUUID(); // two test clusters on reused ports must not have the same cluster id
  const members = plans.map((plan) => new Member({ ...plan, initialCluster, clusterToken }));
  try {
    await Promise.all(members.map((member) => member.restart()));
    const { auth } = list[0] ?? {};
    if (auth) await members[0]?.enableAuth(auth.rootPassword);
  } catch (error) {
    await Promise.all(members.map((member) => member.stop()));
    // Somebody else was quicker.
    const isTaken = /address already in use/.test(String(error));
    const isBound = list.some(
      ({ clientPort, peerPort, dataDir, learnerOf }) => clientPort ?? peerPort ?? dataDir ?? learnerOf,
    );
    if (isTaken && !isBound && tries > 1) return startMembers(list, tries - 1);
    throw error;
  }
  return members;
}

async function addLearner(leader: TestEtcd, { name, peerPort }: { name: string; peerPort: number }) {
  await leader.etcdctl("member", "add", name, "--learner", `--peer-urls=http://127.0.0.1:${peerPort}`);
}

interface MemberPlan {
  options: StartEtcdOptions;
  name: string;
  clientPort: number;
  peerPort: number;
  dataDir: string;
  initialCluster: string;
  clusterToken: string;
}

class Member implements TestEtcd {
  readonly endpoint: string;
  readonly peerEndpoint: string;
  #plan: MemberPlan;
  #process: ChildProcess | null = null;
  #output = "";
  #rootPassword: string | undefined;

  constructor(plan: MemberPlan) {
    this.#plan = plan;
    this.endpoint = `${plan.options.tls ? "https" : "http"}://127.0.0.1:${plan.clientPort}`;
    this.peerEndpoint = `http://127.0.0.1:${plan.peerPort}`;
  }

  get name() {
    return this.#plan.name;
  }
  get clientPort() {
    return this.#plan.clientPort;
  }
  get dataDir() {
    return this.#plan.dataDir;
  }
  get pid() {
    return this.#process?.pid ?? -1;
  }

  etcdctl(...args: string[]) {
    return this.etcdctlWithInput("", ...args);
  }

  async etcdctlWithInput(input: string | Buffer, ...args: string[]) {
    const running = run((await binaries()).etcdctl, [...this.#etcdctlFlags(), ...args], {
      env: etcdctlEnvironment(),
      maxBuffer: 512 * 1024 ** 2,
    });
    running.child.stdin?.on("error", () => undefined); // it ended without reading: how it ended says why
    running.child.stdin?.end(input);
    return (await running).stdout;
  }

  async restart() {
    const { options } = this.#plan;
    const child = spawn(options.binary ?? (await binaries()).etcd, this.#flags(), {
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.#process = child;
    this.#output = "";
    child.stderr.on("data", (chunk: Buffer) => {
      this.#output = (this.#output + chunk.toString()).slice(-8_000);
    });
    await this.#ready(child);
  }

  pause() {
    return this.#end("SIGTERM");
  }

  kill() {
    return this.#end("SIGKILL");
  }

  async stop() {
    await this.#end("SIGKILL");
    if (this.#plan.options.dataDir === undefined) await rm(this.#plan.dataDir, { recursive: true, force: true });
  }

  async enableAuth(rootPassword: string) {
    await this.etcdctl("user", "add", `root:${rootPassword}`);
    await this.etcdctl("user", "grant-role", "root", "root");
    await this.etcdctl("auth", "enable");
    this.#rootPassword = rootPassword;
  }

  /** Waits until the member answers a linearizable read's precondition: it knows a leader. */
  async #ready(child: ChildProcess) {
    const failed = new Promise<never>((_, reject) => {
      child.once("error", (error) => reject(new Error(`etcd did not start: ${error.message}`)));
      child.once("exit", (code) => reject(new Error(`etcd ended with ${code} before it was ready:\n${this.#output}`)));
    });
    failed.catch(() => undefined); // a later, wanted end is nobody's failure
    const connection = EtcdConnection.open(this.endpoint, await this.#access());
    try {
      await Promise.race([failed, this.#answers(connection)]);
    } finally {
      connection.close();
    }
  }

  async #answers(connection: EtcdConnection) {
    const giveUpAt = Date.now() + READY_WITHIN_MS;
    for (;;) {
      const status = await connection.status({ deadlineMs: 1_000 }).catch((error: Error) => error);
      if (!(status instanceof Error) && status.leaderId !== null) return;
      if (Date.now() > giveUpAt) throw new Error(`etcd was not ready in time: ${String(status)}\n${this.#output}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async #access(): Promise<ClusterAccess> {
    const { tls } = this.#plan.options;
    const access: ClusterAccess = { endpoints: [this.endpoint] };
    if (!tls) return access;
    access.caPem = await readFile(tls.caFile, "utf8");
    if (tls.clientCertFile && tls.clientKeyFile) {
      access.certPem = await readFile(tls.clientCertFile, "utf8");
      access.keyPem = await readFile(tls.clientKeyFile, "utf8");
    }
    return access;
  }

  async #end(signal: NodeJS.Signals) {
    const child = this.#process;
    this.#process = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await ended;
  }

  #flags(): string[] {
    const { options, name, dataDir, clusterToken, initialCluster } = this.#plan;
    const { tls } = options;
    const flags = ["--name", name, "--data-dir", dataDir];
    flags.push("--listen-client-urls", this.endpoint, "--advertise-client-urls", this.endpoint);
    flags.push("--listen-peer-urls", this.peerEndpoint, "--initial-advertise-peer-urls", this.peerEndpoint);
    flags.push("--initial-cluster", initialCluster, "--initial-cluster-token", clusterToken);
    if (options.learnerOf) flags.push("--initial-cluster-state", "existing");
    flags.push("--logger", "zap", "--log-level", "warn");
    if (tls) flags.push("--cert-file", tls.certFile, "--key-file", tls.keyFile);
    if (tls?.clientCertAuth) flags.push("--client-cert-auth", "--trusted-ca-file", tls.caFile);
    return [...flags, ...(options.extraArgs ?? [])];
  }

  #etcdctlFlags(): string[] {
    const { tls } = this.#plan.options;
    const flags = ["--endpoints", this.endpoint];
    if (tls) flags.push("--cacert", tls.caFile);
    if (tls?.clientCertFile && tls.clientKeyFile) flags.push("--cert", tls.clientCertFile, "--key", tls.clientKeyFile);
    if (this.#rootPassword !== undefined) flags.push("--user", `root:${this.#rootPassword}`);
    return flags;
  }
}

let found: Promise<{ etcd: string; etcdctl: string }> | null = null;

/** The etcd that the demo would take, and its etcdctl. */
function binaries(): Promise<{ etcd: string; etcdctl: string }> {
  found ??= findEtcd({ cacheDir: CACHE_DIR }).then(({ etcd, etcdctl }) => {
    if (etcdctl === null) throw new Error(`No etcdctl was found beside ${etcd} or on PATH; the tests need it.`);
    return { etcd, etcdctl };
  });
  return found;
}

/** The environment without what its owner has set for an etcdctl of their own. */
function etcdctlEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("ETCDCTL_"));
  return { ...Object.fromEntries(kept), NODE_ENV: "test", ETCDCTL_API: "3" };
}
