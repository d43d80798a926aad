import type { Etcd3 } from "etcd3";
import { AuditFile } from "@/lib/demo/audit-file";
import { EtcdNotFoundError, findEtcd } from "@/lib/demo/etcd-binary";
import { startLocalEtcd } from "@/lib/demo/local-etcd";
import { log } from "@/lib/log";

/**
 * The demo as a process: its own etcd and the workload on it, until SIGTERM or until the parent's channel closes.
 * Arguments: the directory for its data, the directory for a downloaded etcd, the log file of its etcd.
 */

/** What the demo tells its parent. */
export type DemoMessage =
  | { kind: "progress"; text: string }
  | { kind: "starting" }
  | { kind: "ready"; endpoint: string; version: string }
  /** `isFinal`: starting it again would not help. */
  | { kind: "failed"; reason: string; isFinal: boolean };

const ETCD_GONE = "etcd has ended";
const stopping = new AbortController();
process.once("SIGTERM", () => stopping.abort());
process.once("disconnect", () => stopping.abort());
if (process.connected === false) process.exit(0); // the parent has gone already
process.on("SIGINT", () => undefined); // Ctrl-C reaches the whole group; the parent says when to stop

main().then(
  () => process.exit(0),
  (error: unknown) => {
    if (stopping.signal.aborted && !isEtcdGone()) process.exit(0);
    log.error({ error: String(error) }, "the demo has failed");
    const reason = error instanceof Error ? error.message : String(error);
    tell({ kind: "failed", reason, isFinal: error instanceof EtcdNotFoundError });
    process.exit(1);
  },
);

async function main(): Promise<void> {
  const [dataDir, cacheDir, logFile] = process.argv.slice(2);
  if (!dataDir || !cacheDir || !logFile)
    throw new Error("usage: main.ts <data directory> <cache directory> <log file>");
  const loading = loadWorkload(); // takes as long as etcd does to start
  const binaries = await findEtcd({ cacheDir, log: (text) => tell({ kind: "progress", text }) });
  tell({ kind: "starting" });
  const etcd = await startLocalEtcd({ etcd: binaries.etcd, dataDir, logFile });
  void etcd.ended.then(() => stopping.abort(ETCD_GONE));
  log.info({ endpoint: etcd.endpoint, version: binaries.version }, "etcd is up");
  tell({ kind: "ready", endpoint: etcd.endpoint, version: binaries.version });
  const workload = await loading;
  const client = new workload.Etcd3({ hosts: etcd.endpoint });
  try {
    await work(client, workload, new AuditFile(dataDir));
  } finally {
    client.close();
    await etcd.stop();
  }
}

/** The etcd library and what uses it. */
async function loadWorkload() {
  const [{ Etcd3 }, { prepareDemo, runDemo }] = await Promise.all([import("etcd3"), import("@/lib/demo/demo")]);
  return { Etcd3, prepareDemo, runDemo };
}

async function work(
  client: Etcd3,
  { prepareDemo, runDemo }: Pick<Awaited<ReturnType<typeof loadWorkload>>, "prepareDemo" | "runDemo">,
  audit: AuditFile,
): Promise<void> {
  let toldPercent = 0;
  const onProgress = (done: number, total: number) => {
    stopping.signal.throwIfAborted();
    const percent = Math.floor((done * 4) / total) * 25;
    if (percent > toldPercent) tell({ kind: "progress", text: `filling etcd: ${percent} % of ${total} keys` });
    toldPercent = Math.max(toldPercent, percent);
  };
  const around = await prepareDemo(client, onProgress, audit);
  log.info("the workload begins");
  await runDemo(client, around, stopping.signal);
  if (isEtcdGone()) throw new Error("the demo's etcd has ended by itself");
}

function isEtcdGone(): boolean {
  return stopping.signal.reason === ETCD_GONE;
}

function tell(message: DemoMessage): void {
  if (process.connected) process.send?.(message);
}
