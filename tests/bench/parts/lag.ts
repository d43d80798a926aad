import { setTimeout as sleep } from "node:timers/promises";
import type { Bench } from "@/tests/bench/bench";
import { Child } from "@/tests/bench/child";
import type { Applied, CollectorOptions } from "@/tests/bench/children/collector";
import type { WriteOrder, Written } from "@/tests/bench/children/event-writer";
import type { FilledEtcd } from "@/tests/bench/filled-etcd";
import { startBenchDb } from "@/tests/bench/postgres";
import { percentile } from "@/tests/bench/statistics";

/**
 * How many events a second the collector follows with a lag p99 under a second. Four connections write at a rate that
 * rises step by step, until the lag is too large or the writers do not come up to it. A transaction's lag is from the
 * writer's hearing of its revision to the model's having applied it, on one clock, looked at every 5 ms.
 */
const STEPS_PER_SECOND = [5_000, 10_000, 15_000, 20_000, 25_000, 30_000, 40_000, 60_000];
const STEP_MS = 12_000;
const PAUSE_MS = 1_000;
const CONNECTIONS = 4;
const LARGEST_LAG_MS = 1_000;
/** Writers that do not come up to this much more than the step before are the bound. */
const RISING_RATIO = 1.05;

interface Step {
  askedPerSecond: number;
  perSecond: number;
  lagP99Ms: number;
}

export async function measureLag(bench: Bench, etcd: FilledEtcd): Promise<void> {
  const { endpoint, keys } = etcd;
  const { databaseUrl, clusterId } = await startBenchDb(bench, { endpoint });
  const options: CollectorOptions = { endpoint, databaseUrl, clusterId, dataDir: null };
  const collector = new Child(bench, "collector", options);
  const writer = new Child(bench, "event-writer", { endpoint, keys, connections: CONNECTIONS });
  await collector.hear("live");
  await takeStep(bench, collector, writer, 2_000); // compiles the code
  let best: Step | null = null;
  let bound = "the highest rate asked for";
  for (const askedPerSecond of STEPS_PER_SECOND) {
    const step = await takeStep(bench, collector, writer, askedPerSecond);
    bench.say(`asked ${askedPerSecond}/s: ${Math.round(step.perSecond)}/s, lag p99 ${Math.round(step.lagP99Ms)} ms`);
    if (step.lagP99Ms >= LARGEST_LAG_MS) {
      bound = `lag p99 at ${Math.round(step.perSecond).toLocaleString("en")}/s was ${Math.round(step.lagP99Ms)} ms`;
      break;
    }
    if (best !== null && step.perSecond < best.perSecond * RISING_RATIO) {
      bound = `the writers: asked for ${askedPerSecond.toLocaleString("en")}/s, etcd took ${Math.round(step.perSecond).toLocaleString("en")}/s`;
      break;
    }
    best = step;
    await sleep(PAUSE_MS);
  }
  bench.report({
    measure: "watchRate",
    version: etcd.version,
    values: best === null ? [] : [best.perSecond],
    note: `etcd ${etcd.version}: lag p99 there ${best === null ? "too large at once" : `${Math.round(best.lagP99Ms)} ms`}; bounded by ${bound}.`,
  });
}

async function takeStep(bench: Bench, collector: Child, writer: Child, perSecond: number): Promise<Step> {
  const order: WriteOrder = { events: Math.round((bench.windowMs(STEP_MS) / 1_000) * perSecond), perSecond };
  collector.send("follow");
  const written = await writer.ask<Written>("write", { ...order });
  collector.send("followTo", { revision: written.revision });
  const applied = await collector.hear<Applied>("follow");
  return {
    askedPerSecond: perSecond,
    perSecond: written.events / (written.tookMs / 1_000),
    lagP99Ms: percentile(lags(written, applied), 0.99),
  };
}

/** Of every transaction, how long after its answer the model had it. */
function lags({ revisions, answeredAtMs }: Written, applied: Applied): number[] {
  const order = revisions.map((_, i) => i).sort((a, b) => (revisions[a] as number) - (revisions[b] as number));
  let at = 0;
  return order.map((i) => {
    while ((applied.revisions[at] ?? Number.POSITIVE_INFINITY) < (revisions[i] as number)) at++;
    return Math.max(0, (applied.atMs[at] ?? Number.POSITIVE_INFINITY) - (answeredAtMs[i] as number));
  });
}
