import { setTimeout as sleep } from "node:timers/promises";
import type { Etcd3 } from "etcd3";
import { toAuditEvent } from "@/lib/demo/audit-event";
import type { AuditFile } from "@/lib/demo/audit-file";
import { listReads } from "@/lib/demo/audit-reads";
import { toAuditedRequest } from "@/lib/demo/audit-writes";
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

const FLUSH_MS = 250;

/**
 * Fills an etcd that is empty, or finds what an earlier demo left. `onProgress` hears keys done and in all. Every later
 * write is logged in `audit` as the request that would have made it.
 */
export async function prepareDemo(
  client: Etcd3,
  onProgress: (done: number, total: number) => void,
  audit?: AuditFile,
): Promise<Surroundings> {
  const random = new Random(Date.now());
  const writer = new KeyspaceWriter(client, random, (write) => {
    const request = toAuditedRequest(write, Date.now());
    if (request !== null) audit?.append(toAuditEvent(request));
  });
  const around = { writer, random, ...(audit && { audit }) };
  if (await client.get(SEEDED_KEY).exists()) {
    return { ...around, pool: new KeyPool(await listKeysButEvents(client)) };
  }
  const keys = listSeedKeys();
  const pool = new KeyPool(keys);
  const events = Array.from({ length: SEED_EVENTS }, () => makeEventKey({ pool, random }, null));
  const total = keys.length + events.length;
  await writer.putAll(keys, false, (done) => onProgress(done, total));
  await writer.putAll(events, true, (done) => onProgress(keys.length + done, total));
  return { ...around, pool };
}

/** Events are the many, and the workload needs none of them: with them an answer can exceed the client's 4 MiB. */
async function listKeysButEvents(client: Etcd3): Promise<string[]> {
  const ranges = [
    { start: "/registry/", end: "/registry/events/" },
    { start: "/registry/events0", end: "/registry0" },
  ];
  return (await Promise.all(ranges.map((range) => client.getAll().inRange(range).keys()))).flat();
}

/** Keeps the demo busy until `signal`: the steady writes and reads, a storm of events every five minutes, and compaction. */
export async function runDemo(client: Etcd3, around: Surroundings, signal: AbortSignal): Promise<void> {
  const { audit, random } = around;
  const steady = [...listActivities(around), ...(audit ? listReads(audit, random) : [])];
  const startMs = Date.now();
  const listNow = (nowMs: number) => [...steady, ...listStorm(around, nowMs - startMs)];
  const jobs = [runActivities(listNow, signal), compactForever(new Compactor(client), signal)];
  if (audit) jobs.push(flushForever(audit, signal));
  try {
    await Promise.all(jobs);
  } finally {
    audit?.flush();
  }
}

function listStorm(around: Surroundings, sinceStartMs: number): Activity[] {
  const intoInterval = sinceStartMs - FIRST_STORM_MS;
  if (intoInterval < 0 || intoInterval % STORM_INTERVAL_MS > STORM_MS) return [];
  const namespace = STORM_NAMESPACES[Math.floor(intoInterval / STORM_INTERVAL_MS) % STORM_NAMESPACES.length] as string;
  return eventStorm(around, namespace, STORM_PER_SECOND);
}

async function flushForever(audit: AuditFile, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    audit.flush();
    await sleep(FLUSH_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function compactForever(compactor: Compactor, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await compactor.tick();
    await sleep(COMPACT_INTERVAL_MS, undefined, { signal }).catch(() => undefined);
  }
}
