import type { Bench } from "@/tests/bench/bench";
import { Child } from "@/tests/bench/child";
import type { CollectorLive, CollectorOptions } from "@/tests/bench/children/collector";
import type { FilledEtcd } from "@/tests/bench/filled-etcd";
import { startBenchDb } from "@/tests/bench/postgres";
import { median } from "@/tests/bench/statistics";

/**
 * How long a restarted collector takes to a live model, from its checkpoint: it opens the file, checks it, loads the
 * keys and hears the watch up to now. The one before stops in order and leaves the file. Its own first start, a scan
 * without pauses, is the peer.
 */
const ROUNDS = 5;

export async function measureCheckpoint(bench: Bench, { version, endpoint, keys }: FilledEtcd): Promise<void> {
  const { databaseUrl, clusterId } = await startBenchDb(bench, { endpoint });
  const options: CollectorOptions = { endpoint, databaseUrl, clusterId, dataDir: bench.tempDir("checkpoint") };
  const scannedMs = await timeStart(bench, options, keys);
  const tookMs: number[] = [];
  for (let round = 0; round < bench.rounds(ROUNDS); round++) tookMs.push(await timeStart(bench, options, keys));
  bench.say(`scan ${seconds(scannedMs)}, then from the checkpoint ${tookMs.map(seconds).join(", ")}`);
  bench.report({
    measure: "checkpoint",
    version,
    values: tookMs.map((ms) => ms / 1_000),
    ours: seconds(median(tookMs)),
    peer: `${seconds(scannedMs)} by scan`,
    note: "From the collector's start to a live model, the start of Node not counted.",
  });
}

/** Starts the collector, waits until it is live, and stops it in order. */
async function timeStart(bench: Bench, options: CollectorOptions, keys: number): Promise<number> {
  const collector = new Child(bench, "collector", options);
  try {
    const live = await collector.hear<CollectorLive>("live");
    if (live.keys < keys) throw new Error(`live with ${live.keys} of ${keys} keys`);
    await collector.ask("stop");
    return live.tookMs;
  } finally {
    await collector.stop();
  }
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}
