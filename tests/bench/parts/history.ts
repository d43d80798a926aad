import { openDb } from "@/lib/db/client";
import type { Bench } from "@/tests/bench/bench";
import { measureApi } from "@/tests/bench/parts/api";
import { measurePage } from "@/tests/bench/parts/heatmap-page";
import { CLUSTER_NAME, startBenchDb } from "@/tests/bench/postgres";
import { startWeb } from "@/tests/bench/web";
import { seedHistory } from "@/tests/support/history-seed";

/**
 * Thirty days of history of 500 prefixes, invented and stored through the worker's codecs, and what reads it: every
 * keyspace read of the API over HTTP, then the Heatmap page in Chromium.
 */
const DAYS = 30;
const PREFIXES = 500;
const FEWEST_DAYS = 2;

export async function measureHistory(bench: Bench): Promise<void> {
  const nowMs = Date.now();
  const { databaseUrl, clusterId } = await startBenchDb(bench, { endpoint: "http://127.0.0.1:1" }); // nobody reads it
  const { db, close } = openDb(databaseUrl);
  try {
    const days = Math.max(FEWEST_DAYS, bench.scaled(DAYS));
    const startedMs = Date.now();
    await seedHistory(db, clusterId, { days, prefixes: PREFIXES, nowMs });
    bench.say(`${days} days of ${PREFIXES} prefixes invented in ${((Date.now() - startedMs) / 1_000).toFixed(0)} s`);
    await db.execute("vacuum analyze");
  } finally {
    await close();
  }
  const web = await startWeb(bench, databaseUrl);
  await measureApi(bench, `${web.url}/api/v1/clusters`, nowMs);
  await measurePage(bench, web, `/clusters/${CLUSTER_NAME}/heatmap`);
}
