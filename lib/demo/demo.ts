import { setTimeout as sleep } from "node:timers/promises";
import type { Etcd3 } from "etcd3";
import { Compactor } from "@/lib/demo/compactor";
import { KeyPool } from "@/lib/demo/key-pool";
import { KeyspaceWriter } from "@/lib/demo/keyspace-writer";
import { listSeedKeys } from "@/lib/demo/layout";
import { runActivities } from "@/lib/demo/pace";
import { Random } from "@/lib/demo/random";
import { type Activity, eventStorm, listActivities, makeEventKey, type Surroundings } from "@/lib/demo/workload";

const SEED_EVENTS = 10_000;
const COMPACT_INTERVAL_MS = 300_000; // an apiserver's default
const FIRST_STORM_MS = 60_000;
const STORM_INTERVAL_MS = 300_000;
const STORM_MS = 60_000;
const STORM_PER_SECOND = 400;
const STORM_NAMESPACES = ["payments-prod", "ml-training", "search-prod", "batch-jobs"];
const SEEDED_KEY = "compact_rev_key"; // written last, so it says that the rest is there

/** Fills an etcd that is empty, or finds what an earlier demo left. `onProgress` hears keys done and in all. */
export async function prepareDemo(
  client: Etcd3,
  onProgress: (done: number, total: number) => void,
): Promise<Surroundings> {
  const random = new Random(Date.now());
  const writer = new KeyspaceWriter(client, random);
  if (await client.get(SEEDED_KEY).exists()) {
    return { pool: new KeyPool(await listKeysButEvents(client)), writer, random };
  }
  const keys = listSeedKeys();
  const pool = new KeyPool(keys);
  const events = Array.from({ length: SEED_EVENTS }, () => makeEventKey({ pool, random }, null));
  const total = keys.length + events.length;
  await writer.putAll(keys, false, (done) => onProgress(done, total));
  await writer.putAll(events, true, (done) => onProgress(keys.length + done, total));
  return { pool, writer, random };
}

/** Events are the many, and the workload needs none of them: with them an answer can exceed the client's 4 MiB. */
async function listKeysButEvents(client: Etcd3): Promise<string[]> {
  const ranges = [
    { start: "/registry/", end: "/registry/events/" },
    { start: "/registry/events0", end: "/registry0" },
  ];
  return (await Promise.all(ranges.map((range) => client.getAll().inRange(range).keys()))).flat();
}

/** Keeps the demo busy until `signal`: the steady writes, a storm of events every five minutes, and compaction. */
export async function runDemo(client: Etcd3, around: Surroundings, signal: AbortSignal): Promise<void> {
  const steady = listActivities(around);
  const startMs = Date.now();
  const listNow = (nowMs: number) => [...steady, ...listStorm(around, nowMs - startMs)];
  await Promise.all([runActivities(listNow, signal), compactForever(new Compactor(client), signal)]);
}

function listStorm(around: Surroundings, sinceStartMs: number): Activity[] {
  const intoInterval = sinceStartMs - FIRST_STORM_MS;
  if (intoInterval < 0 || intoInterval % STORM_INTERVAL_MS > STORM_MS) return [];
  const namespace = STORM_NAMESPACES[Math.floor(intoInterval / STORM_INTERVAL_MS) % STORM_NAMESPACES.length] as string;
  return eventStorm(around, namespace, STORM_PER_SECOND);
}

async function compactForever(compactor: Compactor, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await compactor.tick();
    await sleep(COMPACT_INTERVAL_MS, undefined, { signal }).catch(() => undefined);
  }
}
