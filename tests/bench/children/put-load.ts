import { setTimeout as sleep } from "node:timers/promises";
import { onTold, readOptions, tell } from "@/tests/bench/children/talk";
import { filler } from "@/tests/bench/keys";
import { percentile } from "@/tests/bench/statistics";
import { Writer } from "@/tests/bench/writer";

/** Puts at a steady rate for a while whenever it is told to, and says how long they took. */

interface Options {
  endpoint: string;
  perSecond: number;
}

export interface PutLatencies {
  p50Ms: number;
  p99Ms: number;
  puts: number;
}

const KEYS = 1_000;
const VALUE_BYTES = 1_024;
const { endpoint, perSecond } = readOptions<Options>();
const writer = new Writer(endpoint);

onTold("run", async ({ durationMs }) => {
  const latencies = await run(durationMs as number);
  const answer: PutLatencies = {
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    puts: latencies.length,
  };
  tell("run", { ...answer });
});

async function run(durationMs: number): Promise<number[]> {
  const latencies: number[] = [];
  const underWay: Promise<void>[] = [];
  const startMs = performance.now();
  const puts = Math.round((durationMs / 1_000) * perSecond);
  for (let i = 0; i < puts; i++) {
    const dueMs = startMs + (i * 1_000) / perSecond;
    const earlyMs = dueMs - performance.now();
    if (earlyMs > 0) await sleep(earlyMs);
    const key = Buffer.from(`/registry/leases/bench-puts/lease-${i % KEYS}`);
    // Timers fire up to a millisecond late; that is ours, not etcd's, and the same in both windows.
    underWay.push(
      writer.put({ key, value: filler(VALUE_BYTES) }).then(() => void latencies.push(performance.now() - dueMs)),
    );
  }
  await Promise.all(underWay);
  return latencies;
}
