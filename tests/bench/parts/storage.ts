import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { sealDue } from "@/collectors/keyspace/sealer";
import { type Db, openDb } from "@/lib/db/client";
import { listSealed } from "@/lib/db/sealed-rows";
import type { Bench } from "@/tests/bench/bench";
import { Child } from "@/tests/bench/child";
import type { CollectorOptions } from "@/tests/bench/children/collector";
import { startBenchDb } from "@/tests/bench/postgres";
import { startEtcd } from "@/tests/support/etcd";

/**
 * What sealed history takes: the product's collector follows the demo's workload for some minutes, then the hours it
 * fell in are sealed as if they were over. Bytes are those of the packed columns; a sample is a slot and a minute that
 * was watched. An hour that was recorded in part packs a bit worse than a whole one, so this errs upwards.
 */
const RECORD_MS = 20 * 60_000;
const HOUR_MS = 3_600_000;
/** For the collector to come live. */
const SLACK_MS = 30_000;
const FIVE_MEASURES = ["keys", "value_bytes", "puts", "deletes", "written_bytes"];
const OTHER_MEASURES = ["key_bytes", "history_bytes", "creates"];

export async function measureStorage(bench: Bench): Promise<void> {
  const recordMs = Math.max(2 * 60_000, bench.scaled(RECORD_MS));
  const etcd = await startEtcd();
  bench.defer(() => etcd.stop());
  const { databaseUrl, clusterId } = await startBenchDb(bench, { endpoint: etcd.endpoint });
  const demo = new Child(bench, "demo", { endpoint: etcd.endpoint });
  await demo.hear("ready");
  await waitForHour(bench, recordMs);
  const options: CollectorOptions = { endpoint: etcd.endpoint, databaseUrl, clusterId, dataDir: null };
  const collector = new Child(bench, "collector", options);
  await collector.hear("live");
  bench.say(`recording the demo for ${(recordMs / 60_000).toFixed(0)} minutes`);
  await sleep(recordMs);
  await collector.stop();
  const { db, close } = openDb(databaseUrl, { max: 2 });
  try {
    await sealDue(db, Date.now() + 2 * HOUR_MS);
    await reportSealed(bench, db, clusterId);
  } finally {
    await close();
  }
}

/** An hour cut in two would be packed as two: waits until the recording fits into this one. */
async function waitForHour(bench: Bench, recordMs: number): Promise<void> {
  const leftMs = HOUR_MS - (Date.now() % HOUR_MS);
  if (leftMs > recordMs + SLACK_MS) return;
  bench.say(`waiting ${(leftMs / 60_000).toFixed(0)} minutes for the next hour`);
  await sleep(leftMs);
}

async function reportSealed(bench: Bench, db: Db, clusterId: number): Promise<void> {
  const range = { fromMs: Date.now() - 4 * HOUR_MS, toMs: Date.now() + HOUR_MS };
  const sealed = await listSealed(db, "hour", clusterId, { range, measures: [] });
  const minutes = sealed.map(({ observedMs }) => observedMs.filter((ms) => ms > 0).length);
  const samples = sealed.reduce((sum, { slots }, i) => sum + slots.length * (minutes[i] ?? 0), 0);
  const head = await sumBytes(db, ["slots", "columns"]);
  const five = head + (await sumBytes(db, FIVE_MEASURES));
  const all = five + (await sumBytes(db, OTHER_MEASURES));
  if (samples === 0) throw new Error("nothing was sealed");
  bench.report({
    measure: "storage",
    values: [five / samples],
    note: `Demo workload, ${minutes.join(" + ")} minutes of ${sealed.at(-1)?.slots.length} prefixes: ${samples} samples of keys, value bytes, puts, deletes, written bytes; all eight measures together ${(all / samples).toFixed(2)} B.`,
  });
}

async function sumBytes(db: Db, columns: readonly string[]): Promise<number> {
  const lengths = columns.map((column) => sql`octet_length(${sql.identifier(column)})`);
  const rows = await db.execute<{ bytes: string }>(
    sql`select coalesce(sum(${sql.join(lengths, sql` + `)}), 0) as bytes from sealed_hour`,
  );
  return Number(rows[0]?.bytes);
}
