import type { Bench } from "@/tests/bench/bench";
import { Child } from "@/tests/bench/child";
import type { CollectorMark, CollectorOptions } from "@/tests/bench/children/collector";
import type { WriteOrder, Written } from "@/tests/bench/children/event-writer";
import type { FilledEtcd } from "@/tests/bench/filled-etcd";
import { startBenchDb } from "@/tests/bench/postgres";
import { median } from "@/tests/bench/statistics";

/**
 * CPU of following a stream of events: transactions of 100 puts of 512 bytes at a steady rate onto keys that exist, so
 * about 100 events a message. Ours is the whole keyspace collector, live, with its figures every second and its frames
 * in a real Postgres (whose own CPU is not ours); the peer is etcd3's watcher that adds up sizes. Both are processes of
 * their own and have the stream for themselves, in turn.
 */
const ROUNDS = 6;
const WINDOW_MS = 15_000;
const EVENTS_PER_SECOND = 20_000; // what must be sustained
const WARM_UP_EVENTS = 60_000;
const NOTE = `Behind the baseline's own checks. ${EVENTS_PER_SECOND.toLocaleString("en")} events/s in transactions of 100, 512 B values; CPU from first write to last event applied. Ours: model, figures each second, frames to Postgres.`;

/** A process that follows a stream: it says how much CPU it has used once it has come to a revision. */
type Mark = Pick<CollectorMark, "cpuMs">;

export async function measureWatch(bench: Bench, etcd: FilledEtcd): Promise<void> {
  const { endpoint, keys } = etcd;
  const { databaseUrl, clusterId } = await startBenchDb(bench, { endpoint });
  const writer = new Child(bench, "event-writer", { endpoint, keys, connections: 2 });
  const collector: CollectorOptions = { endpoint, databaseUrl, clusterId, dataDir: null };
  const rounds: { ours: number; peer: number }[] = [];
  for (let round = 0; round < bench.rounds(ROUNDS); round++) {
    const isPeerFirst = round % 2 === 1;
    const early = isPeerFirst ? await follow(bench, writer, "etcd3-watcher", { endpoint }) : null;
    const ours = await follow(bench, writer, "collector", collector);
    const peer = early ?? (await follow(bench, writer, "etcd3-watcher", { endpoint }));
    rounds.push({ ours, peer });
    bench.say(`round ${round + 1}: ours ${ours.toFixed(2)} ms per 1,000 events, etcd3 ${peer.toFixed(2)} ms`);
  }
  const ours = rounds.map((round) => round.ours);
  bench.report({ measure: "watchCpu", version: etcd.version, values: ours, note: NOTE });
  bench.report({
    measure: "watchRatio",
    version: etcd.version,
    values: rounds.map((round) => round.ours / round.peer),
    ours: `${median(ours).toFixed(2)} ms`,
    peer: `${median(rounds.map(({ peer }) => peer)).toFixed(2)} ms etcd3`,
    note: NOTE,
  });
}

/** Milliseconds of the follower's CPU for 1,000 events. */
async function follow(bench: Bench, writer: Child, name: string, options: object): Promise<number> {
  const child = new Child(bench, name, options);
  try {
    await child.hear("live");
    if (name === "collector") await child.ask("settle");
    const warm = await write(writer, WARM_UP_EVENTS); // the first events compile the code
    const before = await child.ask<Mark>("mark", { revision: warm.revision });
    const events = Math.round((bench.windowMs(WINDOW_MS) / 1_000) * EVENTS_PER_SECOND);
    const written = await write(writer, events);
    const after = await child.ask<Mark>("mark", { revision: written.revision });
    return (after.cpuMs - before.cpuMs) / (written.events / 1_000);
  } finally {
    await child.stop();
  }
}

function write(writer: Child, events: number): Promise<Written> {
  const order: WriteOrder = { events, perSecond: EVENTS_PER_SECOND };
  return writer.ask<Written>("write", { ...order });
}
