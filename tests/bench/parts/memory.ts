import { setTimeout as sleep } from "node:timers/promises";
import { openDb } from "@/lib/db/client";
import { keyspaceStatus } from "@/lib/db/schema";
import type { Bench } from "@/tests/bench/bench";
import { Child } from "@/tests/bench/child";
import type { FilledEtcd } from "@/tests/bench/filled-etcd";
import { startBenchDb } from "@/tests/bench/postgres";
import { type MemoryFigures, readMemory } from "@/tests/bench/proc";
import { WorkerProcess } from "@/tests/support/worker";

/**
 * Memory of the worker: the real worker process with this one cluster, some while after it has gone live; and of ten
 * million keys made up on the spot and loaded through the same model in a process with the worker's imports. What is
 * judged is the resident set size; the proportional one, in which Node's own code counts in part where other Node
 * processes share it, stands in the note.
 */
const SETTLE_MS = 30_000;
const POLL_MS = 500;
const LIVE_WITHIN_MS = 900_000;
const LARGE_KEYS = 10_000_000;
const SAMPLES = 3;

export async function measureMemory(bench: Bench, { version, endpoint, keys }: FilledEtcd): Promise<void> {
  const { databaseUrl } = await startBenchDb(bench, { endpoint });
  const worker = new WorkerProcess(databaseUrl);
  bench.defer(() => worker.stop());
  worker.start();
  await waitUntilLive(worker, databaseUrl);
  const samples: MemoryFigures[] = [];
  for (let i = 0; i < SAMPLES; i++) {
    await sleep(bench.windowMs(SETTLE_MS));
    samples.push(readMemory(worker.pid));
  }
  const values = samples.map(({ rssMb }) => rssMb);
  const { pssMb, peakMb } = samples.at(-1) as MemoryFigures;
  const note = `Worker on etcd ${version} at ${keys.toLocaleString("en")} keys: PSS ${mb(pssMb)}, peak RSS ${mb(peakMb)}.`;
  bench.report({ measure: "memory", version, values, note });
}

export async function measureLargeMemory(bench: Bench): Promise<void> {
  const keys = bench.scaled(LARGE_KEYS);
  const child = new Child(bench, "synthetic-feed", { keys });
  const { modelBytes, figuresMs, loadMs } = await child.hear<{ modelBytes: number; figuresMs: number; loadMs: number }>(
    "loaded",
  );
  await sleep(bench.windowMs(SETTLE_MS));
  const { rssMb, pssMb, peakMb } = readMemory(child.pid);
  const note = `${keys.toLocaleString("en")} keys: model's arrays ${mb(modelBytes / 1e6)}, PSS ${mb(pssMb)}, peak RSS ${mb(peakMb)}; loading ${((loadMs * 1_000) / keys).toFixed(2)} µs/key, all figures ${Math.round(figuresMs)} ms.`;
  bench.report({ measure: "largeMemory", values: [rssMb], note });
}

async function waitUntilLive(worker: WorkerProcess, databaseUrl: string): Promise<void> {
  const { db, close } = openDb(databaseUrl, { max: 1 });
  try {
    for (let waitedMs = 0; ; waitedMs += POLL_MS) {
      const [status] = await db.select().from(keyspaceStatus);
      if (status?.phase === "live") return;
      if (waitedMs > LIVE_WITHIN_MS) throw new Error(`the worker is not live:\n${worker.log}`);
      await sleep(POLL_MS);
    }
  } finally {
    await close();
  }
}

function mb(value: number): string {
  return `${Math.round(value)} MB`;
}
