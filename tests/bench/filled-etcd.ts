import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Bench } from "@/tests/bench/bench";
import { filler, keyAt, valueBytesAt } from "@/tests/bench/keys";
import { readCpuSeconds } from "@/tests/bench/proc";
import { Writer } from "@/tests/bench/writer";
import { startEtcd, type TestEtcd } from "@/tests/support/etcd";
import type { EtcdVersion } from "@/tests/support/etcd-versions";
import { readRevision } from "@/tests/support/truth";

const KEYS = 1_000_000;
const TRANSACTION_KEYS = 100;
const CONNECTIONS = 4;
const FLAGS = ["--quota-backend-bytes", String(16 * 1024 ** 3), "--snapshot-count", "2000"];

/** A running etcd with the keyspace of the bench in it. One serves all parts of a run. */
export interface FilledEtcd {
  version: string;
  endpoint: string;
  /** Keys of `keyAt`; the parts leave some of their own beside them. */
  keys: number;
  /** Runs this version's etcdctl, its output to nothing. Answers the wall time in milliseconds. */
  timeEtcdctl(...args: string[]): Promise<number>;
  etcdctl: TestEtcd["etcdctl"];
  cpuSeconds(): number;
  /** Forgets what the parts have overwritten, so that the next ones find the same. */
  compact(): Promise<void>;
}

/** Starts an etcd of a version and fills it. */
export async function startFilledEtcd(bench: Bench, version: EtcdVersion): Promise<FilledEtcd> {
  const dataDir = bench.tempDir("etcd");
  const etcd = await startEtcd({ binary: version.binary, dataDir, extraArgs: FLAGS });
  bench.defer(() => etcd.stop());
  const keys = bench.scaled(KEYS);
  await fill(bench, etcd.endpoint, keys);
  let compactedRevision = 0;
  const timeEtcdctl = (...args: string[]) => timeCommand(version.etcdctl, ["--endpoints", etcd.endpoint, ...args]);
  await timeEtcdctl("--command-timeout=600s", "get", "", "--prefix"); // what is read first comes from the disk
  return {
    version: version.version,
    endpoint: etcd.endpoint,
    keys,
    timeEtcdctl,
    etcdctl: (...args) => etcd.etcdctl(...args),
    cpuSeconds: () => readCpuSeconds(etcd.pid),
    compact: async () => {
      const revision = await readRevision(etcd);
      if (revision === compactedRevision) return; // nothing has been written since, and etcd would refuse
      await etcd.etcdctl("--command-timeout=600s", "compact", "--physical", String(revision));
      compactedRevision = revision;
    },
  };
}

async function fill(bench: Bench, endpoint: string, keys: number): Promise<void> {
  let next = 0;
  let told = 0;
  const write = async () => {
    const writer = new Writer(endpoint);
    try {
      while (next < keys) {
        const from = next;
        next = Math.min(keys, from + TRANSACTION_KEYS);
        await writer.transact(Array.from({ length: next - from }, (_, i) => toPut(from + i)));
        if (next < told) continue;
        bench.say(`filling etcd: ${next.toLocaleString("en")} of ${keys.toLocaleString("en")} keys`);
        told = next + keys / 4;
      }
    } finally {
      writer.close();
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, write));
}

function toPut(index: number) {
  return { key: Buffer.from(keyAt(index)), value: filler(valueBytesAt(index)) };
}

async function timeCommand(command: string, args: readonly string[]): Promise<number> {
  const startedMs = performance.now();
  const child = spawn(command, args, {
    env: { PATH: process.env.PATH, ETCDCTL_API: "3", NODE_ENV: "production" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let fault = "";
  child.stderr.on("data", (chunk: Buffer) => {
    fault = (fault + chunk.toString()).slice(-1_000);
  });
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`etcdctl ${args.join(" ")} ended with ${code}: ${fault}`);
  return performance.now() - startedMs;
}
