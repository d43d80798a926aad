import { setTimeout as sleep } from "node:timers/promises";
import type { Bench } from "@/tests/bench/bench";
import { Child } from "@/tests/bench/child";
import type { PutLatencies } from "@/tests/bench/children/put-load";
import type { FilledEtcd } from "@/tests/bench/filled-etcd";
import { median } from "@/tests/bench/statistics";

/**
 * How long 200 puts a second of another client take while the product scans at its default pace, against the same on an
 * idle etcd, in turn. The scan is a first one, the dearer kind. Load and scan are processes of their own; the load sends
 * on time whether earlier puts have been answered or not, and a put's latency counts from when it was due.
 */
const ROUNDS = 6;
const WINDOW_MS = 15_000;
const SETTLE_MS = 1_000;
const PUTS_PER_SECOND = 200;
const DEFAULT_SCAN_SHARE = 0.25;
const NOTE = "200 puts/s of 1 KiB, latency from when each was due; ratio to the idle window of the same round.";

export async function measurePacing(bench: Bench, etcd: FilledEtcd): Promise<void> {
  const durationMs = bench.windowMs(WINDOW_MS);
  const load = new Child(bench, "put-load", { endpoint: etcd.endpoint, perSecond: PUTS_PER_SECOND });
  const put = () => load.ask<PutLatencies>("run", { durationMs });
  await load.ask("run", { durationMs: SETTLE_MS });
  const rounds: { idle: PutLatencies; busy: PutLatencies }[] = [];
  for (let round = 0; round < bench.rounds(ROUNDS); round++) {
    await sleep(SETTLE_MS);
    const isIdleFirst = round % 2 === 0;
    const before = isIdleFirst ? await put() : null;
    const busy = await duringScan(bench, etcd, put);
    await sleep(SETTLE_MS);
    const idle = before ?? (await put());
    rounds.push({ idle, busy });
    bench.say(`round ${round + 1}: idle ${describe(idle)}, scanning ${describe(busy)}`);
  }
  for (const [measure, figure] of [
    ["putP50", "p50Ms"],
    ["putP99", "p99Ms"],
  ] as const) {
    bench.report({
      measure,
      version: etcd.version,
      values: rounds.map(({ idle, busy }) => busy[figure] / idle[figure]),
      ours: ms(median(rounds.map(({ busy }) => busy[figure]))),
      peer: `${ms(median(rounds.map(({ idle }) => idle[figure])))} idle`,
      note: NOTE,
    });
  }
}

async function duringScan(bench: Bench, etcd: FilledEtcd, put: () => Promise<PutLatencies>): Promise<PutLatencies> {
  const options = { endpoint: etcd.endpoint, useBoundaries: false, scanShare: DEFAULT_SCAN_SHARE, isForever: true };
  const scan = new Child(bench, "scan", options);
  try {
    await scan.hear("ready");
    scan.send("scan");
    await sleep(SETTLE_MS);
    return await put();
  } finally {
    await scan.stop();
  }
}

function describe({ p50Ms, p99Ms }: PutLatencies): string {
  return `p50 ${ms(p50Ms)} p99 ${ms(p99Ms)}`;
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}
